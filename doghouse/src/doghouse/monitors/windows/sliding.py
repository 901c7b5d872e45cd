"""Sliding windows over one series' points, in columns: every window is put together from whole minutes (or buckets) in an order that depends on the
window alone. So a window has the same value, to the bit, whether it is worked out by itself or among a year of others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from doghouse.metrics.memory import roll_up
from doghouse.metrics.model import Columns, Floats, Ints, Rollup, TimeAggregator

MINUTE_S = 60
Bools = NDArray[np.bool_]
Combine = Callable[[Any, Any], Any]
# by time aggregator
REDUCERS: Mapping[str, Callable[[Floats], Any]] = {"avg": np.mean, "sum": np.sum, "min": np.min, "max": np.max}


class Buckets(Struct, frozen=True):
    """How points become the values that a window reduces: time aggregation in buckets of `interval` seconds (aligned to 1970 UTC)."""

    interval: int
    aggregator: TimeAggregator = "avg"


def reduce_windows(
    ts: Ints, values: Floats, ends: Ints, span: int, how: str, buckets: Buckets, late: int = 0
) -> Floats:
    """The windows [end - span, end) of sorted points (one a second), reduced by `how` (avg, sum, min, max); NaN where a window is empty.

    `ends` ascend and are whole minutes apart. A bucket counts when it starts in the window, and holds points until `late` seconds
    after the window's end.
    """
    if MINUTE_S % buckets.interval == 0:
        return _same_phase(ts, values, ends, span, how, buckets, late)
    behind = ends % buckets.interval
    if np.all(behind == behind[:1]):
        return _same_phase(ts, values, ends, span, how, buckets, late)
    reduced = np.full(len(ends), np.nan)
    for phase in np.unique(behind):
        mine = behind == phase
        reduced[mine] = _same_phase(ts, values, ends[mine], span, how, buckets, late)
    return reduced


def _same_phase(ts: Ints, values: Floats, ends: Ints, span: int, how: str, buckets: Buckets, late: int) -> Floats:
    """`reduce_windows` for ends that all lie equally far behind the start of a bucket."""
    interval = buckets.interval
    behind = int(ends[0]) % interval
    if not behind and MINUTE_S % interval == 0 and span % MINUTE_S == 0:
        if not _alone(ts, buckets):
            ts, values = bucketed(ts, values, buckets)
        return _cells(ts, values, ends, span, MINUTE_S).reduced(how)
    starts, whole = bucketed(ts, values, buckets)
    first = -(-(int(ends[0]) - span) // interval) * interval  # of the first window: the first bucket that starts in it
    complete = int(ends[0]) - behind - first
    if complete < 0:  # no bucket starts in windows that are shorter than one
        return np.full(len(ends), np.nan)
    windows = _cells(starts, whole, ends - behind, complete, interval)
    if behind:
        early = ts % interval < behind + late
        windows = windows.with_last(*bucketed(ts[early], values[early], buckets), ends - behind)
    return windows.reduced(how)


def _alone(ts: Ints, buckets: Buckets) -> bool:
    """Whether no two points can share a bucket, so that each is its bucket's value."""
    return buckets.aggregator != "count" and not np.any(ts[1:] - ts[:-1] < buckets.interval)


def bucketed(ts: Ints, values: Floats, buckets: Buckets) -> tuple[Ints, Floats]:
    """Points as one value a bucket: bucket starts and values."""
    starts = ts // buckets.interval * buckets.interval if buckets.interval > 1 else ts
    alone = buckets.aggregator != "count" and not np.any(starts[1:] == starts[:-1])
    if not alone:
        rolled = roll_up(Columns(np.zeros(len(ts), np.int64), ts, values), Rollup(buckets.interval, buckets.aggregator))
        starts, values = rolled.ts, rolled.value
    return starts, values


