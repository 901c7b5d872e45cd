"""What functions and modifiers of a query take (docs dashboards/functions, dashboards/functions/rollup, dashboards/functions/interpolation). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import available_timezones

from companion.problem import did_you_mean

RANKS = ("max", "mean", "min", "sum", "last", "l2norm", "area")
LAYERS = ("avg", "sum", "min", "max", "count", "stddev")
PERCENTILE = re.compile(r"p(\d{1,2}(\.\d+)?|100)")
QUERY, NUMBER, TEXT, KEYS = "a query", "a number", "a text in quotes", "keys in braces"
# Function → what it takes; in square brackets what may be left out.
TAKES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("abs", "autosmooth", "count_nonzero", "count_nonzero_finite", "count_not_null", "cumsum", "day_before", "default_zero",
         "derivative", "diff", "dt", "ewma", "exclude_null", "hour_before", "integral", "log10", "log2", "median", "monotonic_diff",
         "month_before", "per_hour", "per_minute", "per_second", "piecewise_constant", "robust_trend", "throughput", "trend_line", "week_before"),
        (QUERY,),
    ),
    **dict.fromkeys((f"ewma_{span}" for span in (1, 3, 5, 7, 10, 20)), (QUERY,)),
    **dict.fromkeys((f"median_{span}" for span in (3, 5, 7, 9)), (QUERY,)),
    **dict.fromkeys((f"rollingavg_{span}" for span in (5, 13, 21, 29)), (QUERY,)),
    **dict.fromkeys(
        (f"{end}{count}_{rank}" for end in ("top", "bottom") for count in (5, 10, 15, 20) for rank in RANKS), (QUERY,)
    ),
    **dict.fromkeys(("clamp_max", "clamp_min", "cutoff_max", "cutoff_min", "default", "is_greater", "is_less", "timeshift"), (QUERY, NUMBER)),
    **dict.fromkeys(("avg", "sum", "min", "max", "stddev"), (QUERY, KEYS)),
    "is_between": (QUERY, NUMBER, NUMBER),
    "pow": (QUERY, QUERY),
    "percentile": (QUERY, TEXT, KEYS),
    "calendar_shift": (QUERY, TEXT, f"[{TEXT}]"),
    "moving_rollup": (QUERY, NUMBER, f"[{TEXT}]"),
    "rollup": (QUERY, TEXT, NUMBER),
    "top": (QUERY, NUMBER, TEXT, TEXT),
    "anomalies": (QUERY, TEXT, NUMBER),
    "outliers": (QUERY, TEXT, NUMBER, f"[{NUMBER}]"),
    "forecast": (QUERY, TEXT, NUMBER),
}  # fmt: skip
NAMED = {
    "anomalies": ("direction", "alert_window", "interval", "count_default_zero", "seasonality", "timezone"),
    "forecast": ("interval", "history", "model", "seasonality", "timezone"),
}
# Function and place → the texts it may be there; a percentile too where percentiles are.
CHOICES: dict[tuple[str, int], tuple[str, ...]] = {
    ("top", 2): RANKS,
    ("top", 3): ("asc", "desc"),
    ("rollup", 1): LAYERS,
    ("moving_rollup", 2): (*LAYERS, "median"),
    ("percentile", 1): ("p95",),
    ("anomalies", 1): ("basic", "agile", "robust"),
    ("outliers", 1): ("DBSCAN", "MAD", "scaledDBSCAN", "scaledMAD"),
    ("forecast", 1): ("linear", "seasonal"),
}
PERCENTILES = {("rollup", 1), ("moving_rollup", 2), ("percentile", 1)}
DIRECTIONS = ("above", "below", "both")
SHIFT = re.compile(r"-\d{1,4}(mo|d|w)")
LENGTH = re.compile(r"(last_)?[1-9]\d{0,6}(mo|s|m|h|d|w)|[1-9]\d{0,8}")
MODIFIERS = ("rollup", "fill", "as_count", "as_rate", "weighted")
METHODS = ("avg", "sum", "min", "max", "count", "last")
FILLS = ("linear", "last", "zero", "null")
CALENDAR = {  # a rollup's unit of the calendar → where it may begin
    "daily": re.compile(r"(0?[1-9]|1[0-2])(am|pm)", re.IGNORECASE),
    "weekly": re.compile(r"(mon|tues|wednes|thurs|fri|satur|sun)day", re.IGNORECASE),
    "monthly": re.compile(r"(0?[1-9]|1\d|2[0-8])(st|nd|rd|th)?", re.IGNORECASE),
}


def call_faults(name: str, arguments: Sequence[Any]) -> Iterator[str]:
    """What is wrong with a function's call, by lark's trees of its arguments."""
    takes = TAKES.get(name)
    if takes is None:
        yield f"'{name}' is no function{did_you_mean(name, TAKES)}"
        return
    plain = [one.children[-1] for one in arguments if len(one.children) == 1]
    named = {str(one.children[0]): one.children[-1] for one in arguments if len(one.children) > 1}
    least = sum(not one.startswith("[") for one in takes)
    if not least <= len(plain) <= len(takes):
        yield f"{name}() takes {', '.join(takes)}; {len(plain)} given"
        return
    for place, (wanted, given) in enumerate(zip(takes, plain, strict=False)):
        yield from _argument(name, place, wanted.strip("[]"), given)
    for key, value in named.items():
        known = NAMED.get(name, ())
        if key not in known:
            yield f"{name}() has no argument '{key}'{did_you_mean(key, known)}"
        elif name == "anomalies" and key == "direction" and text(value) not in (None, *DIRECTIONS):
            yield f"anomalies: '{text(value)}' is no direction{did_you_mean(str(text(value)), DIRECTIONS)}"
        elif name == "anomalies" and key in ("alert_window", "interval") and not LENGTH.fullmatch(_written(value)):
            yield f"anomalies: {key} is a length of time such as 'last_15m' or 60"


def _argument(name: str, place: int, wanted: str, given: Any) -> Iterator[str]:
    kinds = {
        NUMBER: number(given) is not None,
        TEXT: text(given) is not None,
        KEYS: getattr(given, "data", "") == "keys",
    }
    if not (kinds[wanted] if wanted != QUERY else not (kinds[KEYS] or getattr(given, "type", "") == "STRING")):
        yield f"{name}() takes {wanted} as its argument {place + 1}"
        return
    said, choices = text(given), CHOICES.get((name, place), ())
    low = str(said).lower()
    fits = low in map(str.lower, choices) or ((name, place) in PERCENTILES and PERCENTILE.fullmatch(low))
    if choices and not fits:
        yield f"{name}: '{said}' is none of {', '.join(choices)}{did_you_mean(str(said), choices)}"
    value = number(given)
    if wanted == NUMBER and value is not None:
        yield from _number(name, place, value)
    if (name, place) == ("calendar_shift", 1) and not SHIFT.fullmatch(str(said)):
        yield f"calendar_shift: '{said}' is no shift such as -1d, -7d, -2w or -1mo"
    if (name, place) == ("calendar_shift", 2) and said not in available_timezones():
        yield f"calendar_shift: '{said}' is no time zone such as 'Europe/Paris'"


def _number(name: str, place: int, value: float) -> Iterator[str]:
    if name in ("timeshift", "moving_rollup", "rollup", "top") and value != int(value):
        yield f"{name}() takes a whole number, not {value:g}"
    elif name in ("moving_rollup", "rollup", "top") and value < 1:
        yield f"{name}() takes 1 or more, not {value:g}"
    elif (name, place) == ("anomalies", 2) and value <= 0:
        yield f"anomalies() takes bounds above 0, not {value:g}"


def modifier_faults(name: str, settings: Sequence[Any]) -> Iterator[str]:
    """What is wrong with `.rollup(…)` and its like, by lark's trees of what stands in the parentheses."""
    words = [text(one) if number(one) is None else number(one) for one in (child.children[-1] for child in settings)]
    signed = [float(f"{one.children[0]}1") if len(one.children) > 1 else 1.0 for one in settings]
    given = [one * sign if isinstance(one, float) else one for one, sign in zip(words, signed, strict=True)]
    first, rest = (given[0], given[1:]) if given else (None, [])
    if name not in MODIFIERS:
        yield f"'.{name}' is no modifier{did_you_mean(name, MODIFIERS) or '; it is .' + ', .'.join(MODIFIERS)}"
    elif name == "rollup":
        yield from _rollup(first, rest)
    elif name == "fill":
        if first is None or not (first in FILLS or (isinstance(first, float) and first >= 0)):
            yield f"fill takes one of {', '.join(FILLS)}"
        elif len(rest) > 1 or not all(isinstance(one, float) and one >= 0 and one == int(one) for one in rest):
            yield "fill takes a limit in seconds after the method, as in .fill(last, 600)"
    elif given:
        yield f".{name}() takes nothing"


