"""Spans as searches see them, and as monitors read them (docs: tracing/trace_explorer/query_syntax and span_tags_attributes).

A span's time is when it ended (recorded: the cursors of v2 search_spans name the end of a page's last span). Every span that was kept is there; with Datadog
it is those that a retention filter indexes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from doghouse.search.record import Record
from doghouse.search.records import Records, Stored
from doghouse.traces.durations import NS_PER_MS
from doghouse.traces.model import Span
from doghouse.traces.store import TraceStore

INTERNAL = "_"  # how the names of what tracers and the Agent tell each other begin
HostTags = Callable[[str], Sequence[str]]


def records(store: TraceStore, host: str, host_tags: HostTags) -> Records:
    """The spans of a store. All come through the Agent's part of doghouse, so that `host` is theirs, and they have its tags."""

    def between(start: int, end: int) -> list[tuple[int, Record]]:
        tags = ["source:apm", *host_tags(host)]
        spans = store.ended(start * NS_PER_MS, end * NS_PER_MS)
        lines = [(span.end // NS_PER_MS, record(span, trace, host, tags)) for trace, span in spans]
        return sorted(lines, key=itemgetter(0))[::-1]

    return Stored(between)


def record(span: Span, trace: str, host: str, tags: Sequence[str]) -> Record:
    """The span as searches see it. `trace` is its trace's id in 32 hex digits.

    GUESS: a word without a field is looked for in the resource's name, beside the attributes that free text is looked for in.
    """
    resource = span.resource or span.name
    env = span.tag("env")
    number = int(trace, 16)
    reserved: dict[str, Sequence[str | int]] = {
        "service": [span.service] if span.service else [],
        "operation_name": [span.name],
        "resource_name": [resource],
        "status": ["error" if span.error else "ok"],
        "host": [host],
        "env": [env] if env else [],
        "type": [span.type] if span.type else [],
        "trace_id": [trace, str(number & (2**64 - 1))],
        "span_id": [str(span.span_id)],
        "timestamp": [span.end // NS_PER_MS],
    }
    return Record(resource, reserved, tags, attributes(span))


def attributes(span: Span) -> dict[str, Any]:
    """What the span carries, nested by the dots of the names, and its `duration` in ns (recorded: `custom` of v2 search_spans).

    What tracers tell the Agent, such as `_dd.top_level`, is left out (in no recording).
    """
    nested: dict[str, Any] = {"duration": span.duration}
    carried: Mapping[str, Any] = {**(span.metrics or {}), **(span.meta or {})}
    for name, value in carried.items():
        if not name.startswith(INTERNAL):
            _put(nested, _path(name), value)
    return nested


def _put(nested: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """Put a value at a path. Where another value stands in its way, it is kept under its whole name."""
    here = nested
    for name in path[:-1]:
        inner = here.setdefault(name, {})
        if not isinstance(inner, dict):
            nested.setdefault(".".join(path), value)
            return
        here = inner
    if isinstance(here.get(path[-1]), dict):
        nested.setdefault(".".join(path), value)
    else:
        here[path[-1]] = value


@lru_cache(4096)
def _path(name: str) -> Sequence[str]:
    return name.split(".")
