"""What the records of a group, or of a window, come to: how many there are, how many different values, or a number made of a measure.

Each aggregation is one function over any number of ranges [low, high) of a column, so that groups, buckets of time and sliding windows are the same to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Reads = Literal["nothing", "values", "numbers"]
Work = Callable[[Any, Ints, Ints], Floats]


class Aggregation(Struct, frozen=True):
    """An aggregation, as monitors and the aggregate API name it.

    `reads` says what of the measure it needs: nothing, which value it is (int64 codes), or its number (float64). `of_nothing` is what it is worth without a
    single record, NaN where that is no value.
    """

    name: str
    reads: Reads
    of_nothing: float
    work: Work

    def over(self, column: Any, low: Ints, high: Ints) -> Floats:
        """Its value (float64) for each range [low, high) of indexes into `column`; `of_nothing` for an empty one.

        Both `low` and `high` ascend. A range's value depends on what lies in it alone, to the bit.
        """
        values, some = np.full(len(low), self.of_nothing), high > low
        if some.any():
            values[some] = self.work(column, low[some], high[some])
        return values


AGGREGATIONS: dict[str, Aggregation] = {}


def aggregation(name: str, reads: Reads, of_nothing: float = np.nan) -> Callable[[Work], Work]:
    """Register a function from a column and ranges of it, none of them empty, as the aggregation of this name."""

    def register(work: Work) -> Work:
        AGGREGATIONS[name] = Aggregation(name, reads, of_nothing, work)
        return work

    return register


@aggregation("count", "nothing", 0.0)
def count(_: Any, low: Ints, high: Ints) -> Floats:
    """How many records there are."""
    return (high - low).astype(np.float64)


@aggregation("cardinality", "values", 0.0)
def cardinality(codes: Ints, low: Ints, high: Ints) -> Floats:
    """How many different values there are. GUESS: exact (Datadog's is approximate)."""
    order = np.argsort(codes, kind="stable")
    again = np.flatnonzero(codes[order[1:]] == codes[order[:-1]]) + 1
    before = np.full(len(codes), -1)  # where the same value stood last
    before[order[again]] = order[again - 1]
    # A place is the first of its value in the ranges that begin behind the one before and not behind it, and end behind it.
    place = np.arange(len(codes))
    first = np.maximum(np.searchsorted(high, place, side="right"), np.searchsorted(low, before, side="right"))
    end = np.searchsorted(low, place, side="right")
    counted = first < end
    steps = np.bincount(first[counted], minlength=len(low) + 1) - np.bincount(end[counted], minlength=len(low) + 1)
    return np.cumsum(steps[:-1]).astype(np.float64)


@aggregation("sum", "numbers", 0.0)
def total(numbers: Floats, low: Ints, high: Ints) -> Floats:
    """The sum. GUESS: 0 of nothing."""
    return _reduced(np.add, numbers, low, high)


@aggregation("avg", "numbers")
def average(numbers: Floats, low: Ints, high: Ints) -> Floats:
    """The mean."""
    means: Floats = _reduced(np.add, numbers, low, high) / (high - low)
    return means


@aggregation("min", "numbers")
def least(numbers: Floats, low: Ints, high: Ints) -> Floats:
    """The smallest."""
    return _reduced(np.minimum, numbers, low, high)


@aggregation("max", "numbers")
def most(numbers: Floats, low: Ints, high: Ints) -> Floats:
    """The largest."""
    return _reduced(np.maximum, numbers, low, high)


def _reduced(combine: np.ufunc, numbers: Floats, low: Ints, high: Ints) -> Floats:
    """Each range by itself: sums of prefixes would be quicker, and would not be the same to the bit."""
    bounds = np.column_stack((low, high)).ravel()
    reduced: Floats = combine.reduceat(np.append(numbers, 0.0), bounds)[::2]
    return reduced


def _percentile(hundredths: int) -> Work:
    def percentile(numbers: Floats, low: Ints, high: Ints) -> Floats:
        """The number of the nearest rank (GUESS: which method Datadog's percentiles have is not documented)."""
        rank = -(-(high - low) * hundredths // 100)  # from 1
        return ranked(numbers, low, high, rank - 1)

    return percentile


for _name, _hundredths in (("median", 50), *((f"pc{part}", part) for part in (75, 90, 95, 98, 99))):
    aggregation(_name, "numbers")(_percentile(_hundredths))


def ranked(numbers: Floats, low: Ints, high: Ints, rank: Ints) -> Floats:
    """The number of each range that stands at `rank` (from 0) in its order, by a wavelet matrix: one pass over the column for each bit of a place.

    Its time does not grow with the lengths of the ranges.
    """
    distinct, codes = np.unique(numbers, return_inverse=True)
    low, high, rank, code = low.copy(), high.copy(), rank.copy(), np.zeros(len(low), np.int64)
    for bit in reversed(range(max(int(len(distinct) - 1).bit_length(), 1))):
        ones = (codes >> bit) & 1
        zeros = np.append(0, np.cumsum(1 - ones))  # before each place
        low_zeros, high_zeros = zeros[low], zeros[high]
        below = high_zeros - low_zeros
        up = rank >= below
        low = np.where(up, zeros[-1] + low - low_zeros, low_zeros)
        high = np.where(up, zeros[-1] + high - high_zeros, high_zeros)
        rank = np.where(up, rank - below, rank)
        code |= up.astype(np.int64) << bit
        codes = np.concatenate((codes[ones == 0], codes[ones == 1]))
    return np.asarray(distinct[code])