def _rollup(first: str | float | None, rest: Sequence[str | float | None]) -> Iterator[str]:
    seconds = [one for one in (first, *rest) if isinstance(one, float)]
    if any(one < 1 or one != int(one) for one in seconds):
        yield f"rollup takes whole seconds from 1, not {seconds[0]:g}"
    elif isinstance(first, float):
        if rest:
            yield "rollup takes the method first, as in .rollup(avg, 60)"
    elif str(first).lower() not in METHODS:
        method = first or ""
        yield f"'{method}' is no rollup method{did_you_mean(method, METHODS) or '; it is ' + ', '.join(METHODS)}"
    elif rest and isinstance(rest[0], str):
        yield from _calendar(rest[0].lower(), [f"{one:g}" if isinstance(one, float) else str(one) for one in rest[1:]])
    elif len(rest) > 1:
        yield "rollup takes nothing after the seconds"


def _calendar(unit: str, rest: Sequence[str]) -> Iterator[str]:
    """`daily, 6am, 'Europe/Berlin'`: where the unit begins and the zone may be left out."""
    if unit not in CALENDAR:
        yield f"rollup: '{unit}' is neither seconds nor one of {', '.join(CALENDAR)}"
        return
    begins = rest[:-1] if rest and rest[-1] in available_timezones() else rest
    if len(begins) > 1 or not all(CALENDAR[unit].fullmatch(one) for one in begins):
        yield f"rollup: '{begins[-1]}' is neither where a {unit} bucket begins nor a time zone"


def number(node: Any) -> float | None:
    """The value of a number with its signs; None of anything else."""
    if getattr(node, "type", "") == "NUMBER":
        return float(node)
    if getattr(node, "data", "") == "factor":
        sign, operand = node.children
        value = number(operand)
        return None if value is None else float(f"{sign}1") * value
    return None


def text(node: Any) -> str | None:
    """What a quoted text or a bare word says; None of anything else."""
    if getattr(node, "type", "") in ("STRING", "WORD"):
        return str(node)[1:-1] if node.type == "STRING" else str(node)
    return str(node.children[0]) if getattr(node, "data", "") == "name" else None


def _written(node: Any) -> str:
    value = number(node)
    return f"{value:g}" if value is not None else text(node) or ""
