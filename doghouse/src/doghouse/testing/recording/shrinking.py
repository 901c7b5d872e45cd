"""Points as samples of a unit test: one each so many seconds, near values as one run."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from msgspec import Struct

from doghouse.metrics.model import Floats, MetricType
from doghouse.testing.recording.watching import RawSeries

# How the points of one slot, or of several series at one time, become one.
TOGETHER: Mapping[str, Callable[[Floats], float]] = {
    "avg": lambda values: float(np.mean(values)),
    "sum": lambda values: float(np.sum(values)),
    "min": lambda values: float(np.min(values)),
    "max": lambda values: float(np.max(values)),
    "last": lambda values: float(values[-1]),
}
Run = tuple[float, int]  # a value (NaN: missing) and how many samples have it


class Sampled(Struct, frozen=True, eq=False):
    """One series of a test: a sample each `every` seconds from the start on, as runs."""

    metric: str
    type: MetricType
    tags: tuple[str, ...]
    every: int
    runs: Sequence[Run]

    @property
    def values(self) -> Floats:
        """The samples."""
        return np.repeat([value for value, _ in self.runs], [count for _, count in self.runs])

    @property
    def text(self) -> str:
        """The samples in the notation of unit tests: `400x5 _x2 7.5`."""
        return " ".join(_word(value, count) for value, count in self.runs)


def _word(value: float, count: int) -> str:
    sign = "_" if math.isnan(value) else number_text(value)
    return sign if count == 1 else f"{sign}x{count}"


def number_text(value: float) -> str:
    """The shortest text that is read as the same number."""
    short = f"{value:.12g}"
    return short if float(short) == value else repr(value)


def slots(series: RawSeries, start: int, end: int, every: int, together: str) -> Floats:
    """A value each `every` seconds of [start, end), NaN where there is no point."""
    values = np.full(-(-(end - start) // every), np.nan)
    places = (series.times - start) // every
    inside = (places >= 0) & (places < len(values))
    places, points = places[inside], series.values[inside]
    firsts = np.flatnonzero(np.append(True, places[1:] != places[:-1])[: len(places)])
    for first, last in zip(firsts.tolist(), [*firsts.tolist()[1:], len(places)], strict=True):
        values[places[first]] = TOGETHER[together](points[first:last])
    return values


def runs(values: Floats) -> list[Run]:
    """Samples as runs of the same value. Those that are missing at the end are left out."""
    same = (values[1:] == values[:-1]) | (np.isnan(values[1:]) & np.isnan(values[:-1]))
    firsts = np.flatnonzero(np.append(True, ~same)[: len(values)])
    counts = np.diff(np.append(firsts, len(values)))
    pairs = list(zip(values[firsts].tolist(), counts.tolist(), strict=True))
    return pairs[:-1] if pairs and math.isnan(pairs[-1][0]) else pairs


def flattened(values: Floats, tolerance: float) -> Floats:
    """Samples of which those that lie within `tolerance` of the middle between them are one value, their mean rounded as far as that allows."""
    flat = values.copy()
    first, low, high = 0, math.nan, math.nan
    for place, value in enumerate([*values.tolist(), None]):
        if value is not None and place > first and _fits(value, low, high, tolerance):
            low, high = min(low, value), max(high, value)
            continue
        if place > first:
            flat[first:place] = _near(float(np.mean(values[first:place])), tolerance)
        if value is not None:
            first, low, high = place, value, value
    return flat


def _fits(value: float, low: float, high: float, tolerance: float) -> bool:
    """Whether a value lies near those from `low` to `high`; what is missing (NaN) lies near nothing."""
    return not math.isnan(value) and max(high, value) - min(low, value) <= 2 * tolerance and not math.isnan(low)


def _near(mean: float, tolerance: float) -> float:
    """A mean, rounded to a power of ten that is below the tolerance."""
    if not (math.isfinite(mean) and 0 < tolerance < math.inf):
        return mean
    return round(mean, -math.floor(math.log10(tolerance)))
