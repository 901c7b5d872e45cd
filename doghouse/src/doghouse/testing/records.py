"""The logs, events and spans of a unit test: when each arrives, as records that monitors search.

An entry stands at one time or several (`at: +12m`, `at: [+1m, +2m]`), or comes again and again: `every: 30s` with `for: 10m`, from the start of the test or
`from` a time on. `for: 10m` ends before its tenth minute, as `[start, end)`; a log every 30 s for 10 minutes is twenty of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from doghouse.events.model import Event
from doghouse.events.records import record as event_record
from doghouse.logs import preprocessing
from doghouse.logs.model import with_host_tags
from doghouse.logs.search import record as log_record
from doghouse.search.record import Record
from doghouse.search.units import NS
from doghouse.testing.entries import Entry, EventEntry, LogEntry, SpanEntry
from doghouse.testing.notation import NotationError, parse_duration
from doghouse.testing.values import instant
from doghouse.traces import records as span_records
from doghouse.traces.durations import nanoseconds
from doghouse.traces.model import Span

if TYPE_CHECKING:  # see testing.values
    from doghouse.testing.file import Loaded

MOST_RECORDS = 1_000_000  # of an entry: a typing mistake must not fill the memory
Tagged = Mapping[str, Sequence[str]]  # the tags of hosts, which their logs and events have too


Arrivals = Sequence[tuple[int, Record]]  # times (ms UTC) and records


def arrivals(loaded: Loaded, number: int, hosts: Tagged) -> dict[str, Arrivals]:
    """The records of test `number` by what they are in the file, which is the data source that monitors name. Raises TestFileError."""
    case, place = loaded.file.tests[number], f".tests[{number}]"
    return {
        "logs": _spread(loaded, case.logs, f"{place}.logs", hosts),
        "events": _spread(loaded, case.events, f"{place}.events", hosts),
        "spans": _spread(loaded, case.spans, f"{place}.spans", hosts),
    }


def record_of(entry: Entry, at: int, hosts: Tagged) -> Record:
    """An entry as a record that arrives at a time (s UTC). Raises ValueError."""
    match entry:
        case LogEntry():
            return _log(entry, at, hosts)
        case EventEntry():
            return _event(entry, at, hosts)
        case SpanEntry():
            return _span(entry, at, hosts)
    raise ValueError(f"{type(entry).__name__} is no log, event or span")


def _spread(loaded: Loaded, entries: Sequence[Entry], place: str, hosts: Tagged) -> list[tuple[int, Record]]:
    """Each entry at each of its times (ms UTC)."""
    spread = []
    for number, entry in enumerate(entries):
        where = f"{place}[{number}]"
        try:
            for at in _times(loaded, entry, where):
                spread += [(at * 1000, record_of(entry, at, hosts))] * entry.count
        except ValueError as error:
            raise loaded.wrong(where, str(error)) from None
    return spread


def _times(loaded: Loaded, entry: Entry, place: str) -> Sequence[int]:
    if entry.at is not None:
        if entry.every or entry.for_ or entry.from_:
            raise loaded.wrong(place, "has at, and every, for or from: give one or the other")
        listed = entry.at if isinstance(entry.at, list) else [entry.at]
        if len(listed) * entry.count >= MOST_RECORDS:
            raise loaded.wrong(place, f"comes more than {MOST_RECORDS:,} times")
        return [instant(loaded, text, f"{place}.at") for text in listed]
    if entry.every is None or entry.for_ is None:
        raise loaded.wrong(place, "does not say when: give it at (+12m), or every (30s) and for (10m)")
    try:
        every, length = parse_duration(entry.every), parse_duration(entry.for_)
    except NotationError as error:
        raise loaded.wrong(place, str(error)) from None
    if length // every * entry.count >= MOST_RECORDS:
        raise loaded.wrong(place, f"comes more than {MOST_RECORDS:,} times")
    first = instant(loaded, entry.from_ or "+0", f"{place}.from")
    return range(first, first + length, every)


def _log(entry: LogEntry, at: int, hosts: Tagged) -> Record:
    """The log as the intake makes it. It counts at the time of its entry, whatever dates it has in it, however old."""
    log = preprocessing.stored(entry.sent(), {}, at)
    tags = with_host_tags(log.tags, hosts.get(log.host or "", ()))
    return log_record(msgspec.structs.replace(log, timestamp=at, tags=tags))


def _event(entry: EventEntry, at: int, hosts: Tagged) -> Record:
    event = Event(
        id=0,
        uid="",
        title=entry.title,
        text=entry.text,
        date_happened=at,
        host=entry.host,
        alert_type=entry.status,
        aggregation_key=entry.aggregation_key,
        source_type_name=entry.source,
        attributes=entry.attributes,
    )
    return event_record(event, (*entry.tags, *hosts.get(entry.host or "", ())))


def _span(entry: SpanEntry, at: int, hosts: Tagged) -> Record:
    duration = nanoseconds(entry.duration)
    texts = {name: value for name, value in entry.attributes.items() if isinstance(value, str)}
    span = Span(
        trace_id=1,
        span_id=1,
        start=at * NS - duration,
        duration=duration,
        name=entry.name,
        service=entry.service,
        resource=entry.resource,
        error=int(entry.status == "error"),
        meta=texts | ({"env": entry.env} if entry.env else {}),
        metrics={name: value for name, value in entry.attributes.items() if not isinstance(value, str)},
        type=entry.type,
    )
    return span_records.record(span, f"{1:032x}", entry.host, (*entry.tags, *hosts.get(entry.host, ())))
