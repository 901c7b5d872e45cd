"""Lengths of time in searches of spans: a span's duration is kept in ns, and may be compared with units."""

from __future__ import annotations

import re

from doghouse.search.tree import And, Match, Node, Not, Or, Range
from doghouse.time import lengths

NS, NS_PER_MS = 10**9, 10**6
DURATION = "@duration"
UNITS_NS = {**{unit: length * NS for unit, length in lengths.UNITS.items()}, **{"ns": 1, "us": 10**3, "µs": 10**3}}
UNITS_NS |= {"ms": NS_PER_MS, "min": UNITS_NS["m"]}
_LENGTH = re.compile(r"(-?\d{1,15}(?:\.\d+)?)([a-zµ]+)")


def in_ns(search: Node) -> Node:
    """The search with each end of a range of `@duration` in ns, which is what a span's duration is kept in."""
    match search:
        case And(parts):
            return And(tuple(map(in_ns, parts)))
        case Or(parts):
            return Or(tuple(map(in_ns, parts)))
        case Not(part):
            return Not(in_ns(part))
        case Match("@duration", Range(low, high, inclusive)):
            return Match(DURATION, Range(_ns(low), _ns(high), inclusive))
        case _:
            return search


def nanoseconds(length: str) -> int:
    """`20ms` in ns. Raises ValueError."""
    parts = _LENGTH.fullmatch(length)
    if parts is None or parts[2] not in UNITS_NS:
        raise ValueError(f"'{length}' is no length of time: expected for example 20ms or 1.5s")
    return round(float(parts[1]) * UNITS_NS[parts[2]])


def _ns(end: str | None) -> str | None:
    """`20ms` in ns; what is no length of time with a unit stays as it is."""
    try:
        return None if end is None else str(nanoseconds(end))
    except ValueError:
        return end
