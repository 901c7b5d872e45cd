"""What a search of events compares, which stretch of time it means, and where its next page begins."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

import msgspec

from doghouse.events.errors import invalid_cursor, invalid_time
from doghouse.search import matching
from doghouse.search.record import Record
from doghouse.time import iso
from doghouse.time.typed import from_now

STATUS_WORDS = (("warning", "warn"), ("success", "ok"))
Shown = dict[str, Any]  # an event as `v2_model.shown` makes it


class Cursor(msgspec.Struct, array_like=True):
    """Where a page ended: the last event's time (s UTC) and id."""

    happened: int
    id: int


def compile_search(text: str) -> Callable[[Shown], bool]:
    """The search as a predicate. Raises ApiError 400."""
    wanted = matching.compile_search(text)
    return lambda event: wanted(record(event))


def record(event: Shown) -> Record:
    """The event as searches see it. GUESS: both words for a status are the same, `warn` and `warning`, `ok` and `success`."""
    shown = event["attributes"]
    own = shown["attributes"]
    reserved = {
        name: [own[key]] if isinstance(own.get(key), str) else []
        for name, key in (("host", "hostname"), ("source", "source_type_name"), ("priority", "priority"))
    }
    status = own["status"]
    reserved["status"] = next((list(words) for words in STATUS_WORDS if status in words), [status])
    return Record(shown["message"], reserved, shown["tags"], own)


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
