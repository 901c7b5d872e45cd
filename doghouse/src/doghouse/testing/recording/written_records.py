"""Logs, events and spans as entries of a test's file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from doghouse.logs import preprocessing
from doghouse.search.record import Record
from doghouse.tags.pairs import split
from doghouse.testing.entries import Entry, EventEntry, LogEntry, SpanEntry

Names = Collection[str] | None  # of the fields that are wanted; None: all
# What entries have under names of their own, or what was made of them.
_OF_LOGS = {*preprocessing.HOST, *preprocessing.SERVICE, *preprocessing.STATUS, *preprocessing.DATE, *preprocessing.NO_ATTRIBUTES}  # fmt: skip
_OF_EVENTS = {
    "title", "timestamp", "status", "service", "priority", "aggregation_key", "event_object", "hostname", "source_type_name", "device_name",
    "related_event_id", "evt",
}  # fmt: skip


class Kind(Struct, frozen=True):
    """An entry's type, and how a record is written as one: with the fields of these names, and its message where that is wanted."""

    entry: type[Entry]
    written: Callable[[Record, Names, bool], dict[str, Any]]


def _log(record: Record, names: Names, message: bool) -> dict[str, Any]:
    fields = _reserved(record, {name: name for name in ("service", "status", "host", "source")}, names)
    fields |= {"message": record.message} if message and record.message else {}
    return fields | _tags(record, names) | _nested(_others(record, names, _OF_LOGS))


def _event(record: Record, names: Names, message: bool) -> dict[str, Any]:
    own = record.attributes
    fields = {"title": own["title"]} if message and own.get("title") else {}
    fields |= {"text": record.message} if message and record.message else {}
    fields |= {"status": own.get("status", "info")}
    fields |= _reserved(record, {name: name for name in ("host", "source")}, names)
    fields |= {"aggregation_key": own["aggregation_key"]} if own.get("aggregation_key") else {}
    return fields | _tags(record, names) | _nested(_others(record, names, _OF_EVENTS))


def _span(record: Record, names: Names, _: bool) -> dict[str, Any]:
    called = {name: name for name in ("service", "env", "type", "status", "host")}
    fields = _reserved(record, called | {"operation_name": "name", "resource_name": "resource"}, names)
    fields |= {"duration": f"{record.attributes['duration']}ns"} if names is None or "duration" in names else {}
    flat = dict(_flat(_others(record, names, {"duration", "env"}), ""))
    tags = {"tags": [tag for tag in _tags(record, names).get("tags", ()) if tag != "source:apm"]}
    return fields | (tags if tags["tags"] else {}) | _nested(flat)


KINDS: Mapping[str, Kind] = {
    "logs": Kind(LogEntry, _log),
    "events": Kind(EventEntry, _event),
    "spans": Kind(SpanEntry, _span),
}


def _reserved(record: Record, called: Mapping[str, str], names: Names) -> dict[str, Any]:
    values: dict[str, Sequence[str | int]] = {name: record.reserved.get(name) or () for name in called}
    return {called[name]: some[0] for name, some in values.items() if some and (names is None or name in names)}


def _tags(record: Record, names: Names) -> dict[str, Any]:
    tags = [tag for tag in record.tags if names is None or split(tag)[0] in names]
    return {"tags": tags} if tags else {}


def _others(record: Record, names: Names, own: Collection[str]) -> dict[str, Any]:
    """The attributes that an entry has no name of its own for."""
    return {
        name: value
        for name, value in record.attributes.items()
        if name not in own and (names is None or name.partition(".")[0] in names)
    }


def _nested(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {"attributes": dict(attributes)} if attributes else {}


def _flat(values: Mapping[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    """Attributes by their whole names: `http.status_code`."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, value
