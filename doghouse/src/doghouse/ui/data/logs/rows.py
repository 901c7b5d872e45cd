"""Logs as a page lists them: a line with the columns that somebody chose, and what it opens to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from doghouse.logs.correlation import trace_of
from doghouse.logs.model import Log
from doghouse.logs.search import RESERVED, record
from doghouse.search.record import text_of
from doghouse.tags import pairs

STATES = {
    "emergency": "alert",
    "critical": "alert",
    "error": "alert",
    "alert": "alert",
    "warning": "warn",
    "warn": "warn",
    "ok": "ok",
}
MOST_FIELDS = 60  # that are offered as facets and columns
DEEPEST = 4  # names in the path of an attribute that is offered


def state(status: str) -> str:
    """How a status is drawn."""
    return STATES.get(status.lower(), "no-data")


def row(log: Log) -> dict[str, Any]:
    """A log as a page shows it, with the trace it belongs to."""
    return {
        "ts": log.timestamp,
        "message": log.message,
        "status": log.status,
        "state": state(log.status),
        "service": log.service or "",
        "host": log.host or "",
        "source": log.source or "",
        "tags": list(log.tags),
        "trace": trace_of(log),
        "attributes": log.attributes,
    }


def cells(log: Log, columns: Sequence[str]) -> list[tuple[str, str]]:
    """Each column and the log's values of it, as one text."""
    values = record(log).values
    return [(field, ", ".join(map(text_of, values(field)))) for field in columns]


def fields(logs: Iterable[Log]) -> list[str]:
    """What these logs could be told apart by, the most usual first: keys of tags, then attributes. The reserved ones are not among them."""
    tags: Counter[str] = Counter()
    attributes: Counter[str] = Counter()
    for log in logs:
        tags.update({key for tag in log.tags for key, value in (pairs.split(tag),) if value and key not in RESERVED})
        attributes.update(set(_paths(log.attributes)))
    return [
        name
        for counts in (tags, attributes)
        for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_FIELDS]
    ]


def _paths(attributes: Mapping[str, Any], above: str = "@", depth: int = 1) -> Iterator[str]:
    for name, value in attributes.items():
        path = f"{above}{name}"
        if isinstance(value, Mapping):
            if depth < DEEPEST:
                yield from _paths(value, f"{path}.", depth + 1)
        elif value is not None:
            yield path