class _Cells(Struct, frozen=True, eq=False):
    """Sorted values in cells of `cell` seconds, from which windows of `width` cells are put together; the first cell begins the window of `ends[0]`."""

    index: Ints
    values: Floats
    size: int
    width: int
    ends: Ints
    cell: int
    last: tuple[Bools, Floats] | None = None

    def with_last(self, starts: Ints, values: Floats, bucket_starts: Ints) -> _Cells:
        """The same windows, each with one value more: that of the bucket which starts at `bucket_starts[i]`, where there is one."""
        place = np.searchsorted(starts, bucket_starts)
        there = place < len(starts)
        there[there] = starts[place[there]] == bucket_starts[there]
        more = np.zeros(len(bucket_starts))
        more[there] = values[place[there]]
        return replace(self, last=(there, more))

    def reduced(self, how: str) -> Floats:
        """One number a window; NaN where it is empty."""
        counts = self._windows(np.bincount(self.index, minlength=self.size), np.add)
        if how in ("avg", "sum"):
            totals = self._windows(np.bincount(self.index, self.values, minlength=self.size), np.add)
            combine: Combine = np.add
        else:
            combine = np.minimum if how == "min" else np.maximum
            totals = self._windows(self._extremes(combine), combine)
        if self.last is not None:
            there, more = self.last
            totals = np.where(there, np.where(counts > 0, combine(totals, more), more), totals)
            counts = counts + there
        empty = counts == 0
        if how == "avg":
            with np.errstate(invalid="ignore"):
                return np.asarray(totals / counts)
        return np.where(empty, np.nan, totals) if empty.any() else np.asarray(totals, np.float64)

    def _windows(self, cells: Any, combine: Combine) -> Any:
        if self.width == 0:
            return np.zeros(len(self.ends), cells.dtype)
        rolled = rolling(cells, self.width, combine)
        return rolled if len(rolled) == len(self.ends) else rolled[self.at]  # ascending ends, one a cell: all of them

    @property
    def at(self) -> Ints:
        """The cell that each window begins with."""
        return np.asarray((self.ends - self.ends[0]) // self.cell)

    def _extremes(self, combine: Any) -> Floats:
        neutral = np.inf if combine is np.minimum else -np.inf
        cells = np.full(self.size, neutral)
        if len(self.index):
            first = np.flatnonzero(np.append(True, np.diff(self.index) != 0))
            cells[self.index[first]] = combine.reduceat(self.values, first)
        return cells


def _cells(starts: Ints, values: Floats, ends: Ints, span: int, cell: int) -> _Cells:
    """The values that lie in some window [end - span, end), in cells of `cell` seconds. Every span and distance of ends is a multiple of it."""
    begin, end = int(ends[0]) - span, int(ends[-1])
    low, high = np.searchsorted(starts, (begin, end))
    index = (starts[low:high] - begin) // cell
    return _Cells(index, values[low:high], (end - begin) // cell, span // cell, ends, cell)


def rolling(cells: NDArray[Any], width: int, combine: Combine, stride: int = 1) -> NDArray[Any]:
    """out[i] = cells[i], cells[i + stride], … (`width` of them) combined, in an order that depends on `width` alone."""
    out: NDArray[Any] | None = None
    power, size, offset = cells, 1, 0
    length = len(cells) - (width - 1) * stride
    while True:
        if width & size:
            part = power[offset * stride : offset * stride + length]
            out = part if out is None else combine(out, part)
            offset += size
        if size * 2 > width:
            break
        power = combine(power[: -size * stride], power[size * stride :])
        size *= 2
    assert out is not None
    return out


def full_windows(ts: Ints, ends: Ints, span: int, bucket: int, may_miss: int) -> Bools:
    """Whether each window [end - span, end) has a point in its first bucket and at most `may_miss` empty buckets; buckets are counted from its start.

    GUESS: a cumulative window that is still shorter than a bucket is one bucket.
    """
    bucket = max(min(bucket, span), MINUTE_S)
    cells = _cells(ts, np.empty(len(ts)), ends, span, MINUTE_S)
    occupied = (np.bincount(cells.index, minlength=cells.size) > 0).astype(np.int32)
    per_bucket = bucket // MINUTE_S
    any_in = rolling(occupied, per_bucket, np.maximum)
    buckets = max(span // bucket, 1)
    occupied_buckets = rolling(any_in, buckets, np.add, stride=per_bucket)
    return np.asarray((any_in[cells.at] > 0) & (buckets - occupied_buckets[cells.at] <= may_miss))
