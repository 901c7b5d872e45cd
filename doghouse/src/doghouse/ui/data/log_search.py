"""What a search of logs compares (logs/explorer/search_syntax): words of the message, reserved attributes, tags, `@attributes`."""

from __future__ import annotations

from typing import Any

from doghouse import searching
from doghouse.logs.correlation import canonical_id, trace_of
from doghouse.logs.model import Log
from doghouse.searching import Predicate, in_text, literally, pattern
from doghouse.tags import pairs
from doghouse.web import errors

RESERVED = ("service", "host", "source", "status")


def compile_search(text: str) -> Predicate[Log]:
    """The search as a predicate. Ranges are not evaluated, which is said (501). Raises ApiError."""
    if searching.has_range(text):
        raise errors.not_evaluated("ranges in a search of logs")
    return searching.compile_search(text, _condition)


def _condition(field: str | None, value: str, quoted: bool) -> Predicate[Log]:
    same = literally(value) if quoted else pattern(value)
    if field is None:
        return lambda log: in_text(log.message, value, same, quoted=quoted)
    if field in RESERVED:
        return lambda log: same(str(getattr(log, field) or ""))
    if field == "trace_id":
        wanted = canonical_id(value)
        return lambda log: trace_of(log) == wanted
    if field.startswith("@"):
        return lambda log: same(attribute(log, field[1:]))
    return lambda log: any(map(same, pairs.values(log.tags, field)))


def attribute(log: Log, path: str) -> str:
    """An attribute by its path, `http.status_code`: nested, or with dots in its name."""
    if path in log.attributes:
        return str(log.attributes[path])
    here: Any = log.attributes
    for name in path.split("."):
        here = here.get(name) if isinstance(here, dict) else None
    return "" if here is None else str(here)
