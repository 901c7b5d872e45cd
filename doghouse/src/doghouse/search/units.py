"""Numbers with units in comparisons, `@duration:>20ms` (logs/explorer/facets): those of attributes whose unit Datadog's standard attributes say.

GUESS: they keep that unit, whatever a facet of one's own account was given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from doghouse.search.tree import And, Match, Node, Not, Or, Range
from doghouse.time import lengths

NS = 10**9
TIMES = {**{unit: length * NS for unit, length in lengths.UNITS.items()}, **{"ns": 1, "us": 10**3, "µs": 10**3}}
TIMES |= {"ms": 10**6, "min": TIMES["m"]}
# GUESS: decimal and binary multiples as they are called.
BYTES = {"B": 1} | {
    f"{sign}{unit}": base**power for power, sign in enumerate("KMGT", 1) for unit, base in (("B", 1000), ("iB", 1024))
}
UNITS: Mapping[str, Mapping[str, int]] = {
    "@duration": TIMES,
    "@network.bytes_read": BYTES,
    "@network.bytes_written": BYTES,
}
NUMBER = re.compile(r"(-?[0-9]{1,15}(?:\.[0-9]+)?)([a-zA-Zµ]+)")


def in_base_units(search: Node) -> Node:
    """The search with each end of a range in what its attribute is kept in: a duration in ns, a size in bytes."""
    match search:
        case And(parts):
            return And(tuple(map(in_base_units, parts)))
        case Or(parts):
            return Or(tuple(map(in_base_units, parts)))
        case Not(part):
            return Not(in_base_units(part))
        case Match(str() as field, Range(low, high, inclusive)) if field in UNITS:
            units = UNITS[field]
            return Match(field, Range(_plain(low, units), _plain(high, units), inclusive))
        case _:
            return search


def scaled(text: str, units: Mapping[str, int]) -> int:
    """`20ms` in the smallest of the units. Raises ValueError."""
    parts = NUMBER.fullmatch(text)
    if parts is None or parts[2] not in units:
        raise ValueError(f"'{text}' is no number with a unit")
    return round(float(parts[1]) * units[parts[2]])


def _plain(end: str | None, units: Mapping[str, int]) -> str | None:
    """What has no unit stays as it is."""
    try:
        return None if end is None else str(scaled(end, units))
    except ValueError:
        return end
