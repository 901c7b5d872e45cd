"""The notation of series in unit tests of monitors: `400x5 700x5 _x15` is five samples of 400, five of 700, fifteen that are missing.

Like promtool's, but `400x5` is five samples, not six. A word is one of
    7.5         one sample            7.5x4       four samples of 7.5
    1+2x3       1, 3, 5               9-2x3       9, 7, 5
    _           one that is missing   _x15        fifteen that are missing
A YAML list holds samples (null: missing). A mapping may say more: `every` (the time between samples, default 1m), `type` (gauge, count or rate, as it was
submitted; default gauge; a count's or rate's interval is `every`), and one of
`values` (a text or list as above), `random: {seed, from, to, samples}` (uniform integers, both ends possible) and
`walk: {seed, start, step, samples}` (each sample differs from the last by a uniform integer from -step to step).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
from msgspec import Struct

from doghouse.metrics.model import Floats, MetricType
from doghouse.numbers import whole_number
from doghouse.time import lengths

DEFAULT_EVERY_S = 60
MOST = 1_000_000_000  # of a made-up number, so that sums of them fit
MAX_SAMPLES = 10_000_000  # a typing mistake must not fill the memory
TYPES = ("gauge", "count", "rate")
_NUMBER = r"[+-]?(?:[0-9]++\.?[0-9]*+|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_WORD = re.compile(
    rf"(?:(?P<gap>_)|(?P<start>{_NUMBER})(?P<step>[+-](?:[0-9]++\.?[0-9]*+|\.[0-9]+))?)(?:x(?P<times>[0-9]+))?"
)
_DURATION = re.compile(r"(?<![0-9])([0-9]{1,9})(s|m|h|d|w)")

STATES = ("OK", "Warn", "Alert", "No Data")  # of a group, as transitions and states are written


class NotationError(ValueError):
    """What in a series cannot be read, and what was expected."""


class Samples(Struct, frozen=True):
    """One series' samples: `values` float64[n] (NaN: missing), the first at the test's start, one each `every` seconds."""

    every: int
    values: Floats
    type: MetricType = "gauge"


def parse_samples(value: Any) -> Samples:
    """Samples from a YAML value (text, number, list or mapping). Raises NotationError."""
    if not isinstance(value, Mapping):
        return Samples(DEFAULT_EVERY_S, _values(value))
    _only(value, {"every", "type", "values", "random", "walk"})
    kinds = [kind for kind in ("values", "random", "walk") if kind in value]
    if len(kinds) != 1:
        raise NotationError("a series' mapping has exactly one of values, random and walk")
    every = parse_duration(value.get("every", "1m"))
    kind = value.get("type", "gauge")
    if kind not in TYPES:
        raise NotationError(f"type '{kind}' is not {', '.join(TYPES[:-1])} or {TYPES[-1]}")
    make = {"random": _random, "walk": _walk, "values": _values}[kinds[0]]
    return Samples(every, make(value[kinds[0]]), cast(MetricType, kind))


def parse_duration(value: Any) -> int:
    """Seconds from `45s`, `10m`, `1h30m`, `2d`. Raises NotationError."""
    text = str(value).strip()
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise NotationError(f"'{value}' is not a duration: expected for example 45s, 10m or 1h30m")
    seconds = sum(int(number) * lengths.UNITS[unit] for number, unit in parts)
    if seconds == 0:
        raise NotationError(f"'{value}' is no time at all")
    return seconds


def offset_text(seconds: int) -> str:
    """A time as an offset from a test's start: `+13m`, `+1h5m`, `+45s`."""
    hours, minutes = divmod(seconds // 60, 60)
    parts = [
        f"{hours}h" if hours else "",
        f"{minutes}m" if minutes or not (hours or seconds % 60) else "",
        f"{seconds % 60}s" if seconds % 60 else "",
    ]
    return "+" + "".join(parts)


def _values(value: Any) -> Floats:
    if isinstance(value, str):
        return _join([_word(word) for word in value.split()])
    if isinstance(value, Sequence):
        return _join([_word(part) if isinstance(part, str) else _sample(part) for part in value])
    return _sample(value)


def _sample(value: Any) -> Floats:
    if value is None:
        return np.array([np.nan])
    if isinstance(value, bool) or not isinstance(value, int | float):
        shown = str(value).lower() if isinstance(value, bool) else repr(value)
        raise NotationError(f"{shown} is not a sample: expected a number, or null where it is missing")
    if not math.isfinite(value):
        raise NotationError(f"{value} is not a finite number")
    return np.array([float(value)])


def _word(word: str) -> Floats:
    match = _WORD.fullmatch(word)
    if match is None:
        raise NotationError(f"'{word}' is not a sample: expected for example 400, 400x5, 1+2x3, _ or _x15")
    times = whole_number(match["times"] or "1")
    if times is None or not 0 < times <= MAX_SAMPLES:
        raise NotationError(f"'{word}': expected 1 to {MAX_SAMPLES:,} samples")
    if match["gap"]:
        return np.full(times, np.nan)
    values = float(match["start"]) + float(match["step"] or 0) * np.arange(times, dtype=np.float64)
    if not np.isfinite(values).all():
        raise NotationError(f"'{word}' is too large a number")
    return values


def _join(parts: list[Floats]) -> Floats:
    if not parts:
        raise NotationError("a series has no samples")
    return np.concatenate(parts)


def _random(value: Any) -> Floats:
    low, high, count, seed = _integers(value, "random", ("from", "to", "samples", "seed"))
    if low > high:
        raise NotationError(f"random: from {low} is above to {high}")
    return np.random.default_rng(seed).integers(low, high, _count(count), endpoint=True).astype(np.float64)


def _walk(value: Any) -> Floats:
    start, step, count, seed = _integers(value, "walk", ("start", "step", "samples", "seed"))
    steps = np.random.default_rng(seed).integers(-step, step, _count(count) - 1, endpoint=True)
    return start + np.concatenate(([0], np.cumsum(steps))).astype(np.float64)


def _count(count: int) -> int:
    if not 0 < count <= MAX_SAMPLES:
        raise NotationError(f"samples: {count} is not from 1 to {MAX_SAMPLES:,}")
    return count


def _integers(mapping: Any, kind: str, names: tuple[str, ...]) -> list[int]:
    if not isinstance(mapping, Mapping):
        raise NotationError(f"{kind} is a mapping of {', '.join(names)}")
    _only(mapping, set(names))
    numbers = [mapping.get(name) for name in names]
    for name, value in zip(names, numbers, strict=True):
        if isinstance(value, bool) or not isinstance(value, int):
            raise NotationError(f"{kind}: {name} is missing or no whole number")
        if name in ("step", "seed") and value < 0:
            raise NotationError(f"{kind}: {name} is below 0")
        if name != "seed" and abs(value) > MOST:
            raise NotationError(f"{kind}: {name} is beyond {MOST:,}")
    return [int(value) for value in numbers if value is not None]


def _only(mapping: Mapping[Any, Any], known: set[str]) -> None:
    for key in mapping:
        if key not in known:
            raise NotationError(f"'{key}' is not known here: expected {', '.join(sorted(known))}")
