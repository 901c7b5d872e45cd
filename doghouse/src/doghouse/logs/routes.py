"""The endpoints of logs: the intakes of both versions, and those that read (`api`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import msgspec
from starlette.routing import BaseRoute

from doghouse.logs import bodies, preprocessing
from doghouse.logs.api import analytics, listing, v1_listing
from doghouse.logs.errors import Full, logs_invalid, logs_too_large, logs_too_many
from doghouse.logs.model import Log, with_host_tags
from doghouse.logs.store.log_store import LogStore
from doghouse.web.access import Keys
from doghouse.web.http import Call, Reply, endpoint

MAX_LOGS = 1000
HostTags = Callable[[str], Sequence[str]]


def routes(store: LogStore, host_tags: HostTags) -> list[BaseRoute]:
    """All of them."""
    return [
        endpoint("POST", "/v1/input", partial(take, store, host_tags, 200), Keys.API, partial(logs_too_large, 1)),
        endpoint(
            "POST", "/v1/input/{api_key}", partial(take, store, host_tags, 200), Keys.API, partial(logs_too_large, 1)
        ),
        endpoint("POST", "/api/v2/logs", partial(take, store, host_tags, 202), Keys.API, partial(logs_too_large, 2)),
        endpoint("POST", "/api/v1/logs-queries/list", partial(v1_listing.list_logs, store)),
        endpoint("POST", "/api/v2/logs/events/search", partial(listing.search, store)),
        endpoint("GET", "/api/v2/logs/events", partial(listing.list_all, store)),
        endpoint("POST", "/api/v2/logs/analytics/aggregate", partial(analytics.aggregate, store)),
    ]


def take(store: LogStore, host_tags: HostTags, status: int, call: Call) -> Reply:
    """Keep what was sent, but for logs that are too old; an empty JSON object says that it was taken, even so."""
    version = 1 if status == 200 else 2
    try:
        sent = bodies.read(call.body, call.headers.get("content-type", "application/json"), MAX_LOGS + 1)
    except bodies.LogError as error:
        raise logs_invalid(version, str(error)) from None
    if len(sent) > MAX_LOGS:
        raise logs_too_large(version)
    logs = (preprocessing.stored(log, call.query, call.now) for log in sent)
    try:
        store.add([_with_host_tags(log, host_tags) for log in logs if preprocessing.is_kept(log, call.now)])
    except Full:
        raise logs_too_many(version) from None
    return Reply({}, status)


def _with_host_tags(log: Log, host_tags: HostTags) -> Log:
    """The log with its host's tags."""
    more = host_tags(log.host) if log.host else ()
    return msgspec.structs.replace(log, tags=with_host_tags(log.tags, more)) if more else log
