"""Names that a query may use, and the nearest known one to a name that is unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable

SPACE_AGGREGATORS = ("avg", "sum", "min", "max", "count", "last", "stddev", "histogram")
TIME_AGGREGATORS = ("avg", "sum", "min", "max", "percentile")  # of a monitor's head
ROLLUP_METHODS = ("avg", "sum", "min", "max", "count", "last")
# of a further layer of aggregation (metrics/nested_queries)
LAYER_METHODS = ("avg", "sum", "min", "max", "count", "stddev")
MODIFIERS = ("rollup", "fill", "as_count", "as_rate", "weighted")
FILLS = ("linear", "last", "zero", "null")

_PERCENTILE = re.compile(r"p([0-9]{1,2}(?:\.[0-9]+)?|100)")
_THRESHOLD = re.compile(
    r"count\s*\(\s*v\s*:\s*v\s*(<=|>=|<|>)\s*([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)\s*\)"
)


def percentile(aggregator: str | None) -> float | None:
    """`p95` → 0.95, `p99.9` → 0.999; None for any other aggregator."""
    match = _PERCENTILE.fullmatch(aggregator or "")
    return float(match[1]) / 100 if match else None


def threshold(aggregator: str | None) -> tuple[str, float] | None:
    """`count(v: v<=5)` → ("<=", 5.0), which counts a distribution's values (metrics/distributions: threshold queries); None for any other aggregator."""
    match = _THRESHOLD.fullmatch(aggregator or "")
    return (match[1], float(match[2])) if match else None


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` was most likely meant to be, or None where none is near."""
    from difflib import get_close_matches

    lowered = {known_name.lower(): known_name for known_name in known}
    close = get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    begun = [lower for lower in lowered if len(lower) > 2 and name.lower().startswith(lower)]
    return lowered[close[0]] if close else lowered[max(begun, key=len)] if begun else None


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """`unknown function 'tpo'; did you mean 'top'?`, or what is known where nothing is near."""
    known = tuple(known)
    near = nearest(name, known)
    hint = f"did you mean '{near}'?" if near else f"known are {', '.join(known)}" if len(known) <= 12 else ""
    return f"unknown {kind} '{name}'" + (f"; {hint}" if hint else "")
