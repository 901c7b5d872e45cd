"""Windows over a group that is made of several series: at each bucket where one of them has a point the others are interpolated, then they are combined.

A window knows only its own points (monitors read "the data contained within From and To"). So a value between two points lies on the line between them while
both are in the window, and is the earlier point's once the later one is not; before a series' first point in the window it has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct

from doghouse.metrics.model import Floats, Ints
from doghouse.monitors.windows.sliding import REDUCERS

NEVER = np.iinfo(np.int64).max
CELLS_AT_ONCE = 1_000_000  # series times buckets of the matrices that are held

Part = tuple[Ints, Floats]  # a series in buckets: their starts and values


class _Matrix(Struct, frozen=True, eq=False):
    """A row a series, a column a bucket in which any of them has a point: each cell's points around it, and its value if the later one counts or not."""

    ts: Ints
    before: Ints
    after: Ints
    straight: Floats
    held: Floats


def reduce_group(parts: Sequence[Part], ends: Ints, span: int, *, spatial: str, how: str, limit: int) -> Floats:
    """The windows [end - span, end) of several series in buckets, combined by `spatial` and reduced by `how` (avg, sum, min, max); NaN where they are empty.

    `limit` is how long after a point a value is interpolated (s); -1: never.
    """
    reduced = np.full(len(ends), np.nan)
    for mine in _chunks(parts, ends, span):
        begin, end = int(ends[mine][0]) - span, int(ends[mine][-1])
        matrix = _matrix([_between(part, begin, end) for part in parts], limit)
        starts = np.searchsorted(matrix.ts, ends[mine] - span)
        stops = np.searchsorted(matrix.ts, ends[mine])
        for place, (low, high, stop) in enumerate(
            zip(starts.tolist(), stops.tolist(), ends[mine].tolist(), strict=True)
        ):
            if low < high:
                combined = _combined(matrix, slice(low, high), stop - span, stop, spatial)
                reduced[mine.start + place] = REDUCERS[how](combined)
    return reduced


def _chunks(parts: Sequence[Part], ends: Ints, span: int) -> Iterator[slice]:
    """Runs of ticks whose matrices are not too large."""
    whole = int(ends[-1] - ends[0]) + span
    buckets = max(sum(len(ts) for ts, _ in parts), 1)
    length = max(CELLS_AT_ONCE // len(parts) * whole // buckets - span, 1)
    first = 0
    while first < len(ends):
        last = max(int(np.searchsorted(ends, ends[first] + length, side="right")), first + 1)
        yield slice(first, last)
        first = last


def _between(part: Part, begin: int, end: int) -> Part:
    low, high = np.searchsorted(part[0], (begin, end))
    return part[0][low:high], part[1][low:high]


def _matrix(parts: Sequence[Part], limit: int) -> _Matrix:
    ts = np.unique(np.concatenate([part[0] for part in parts]))
    shape = (len(parts), len(ts))
    before, after = np.full(shape, -1, np.int64), np.full(shape, NEVER)
    straight, held = np.zeros(shape), np.zeros(shape)
    for row, (own, values) in enumerate(parts):
        if not len(own):
            continue
        place = np.searchsorted(own, ts, side="right") - 1
        known = place >= 0
        place = np.maximum(place, 0)
        at, value = own[place], values[place]
        known &= ts - at <= max(limit, 0)
        following = np.minimum(place + 1, len(own) - 1)
        more = place + 1 < len(own)
        gap = np.where(more, own[following] - at, 1)
        rise = np.where(more, values[following] - value, 0.0) / gap
        exact = ts == at
        before[row] = np.where(known, at, -1)
        after[row] = np.where(exact, ts, np.where(more, own[following], NEVER))
        held[row] = value
        straight[row] = np.where(exact, value, value + rise * (ts - at))
    return _Matrix(ts, before, after, straight, held)


def _combined(matrix: _Matrix, columns: slice, start: int, end: int, spatial: str) -> Floats:
    """One number a bucket of a window. Every bucket has at least the point that it is there for."""
    there = matrix.before[:, columns] >= max(start, 0)
    values = np.where(matrix.after[:, columns] < end, matrix.straight[:, columns], matrix.held[:, columns])
    combined: Floats
    if spatial in ("min", "max"):
        worst = np.inf if spatial == "min" else -np.inf
        rows = np.where(there, values, worst)
        combined = rows.min(axis=0) if spatial == "min" else rows.max(axis=0)
        return combined
    combined = np.where(there, values, 0.0).sum(axis=0)
    return combined / there.sum(axis=0) if spatial == "avg" else combined
