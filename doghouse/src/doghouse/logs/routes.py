"""The intakes of logs: version 1 (`/v1/input`), version 2 (`/api/v2/logs`)."""

from __future__ import annotations

from functools import partial

from starlette.routing import BaseRoute

from doghouse.logs import model, preprocessing
from doghouse.logs.errors import logs_invalid, logs_too_large
from doghouse.logs.store import LogStore
from doghouse.web.http import Call, Keys, Reply, endpoint

MAX_BYTES = 5 * 1024 * 1024  # of a body; more is 413 (docs of the endpoint)
MAX_LOGS = 1000


def routes(store: LogStore) -> list[BaseRoute]:
    """Both versions."""
    return [
        endpoint("POST", "/v1/input", partial(take, store, 200), Keys.API),
        endpoint("POST", "/api/v2/logs", partial(take, store, 202), Keys.API),
    ]


def take(store: LogStore, status: int, call: Call) -> Reply:
    """Keep what was sent; an empty JSON object says that it was."""
    version = 1 if status == 200 else 2
    if len(call.body) > MAX_BYTES:
        raise logs_too_large(version)
    try:
        logs = model.read(call.body, call.headers.get("content-type", "application/json"), call.query, call.now)
    except model.LogError as error:
        raise logs_invalid(version, str(error)) from None
    if len(logs) > MAX_LOGS:
        raise logs_too_large(version)
    store.add([preprocessing.parsed(log) for log in logs])
    return Reply({}, status)
