"""A value with its unit, as people read it in what commands print: 9.4ms, 1.5 GiB, 95%. The pages' own is `quantity` in ui/static/js/format.mjs."""

from __future__ import annotations

import math
from typing import Any

from doghouse.metrics.catalogue import known
from doghouse.queries.language.tree import Call, MonitorQuery
from doghouse.queries.sparkline import figure
from doghouse.queries.units import Pair, Unit, Units, as_described, unit_of

BYTES = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
TIMES = ((1.0, "s"), (1e-3, "ms"), (1e-6, "μs"), (1e-9, "ns"))
SPANS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))
FIGURES = 4  # that a value is rounded to


def quantity(value: float, pair: Pair | None) -> str:
    """The value in the order of magnitude that suits its unit, a pair of what it is counted in and what that is per; a plain number where there is none."""
    of, per = pair or (None, None)
    if of is None or not math.isfinite(value):
        return figure(value)
    return _counted(value, of) + (f"/{per['short_name'] or per['name']}" if per else "")


def unit_of_window(query: Any, units: Units) -> Pair | None:
    """The unit of what a monitor compares with its threshold; None for what is a share of points or of what was before, and for other queries than metrics'."""
    if not isinstance(query, MonitorQuery) or (query.change is not None and query.change.percent):
        return None
    share = isinstance(query.expression, Call) and query.expression.function == "anomalies"
    return None if share else unit_of(query.expression, units)


def known_units(metric: str) -> Pair | None:
    """The units of Datadog's own metrics, by name: where no doghouse can be asked what people wrote."""
    return _KNOWN(metric)


_KNOWN = as_described(lambda metric: dict(zip(("unit", "per_unit"), known.units(metric), strict=True)))


def _counted(value: float, unit: Unit) -> str:
    base = value * unit["scale_factor"]
    size = abs(base)
    match unit["family"]:
        case "bytes" if unit["name"] != "bit":
            power = 0 if size < 1 else min(len(BYTES) - 1, int(math.log2(size) // 10))
            return f"{_plain(base / 1024**power)} {BYTES[power]}"
        case "time" if size >= 60:
            return ("-" if base < 0 else "") + _span(size)
        case "time":
            least, suffix = next((entry for entry in TIMES if size >= entry[0]), TIMES[-1] if size else TIMES[0])
            return f"{_plain(base / least)}{suffix}"
        case "percentage":
            return f"{_plain(base)}%"
        case _:
            return f"{figure(value)} {unit['short_name']}" if unit["short_name"] else figure(value)


def _plain(value: float) -> str:
    """Four figures without an exponent: 1023 KiB, not 1.023e+03."""
    return f"{float(f'{value:.{FIGURES}g}'):.15g}"


def _span(seconds: float) -> str:
    """200 → `3m 20s`: the two greatest parts."""
    parts, remainder = [], round(seconds)
    for size, letter in SPANS:
        count, remainder = divmod(remainder, size)
        if count:
            parts.append(f"{count}{letter}")
    return " ".join(parts[:2])
