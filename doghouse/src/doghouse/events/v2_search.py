"""What a search of events compares, which stretch of time it means, and where its next page begins."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

import msgspec

from doghouse import searching
from doghouse.events.errors import invalid_cursor, invalid_time
from doghouse.searching import Predicate, in_text, literally, pattern
from doghouse.tags import pairs
from doghouse.time import iso
from doghouse.time.typed import from_now
from doghouse.web import errors

Shown = dict[str, Any]  # an event as `v2_model.shown` makes it


class Cursor(msgspec.Struct, array_like=True):
    """Where a page ended: the last event's time (s UTC) and id."""

    happened: int
    id: int


def compile_search(text: str) -> Predicate[Shown]:
    """The search as a predicate. Ranges are not evaluated, which is said (501). Raises ApiError."""
    if searching.has_range(text):
        raise errors.not_evaluated("ranges in a search of events")
    return searching.compile_search(text, _condition)


def _condition(field: str | None, value: str, quoted: bool) -> Predicate[Shown]:
    """`@a.b:value` is an attribute, `host:`, `source:`, `status:` and `priority:` are the event's own, all others are tags."""
    same = literally(value) if quoted else pattern(value)
    if field is None:
        return lambda event: any(in_text(text, value, same, quoted=quoted) for text in _texts(event))
    if field in ("title", "message"):
        return lambda event: in_text(_texts(event)[field == "message"], value, same, quoted=quoted)
    own = {"host": "hostname", "source": "source_type_name", "status": "status", "priority": "priority"}
    path = field[1:] if field.startswith("@") else own.get(field)
    return lambda event: (
        (path is not None and same(_attribute(event, path))) or any(same(one) for one in _tag(event, field))
    )


def _texts(event: Shown) -> tuple[str, str]:
    attributes = event["attributes"]
    return attributes["attributes"]["title"], attributes["message"]


def _attribute(event: Shown, path: str) -> str:
    here: Any = event["attributes"]["attributes"]
    for name in path.split("."):
        here = here.get(name) if isinstance(here, dict) else None
    return "" if here is None else str(here)


def _tag(event: Shown, key: str) -> Sequence[str]:
    return pairs.values(event["attributes"]["tags"], key)


def instant(text: str, now: float) -> float:
    """`now-15m`, ISO 8601 or ms since 1970, as s UTC. Raises ApiError 400."""
    if (relative := from_now(text, now)) is not None:
        return relative
    if text.isdigit():
        return int(text) / 1000
    try:
        return iso.instant(text.replace(" ", "+"))
    except ValueError:
        raise invalid_time(text) from None


def encode_cursor(cursor: Cursor) -> str:
    """A cursor as clients pass it on."""
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode()


def decode_cursor(text: str) -> Cursor:
    """The place that a cursor stands for. Raises ApiError 400 (recorded: search_events_returns_bad_request_response)."""
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text), type=Cursor)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        raise invalid_cursor() from None
