"""What an expression is worth while it is evaluated: a matrix with a row for each group and a column for each bucket."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from doghouse.metrics.model import Floats, Ints
from doghouse.queries.evaluation.calendars import CalendarBuckets

Bools = NDArray[np.bool_]
Group = tuple[tuple[str, str], ...]


class Fill(Struct, frozen=True):
    """How missing buckets are interpolated: the method (linear, last, zero, null), for how long after a real point (s), and whether the query asks for it."""

    method: str
    limit: int
    explicit: bool = False


NO_FILL = Fill("null", 0)


class Frame(Struct, frozen=True, eq=False):
    """`values[row, column]` belongs to `groups[row]` and to the bucket that starts at `ts[column]` (s, ascending); NaN: no value.

    `points` says where an answer has a point: true with a NaN value is a null that a function or arithmetic made. `interval` is the buckets' length (s);
    `calendar` tells their lengths where they differ. `counts`: to arithmetic, a bucket without a point is 0. `fill` is what default_zero interpolates by.
    """

    ts: Ints
    values: Floats
    points: Bools
    groups: tuple[Group, ...]
    interval: int
    calendar: CalendarBuckets | None = None
    counts: bool = False
    fill: Fill = NO_FILL
    ranked: bool = False
    bounds: tuple[Floats, Floats] | None = None
    approximate: str | None = None

    def with_values(self, values: Floats, *, counts: bool | None = None) -> Frame:
        """The same points with other values; a band belongs to the values it was made of and is left behind."""
        return replace(self, values=values, counts=self.counts if counts is None else counts, bounds=None)

    def rows(self, places: Ints | list[int]) -> Frame:
        """These rows alone, in this order."""
        index = np.asarray(places, dtype=np.int64)
        bounds = None if self.bounds is None else (self.bounds[0][index], self.bounds[1][index])
        groups = tuple(self.groups[row] for row in index)
        return replace(self, values=self.values[index], points=self.points[index], groups=groups, bounds=bounds)

    def columns(self, selection: slice | Bools) -> Frame:
        """These columns alone."""
        bounds = None if self.bounds is None else (self.bounds[0][:, selection], self.bounds[1][:, selection])
        return replace(
            self,
            ts=self.ts[selection],
            values=self.values[:, selection],
            points=self.points[:, selection],
            bounds=bounds,
        )

    def on(self, ts: Ints) -> Frame:
        """The same rows on other buckets, which hold at least its own; there is no point in the new ones."""
        if len(ts) == len(self.ts):
            return self
        place = np.searchsorted(ts, self.ts)
        values = np.full((len(self.groups), len(ts)), np.nan)
        points = np.zeros(values.shape, np.bool_)
        values[:, place] = self.values
        points[:, place] = self.points
        return replace(self, ts=ts, values=values, points=points, bounds=None)

    def trimmed(self, start: int) -> Frame:
        """The frame from `start` (s) on, without buckets and groups that have no point."""
        frame = self.columns(self.ts >= start) if len(self.ts) and self.ts[0] < start else self
        used = frame.points.any(axis=0)
        if not used.all():
            frame = frame.columns(used)
        alive = frame.points.any(axis=1)
        return frame if alive.all() else frame.rows(np.flatnonzero(alive))

    def widths(self) -> Floats:
        """The length of each bucket (s): a local day has 23 to 25 hours."""
        if self.calendar is None:
            return np.full(len(self.ts), float(self.interval))
        return self.calendar.widths(self.ts)


def empty(interval: int, calendar: CalendarBuckets | None = None) -> Frame:
    """A frame of no series."""
    return Frame(np.empty(0, np.int64), np.empty((0, 0)), np.empty((0, 0), np.bool_), (), interval, calendar)


def along_values(values: Floats, ts: Ints, work: Callable[[Floats, Floats], Floats]) -> Floats:
    """`work(values, times)` over each row's values alone, its nulls left out; the results stand where the values stood.

    `work` is given matrices whose rows are padded with NaN at the end.
    """
    if values.size == 0:
        return values
    valid = ~np.isnan(values)
    times = np.broadcast_to(ts.astype(np.float64), values.shape)
    if valid.all():
        return work(values, times)
    order = np.argsort(~valid, axis=1, kind="stable")
    packed_valid = np.take_along_axis(valid, order, axis=1)
    packed = np.take_along_axis(values, order, axis=1)
    packed_times = np.where(packed_valid, np.take_along_axis(times, order, axis=1), np.nan)
    result = np.empty_like(values)
    np.put_along_axis(result, order, np.where(packed_valid, work(packed, packed_times), np.nan), axis=1)
    return result
