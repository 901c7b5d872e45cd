"""The two searches of monitors: of monitors, and of their groups, with counts of what was found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from msgspec import Struct
from starlette.routing import BaseRoute

from doghouse.downtimes.holds import Group, Hold
from doghouse.monitors.api.access import Monitors
from doghouse.monitors.api.answers import Shown, group_name
from doghouse.monitors.api.document import Document
from doghouse.monitors.api.search import Row, compile_search
from doghouse.monitors.states.machine import GroupState
from doghouse.monitors.store import Stored
from doghouse.tags import pairs
from doghouse.web import errors
from doghouse.web.http import Call, Reply, endpoint

PER_PAGE = 30  # the schema's default


class Hit(Struct, frozen=True):
    """Something a search may find: what it is compared by, counted by, sorted by, and answered as."""

    row: Row
    name: str
    status: str
    muted: bool
    tags: Sequence[str]
    kind: str
    answer: Callable[[], Document]


def routes(monitors: Monitors) -> list[BaseRoute]:
    """Both searches."""
    return [
        endpoint("GET", "/api/v1/monitor/search", partial(search, monitors, monitor_hits, "monitors")),
        endpoint("GET", "/api/v1/monitor/groups/search", partial(search, monitors, _group_hits, "groups")),
    ]


Hits = Callable[[Shown, float], Iterable[Hit]]


def search(monitors: Monitors, hits: Hits, key: str, call: Call) -> Reply:
    """A page of what is found, and counts of all of it."""
    matches = compile_search(call.query.get("query", ""))
    per_page, page = call.number("per_page", PER_PAGE), call.number("page", 0)
    shown = monitors.all_shown(monitors.store.page(), call.now)
    matching = [hit for monitor in shown for hit in hits(monitor, call.now) if matches(hit.row)]
    ordered = _sorted(matching, call.query.get("sort", ""))
    metadata = {
        "page": page,
        "per_page": per_page,
        "page_count": -(-len(matching) // per_page) if per_page else 0,
        "total_count": len(matching),
    }
    part = ordered[page * per_page : (page + 1) * per_page]
    return Reply({"counts": counts(matching), key: [hit.answer() for hit in part], "metadata": metadata})


def counts(matching: Sequence[Hit]) -> Document:
    """How many of each, the most frequent first."""
    return {
        "status": _count(hit.status for hit in matching),
        "muted": _count(hit.muted for hit in matching),
        "tag": _count(tag for hit in matching for tag in hit.tags),
        "type": _count(hit.kind for hit in matching),
    }


def _count(values: Iterable[Any]) -> list[Document]:
    pairs = sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"count": number, "name": name} for name, number in pairs]


def _sorted(matching: list[Hit], order: str) -> list[Hit]:
    """`name,asc`; GUESS: without an order they stand by ascending id, as lists do."""
    if not order:
        return matching
    field, _, direction = order.partition(",")
    keys: dict[str, Callable[[Hit], Any]] = {
        "name": lambda hit: hit.name.lower(),
        "status": lambda hit: hit.status,
        "tags": lambda hit: sorted(hit.tags),
    }
    if field not in keys or direction not in ("", "asc", "desc"):
        raise errors.invalid_query_parameter("sort", order, "name, status or tags, then ,asc or ,desc")
    return sorted(matching, key=keys[field], reverse=direction == "desc")


def monitor_hits(shown: Shown, now: float) -> Iterator[Hit]:
    """What a search looks at and shows of one monitor, by field."""
    monitor, status = shown.stored.definition, shown.stored.overall
    row = _row(shown.stored, status, shown.holds, now)
    yield Hit(row, monitor.name, status, shown.muted, monitor.tags, monitor.classification, partial(_monitor, shown))


def _monitor(shown: Shown) -> Document:
    document, stored, monitor = shown.stored.document, shown.stored, shown.stored.definition
    creator = document["creator"]
    triggered = [state.last_triggered for state in shown.states.values() if state.last_triggered is not None]
    keys = ("id", "name", "org_id", "type", "query", "tags", "priority")
    return {
        **{key: document[key] for key in keys},
        "status": stored.overall,
        "classification": monitor.classification,
        "creator": {key: creator[key] for key in ("id", "handle", "name")},
        "metrics": list(monitor.metrics),
        "scopes": list(monitor.scopes),
        "notifications": notified(monitor.message),
        "restricted_roles": document["restricted_roles"] or [],
        "muted_until_ts": _until(shown.holds),
        "last_triggered_ts": max(triggered, default=None),
        "overall_state_modified": None if stored.overall_modified is None else int(stored.overall_modified),
    }


def _group_hits(shown: Shown, now: float) -> Iterator[Hit]:
    document, monitor = shown.stored.document, shown.stored.definition
    for group, state in shown.states.items():
        holds = [hold for hold in shown.holds if group in hold.groups]
        row = _row(shown.stored, state.status.label, holds, now, group)
        answer = partial(_group, document, group, state, holds, now)
        yield Hit(row, monitor.name, state.status.label, bool(holds), monitor.tags, monitor.classification, answer)


def _group(document: Document, group: Group, state: GroupState, holds: Sequence[Hold], now: float) -> Document:
    until = _until(holds)
    tags: list[str] = document["tags"]
    return {
        "monitor_id": document["id"],
        "monitor_name": document["name"],
        "group": group_name(group, "total"),
        "group_tags": [f"{key}:{value}" for key, value in group] or ["total"],
        "status": state.status.label,
        "last_triggered_ts": state.last_triggered or 0,
        "last_nodata_ts": state.last_nodata or 0,
        "muted": bool(holds),
        "muted_until_ts": until,
        "muted_remaining": None if until is None else int(until - now),
        "env_tags": pairs.values(tags, "env"),
        "team_tags": pairs.values(tags, "team"),
        "all_tags": tags,
        "downtimes": [hold.id for hold in holds],
        "priority": document["priority"],
    }


def _row(stored: Stored, status: str, holds: Sequence[Hold], now: float, group: Group = ()) -> Row:
    document, monitor = stored.document, stored.definition
    creator, priority = document["creator"], document["priority"]
    values = {
        "id": [str(document["id"])],
        "title": [document["name"]],
        "message": [document["message"]],
        "query": [document["query"]],
        "status": [status],
        "group_status": [status],
        "group": [group_name(group, "total")],
        "muted": [str(bool(holds)).lower()],
        "type": [monitor.classification, monitor.type],
        "creator": [text for text in (creator["name"], creator["handle"]) if text],
        "tag": document["tags"],
        "scope": list(monitor.scopes),
        "metric": list(monitor.metrics),
        "notification": [mention["handle"] for mention in notified(monitor.message)],
        "priority": [] if priority is None else [f"p{priority}", str(priority)],
    }
    ends = [hold.end for hold in holds if hold.end is not None]
    remaining = max(ends) - now if ends and len(ends) == len(holds) else None
    elapsed = now - min(hold.start for hold in holds) if holds else None
    return Row(values, remaining, elapsed)


def notified(message: str) -> list[dict[str, str]]:
    """The handles that a message mentions, as searches show them: without a team's or service's account (recorded: `@hipchat-channel`)."""
    handles = dict.fromkeys(re.findall(r"(?<![\w@.])@([A-Za-z0-9_][\w.+\-@:/#]*\w)", message))
    return [{"handle": name, "name": name.capitalize() if name == "pagerduty" else name} for name in handles]


def _until(holds: Sequence[Hold]) -> int | None:
    """When the last of the downtimes ends (s UTC); None where there is none, or one without an end."""
    ends = [hold.end for hold in holds]
    return int(max(end for end in ends if end is not None)) if ends and None not in ends else None
