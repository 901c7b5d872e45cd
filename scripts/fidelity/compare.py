"""Whether an answer is the recorded one: status, shape, and every value that the requests determine.

Not determined are ids, who made something, and when: these must have the recorded kind, ids must be the same wherever they occur, and a time must be
as near to the request's as the recorded one was to the recording's. Addresses of public pages are at the server's own host.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

IDS = frozenset(
    ("id", "id_str", "uid", "uuid", "public_id", "monitor_id", "creator_id", "updater_id", "org_id", "self", "cursor")
)
IDS |= {
    "deleted_monitor_id",
    "deleted_dashboard_id",
    "deleted_dashboard_list_id",
    "request_id",
    "requestId",
    "nextLogId",
    "after",
    "next",
    "token",
}
# Who an object belongs to is the organisation's, not the request's.
PEOPLE = frozenset(
    ("author_handle", "author_name", "handle", "email", "author", "icon", "creator", "modifier", "last_login_time")
)
UNORDERED = frozenset(("notify_end_states", "notify_end_types", "notify_list", "cancelled_ids"))
# the keys of a tag configuration: a set, in an order that no request has
UNORDERED_PLACES = frozenset(("data.attributes.tags",))
NEAR_S = 120  # a recorded time this near to the recording's counts as `now`
AHEAD_S = 2  # how long after a request a clock is read at most, for a time ahead that is written with its fraction
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
TOOK = frozenset(("elapsed", "timing"))  # how long an answer took
# Users are included with what their organisation knows of them.
LOOSE = frozenset(("included",))


class Names:
    """Recorded ids and ours, as they come to light; both ways round they must be one to one."""

    def __init__(self) -> None:
        self.ours: dict[str, str] = {}

    def learn(self, recorded: Any, ours: Any) -> bool:
        """Whether these may be the same thing's ids; from now on they are."""
        if type(recorded) is not type(ours):
            return False
        return self.ours.setdefault(str(recorded), str(ours)) == str(ours)

    def translate(self, text: str) -> str:
        """A text with the recorded ids in it replaced by ours, the longest first."""
        for recorded in sorted(self.ours, key=len, reverse=True):
            if len(recorded) >= 3:
                text = re.sub(rf"(?<![\w-]){re.escape(recorded)}(?![\w-])", self.ours[recorded], text)
        return text


def differences(recorded: Any, ours: Any, names: Names, then: float, now: float, place: str = "") -> Iterator[str]:
    """What is not as recorded, each with its place. `then` is the recording's time, `now` ours (s UTC)."""
    key = re.sub(r"\[\d+\]$", "", place).rpartition(".")[2]
    if key in PEOPLE or key in LOOSE:
        return
    if isinstance(recorded, dict):
        yield from _objects(recorded, ours, names, then, now, place)
    elif isinstance(recorded, list):
        yield from _lists(recorded, ours, names, then, now, place, key)
    elif key in TOOK:
        if type(recorded) is not type(ours):
            yield f"{place}: {_kind(ours)} where {_kind(recorded)} was recorded"
    elif key in IDS and recorded is not None:
        if not names.learn(recorded, ours):
            yield f"{place}: {ours!r} where {recorded!r} was recorded, an id of another kind or thing"
    else:
        yield from _values(recorded, ours, names, then, now, place)


def _objects(recorded: dict[str, Any], ours: Any, names: Names, then: float, now: float, place: str) -> Iterator[str]:
    if not isinstance(ours, dict):
        yield f"{place or 'body'}: {_kind(ours)} where an object was recorded"
        return
    # Ids first, so that what is made of them (an address) can be compared.
    for name in sorted(recorded, key=lambda name: name not in IDS):
        inner = f"{place}.{name}" if place else name
        if name in ours:
            yield from differences(recorded[name], ours[name], names, then, now, inner)
        elif name not in PEOPLE:
            yield f"{inner}: missing"


def _lists(
    recorded: list[Any], ours: Any, names: Names, then: float, now: float, place: str, key: str
) -> Iterator[str]:
    if not isinstance(ours, list):
        yield f"{place}: {_kind(ours)} where a list was recorded"
    elif len(recorded) != len(ours):
        yield f"{place}: {len(ours)} items where {len(recorded)} were recorded"
    else:
        if key in UNORDERED or place in UNORDERED_PLACES:
            recorded, ours = sorted(recorded, key=str), sorted(ours, key=str)
        for index, (theirs, other) in enumerate(zip(recorded, ours, strict=True)):
            yield from differences(theirs, other, names, then, now, f"{place}[{index}]")


def _values(recorded: Any, ours: Any, names: Names, then: float, now: float, place: str) -> Iterator[str]:
    if recorded == ours and isinstance(recorded, bool) == isinstance(ours, bool):
        return
    was, is_ = _instant(recorded), _instant(ours)
    if was is not None and is_ is not None:
        fraction = isinstance(recorded, str) and "." in recorded
        ahead = fraction and abs((was - then) - (is_ - now)) <= AHEAD_S
        if ahead or (abs(was - then) <= NEAR_S and abs(is_ - now) <= NEAR_S):
            if fraction and len(recorded) != len(str(ours)):
                yield f"{place}: {ours!r} where {recorded!r} was recorded, a time written otherwise"
            return
    if isinstance(recorded, str) and isinstance(ours, str) and names.translate(recorded) == ours:
        return
    if str(recorded) in names.ours and names.ours[str(recorded)] == str(ours):
        return
    yield f"{place or 'body'}: {_short(ours)} where {_short(recorded)} was recorded"


def _instant(value: Any) -> float | None:
    """A value as s UTC, if it looks like a time."""
    if isinstance(value, str) and TIME.fullmatch(value):
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value / 1000 if value > 10**11 else float(value) if value > 10**8 else None
    return None


def _kind(value: Any) -> str:
    return {dict: "an object", list: "a list", str: "a text", type(None): "null"}.get(
        type(value), str(type(value).__name__)
    )


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 160 else f"{text[:157]}..."
