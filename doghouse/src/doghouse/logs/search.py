"""What a search of logs looks at: the message, reserved attributes, tags and attributes of a log."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from doghouse.logs.correlation import trace_of
from doghouse.logs.model import Log
from doghouse.search import matching
from doghouse.search.record import Record


def compile_search(text: str) -> Callable[[Log], bool]:
    """The search as a predicate. Raises ApiError 400."""
    wanted = matching.compile_search(text)
    return lambda log: wanted(record(log))


def record(log: Log) -> Record:
    """The log as searches see it. GUESS: a trace is found by its id in 32 hex digits, and in decimal where it has 64 bits."""
    trace = trace_of(log)
    number = 0 if trace is None else int(trace, 16)
    traces = [] if trace is None else [trace, str(number)] if number < 2**64 else [trace]
    reserved: dict[str, Sequence[str | int]] = {
        "host": _given(log.host),
        "source": _given(log.source),
        "service": _given(log.service),
        "status": _given(log.status),
        "trace_id": traces,
        "timestamp": [round(log.timestamp * 1000)],
    }
    return Record(log.message, reserved, log.tags, log.attributes)


def _given(value: str | None) -> list[str]:
    return [value] if value else []
