"""Distributions: how many values of a series fell where, so that percentiles can be had over any time and any group of series.

A sketch holds counts in buckets whose bounds grow by a constant factor (DDSketch, arxiv.org/abs/1908.10693), with the Agent's own parameters
(datadog-agent: pkg/util/quantile), so that Agents' sketches are kept as they came. Sketches are columns, and merging them is adding counts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import ArrayLike, NDArray

from doghouse.metrics.model import Columns, Floats, Ints

RELATIVE_ERROR = 1 / 128
SMALLEST = 1e-9  # values nearer to 0 than this count as 0
LARGEST_KEY = 32767
_LOG_GAMMA = math.log1p(2 * RELATIVE_ERROR)
_BIAS = 1 - math.floor(math.log(SMALLEST) / _LOG_GAMMA)
_TS_BITS = 40


def keys_of(values: Floats) -> Ints:
    """The bucket of each value: 0 for nearly 0, negative for negative values."""
    size = np.abs(values)
    with np.errstate(divide="ignore"):
        keys = np.rint(np.log(size) / _LOG_GAMMA) + _BIAS
    keys = np.where(size < SMALLEST, 0, np.minimum(keys, LARGEST_KEY))
    signed: Floats = np.copysign(keys, values)
    return signed.astype(np.int64)


def values_of(keys: Ints) -> Floats:
    """The value that each bucket stands for, at most RELATIVE_ERROR away from those in it."""
    size = np.abs(keys)
    values = np.where(size >= LARGEST_KEY, np.inf, np.exp((np.minimum(size, LARGEST_KEY - 1) - _BIAS) * _LOG_GAMMA))
    signed: Floats = np.copysign(np.where(size == 0, 0.0, values), keys)
    return signed


class Sketches(Struct, frozen=True, eq=False):
    """Sketches as columns, sorted by (group, ts), and their buckets, sorted by (sketch, key).

    `group` is a series' number, or that of whatever series were merged; `ts` in s UTC.
    Bucket `key[i]` with its `n[i]` values belongs to the sketch at place `sketch[i]`.
    """

    group: Ints
    ts: Ints
    count: Floats
    sum: Floats
    min: Floats
    max: Floats
    sketch: Ints
    key: Ints
    n: Floats

    def __len__(self) -> int:
        return len(self.ts)

    def percentile(self, share: float) -> Floats:
        """The value below which `share` (0 to 1) of each sketch's values lie: that of rank floor(share * (count - 1)), within the sketch's least and greatest.

        NaN for a sketch without values.
        """
        if not len(self):
            return np.empty(0)
        ranks = np.floor(share * (self.count - 1) + 1e-9)  # 0.57 * 100 is a little less than 57
        total = np.cumsum(self.n)
        first = np.searchsorted(self.sketch, np.arange(len(self)))
        before = np.append(0.0, total)[first]
        # The bucket sought is the first of its sketch at whose end more values have passed than the rank.
        passed = total - before[self.sketch] > ranks[self.sketch]
        place = np.full(len(self), len(self.n))
        np.minimum.at(place, self.sketch[passed], np.flatnonzero(passed))
        values = np.append(values_of(self.key), np.nan)[place]
        clipped: Floats = np.clip(values, self.min, self.max)
        return clipped

    def merged(self, group: Ints, ts: Ints) -> Sketches:
        """The sketches with these groups and times instead (one each), those that come together added up."""
        together, place = np.unique(packed(group, ts), return_inverse=True)
        new_sketch = place[self.sketch]
        bins, bin_place = np.unique(packed(new_sketch, self.key + LARGEST_KEY), return_inverse=True)
        return Sketches(
            together >> _TS_BITS,
            together & ((1 << _TS_BITS) - 1),
            np.bincount(place, self.count, len(together)),
            np.bincount(place, self.sum, len(together)),
            _reduced(np.minimum, place, self.min, len(together)),
            _reduced(np.maximum, place, self.max, len(together)),
            bins >> _TS_BITS,
            (bins & ((1 << _TS_BITS) - 1)) - LARGEST_KEY,
            np.bincount(bin_place, self.n, len(bins)),
        )

    def where(self, keep: NDArray[np.bool_]) -> Sketches:
        """Those that are to be kept."""
        return self.at(np.flatnonzero(keep))

    def at(self, places: Ints) -> Sketches:
        """Those at these places, in this order."""
        first = np.searchsorted(self.sketch, places)
        sizes = np.searchsorted(self.sketch, places, side="right") - first
        bins = ranges(first, sizes)
        return Sketches(
            self.group[places],
            self.ts[places],
            self.count[places],
            self.sum[places],
            self.min[places],
            self.max[places],
            np.repeat(np.arange(len(places)), sizes),
            self.key[bins],
            self.n[bins],
        )

    def together(self, low: int, high: int) -> Sketches:
        """One sketch of those at the places low to high."""
        bins = slice(*np.searchsorted(self.sketch, (low, high)))
        keys, place = np.unique(self.key[bins], return_inverse=True)
        none, there = np.zeros(1, np.int64), slice(low, high)
        return Sketches(
            none,
            none,
            np.array([np.sum(self.count[there])]),
            np.array([np.sum(self.sum[there])]),
            np.array([np.min(self.min[there])]),
            np.array([np.max(self.max[there])]),
            np.zeros(len(keys), np.int64),
            keys,
            np.bincount(place, self.n[bins], len(keys)),
        )


def ranges(first: Ints, sizes: Ints) -> Ints:
    """Whole numbers: from each of `first` on so many as `sizes` says, one range behind the other."""
    return np.arange(int(np.sum(sizes))) + np.repeat(first - np.cumsum(sizes) + sizes, sizes)


def concatenated(parts: Sequence[Sketches]) -> Sketches:
    """Sketches one after another; not added up."""
    if not parts:
        return no_sketches()
    offsets = np.cumsum([0, *(len(part) for part in parts[:-1])])
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("group", "ts", "count", "sum", "min", "max", "key", "n")
    }
    sketch = np.concatenate([part.sketch + offset for part, offset in zip(parts, offsets, strict=True)])
    return Sketches(**joined, sketch=sketch)


def of_values(group: Ints, ts: Ints, value: Floats) -> Sketches:
    """A sketch for each (group, ts) of these values."""
    ones = np.ones(len(value))
    every = Sketches(group, ts, ones, value, value, value, np.arange(len(value)), keys_of(value), ones)
    return every.merged(group, ts)


def no_sketches() -> Sketches:
    """Columns of no sketches."""
    ints, floats = np.empty(0, np.int64), np.empty(0)
    return Sketches(ints, ints, floats, floats, floats, floats, ints, ints, floats)


def apart(columns: Columns, distributions: Sequence[int]) -> tuple[Columns, Sketches]:
    """Points without those of distributions (numbers of series), and what the values of these come to."""
    if not distributions or not len(columns):
        return columns, no_sketches()
    spread = np.isin(columns.series, distributions)
    points, values = (
        Columns(columns.series[these], columns.ts[these], columns.value[these]) for these in (~spread, spread)
    )
    return points, of_values(values.series, values.ts, values.value) if len(values) else no_sketches()


def places(sketches_group: Ints, sketches_ts: Ints, group: ArrayLike, ts: ArrayLike) -> Ints:
    """Where among sketches, sorted by (group, ts), each of these (group, ts) stands."""
    return np.searchsorted(
        packed(sketches_group, sketches_ts), packed(np.asarray(group, np.int64), np.asarray(ts, np.int64))
    )


def packed(group: Ints, ts: Ints | int) -> Ints:
    """A group and a time (s UTC) as one number, by which sketches are sorted."""
    return (group << _TS_BITS) | ts


def _reduced(how: np.ufunc, place: Ints, values: Floats, count: int) -> Floats:
    out = np.full(count, np.inf if how is np.minimum else -np.inf)
    how.at(out, place, values)
    return out
