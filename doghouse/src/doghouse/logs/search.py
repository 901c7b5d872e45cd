"""What a search of logs looks at: the message, reserved attributes, tags and attributes of a log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from doghouse.logs.correlation import trace_of
from doghouse.logs.model import Log
from doghouse.search.record import Record

RESERVED = ("host", "source", "service", "status", "trace_id", "timestamp")


def record(log: Log) -> Record:
    """The log as searches see it."""
    return Record(log.message, _Reserved(log), log.tags, log.attributes)


class _Reserved(Mapping[str, Sequence[str | int]]):
    """The reserved attributes of a log, each made when it is asked for: a search of many logs asks each for one or two."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in RESERVED else default

    def __getitem__(self, name: str) -> Sequence[str | int]:
        if name == "trace_id":
            trace = trace_of(self._log)
            return forms(trace) if trace else []
        if name == "timestamp":
            return [round(self._log.timestamp * 1000)]
        value = getattr(self._log, name)
        return [value] if value else []

    def __iter__(self) -> Iterator[str]:
        return iter(RESERVED)

    def __len__(self) -> int:
        return len(RESERVED)


def forms(trace: str) -> list[str]:
    """The ways to write a trace (32 hex digits). GUESS: it is found by its id in 32 hex digits, and in decimal where it has 64 bits."""
    number = int(trace, 16)
    return [trace, str(number)] if number < 2**64 else [trace]
