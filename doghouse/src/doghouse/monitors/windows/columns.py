"""What an evaluation gives: one group's windows over some ticks, as columns."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cached_property

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doghouse.metrics.model import Floats, Ints
from doghouse.monitors.query import Windows
from doghouse.monitors.states.status import EMPTY, EMPTY_AMONG_OTHERS, WindowValue
from doghouse.queries import ResultSeries

Group = tuple[tuple[str, str], ...]
Bools = NDArray[np.bool_]
NO_TIME = 0


class GroupColumn(Struct, frozen=True, eq=False, dict=True):
    """One group over a stretch of ticks: `values[i]` is the reduced window of tick i (NaN: nothing in it), `full[i]` whether it was full.

    `points` are the times of the group's points (s UTC, ascending), for what depends on the first and the last one. `recovery` are the values that recovery
    thresholds look at, where those are others (anomaly monitors). `outermost` are each window's first and last point (0: none), where `points` do not tell
    them because a window decides which of its points have a value (`per_second`). `reporting` says at which ticks any group has data, where somebody
    asks for it.
    """

    group: Group
    values: Floats
    full: Bools | None
    points: Ints
    windows: Windows
    recovery: Floats | None = None
    outermost: tuple[Ints, Ints] | None = None
    reporting: Bools | None = None

    def window(self, index: int) -> WindowValue:
        """One tick's window, as `evaluate` gives it."""
        value = float(self.values[index])
        if math.isnan(value):
            return EMPTY if self.reporting is None or not self.reporting[index] else EMPTY_AMONG_OTHERS
        recovery = math.nan if self.recovery is None else float(self.recovery[index])
        return WindowValue(
            value,
            True if self.full is None else bool(self.full[index]),
            *self._outermost(index),
            None if math.isnan(recovery) else recovery,
        )

    def seen(self) -> tuple[Ints, Ints]:
        """The first and the last point of each window that has a value; 0 of others."""
        first, last = outermost_of(self.points, self.windows) if self.outermost is None else self.outermost
        valued = ~np.isnan(self.values)
        return np.where(valued, first, NO_TIME), np.where(valued, last, NO_TIME)

    @cached_property
    def _last_seen(self) -> Ints:
        return np.maximum.accumulate(self.seen()[1])

    def _outermost(self, index: int) -> tuple[int | None, int | None]:
        if self.outermost is not None:
            return int(self.outermost[0][index]) or None, int(self.outermost[1][index]) or None
        low, high = np.searchsorted(self.points, (self.windows.starts[index], self.windows.ends[index]))
        return (int(self.points[low]), int(self.points[high - 1])) if low < high else (None, None)

    def last_points(self, index: Ints) -> Ints:
        """The times of the last points before the ends of these ticks' windows; 0 where there is none. A window without a value has shown none."""
        if self.outermost is not None:
            return np.asarray(self._last_seen[index])
        place = np.searchsorted(self.points, self.windows.ends[index]) - 1
        last = np.full(len(index), NO_TIME, np.int64)
        there = place >= 0
        last[there] = self.points[place[there]]
        return last


def outermost_of(times: Ints, windows: Windows) -> Ints:
    """The first and the last of these times in each window (0: none): int64[2, windows]."""
    low, high = np.searchsorted(times, windows.starts), np.searchsorted(times, windows.ends)
    outermost = np.full((2, len(windows.ends)), NO_TIME, np.int64)
    there = low < high
    outermost[:, there] = times[low[there]], times[high[there] - 1]
    return outermost


def seen_where_valued(
    group: Group, values: Floats, full: Bools | None, outermost: Ints, windows: Windows
) -> GroupColumn:
    """A group whose windows may have no value though something lies in them: such a window was not seen, and what is missing counts from one before it."""
    valued = np.flatnonzero((outermost[0] != NO_TIME) & ~np.isnan(values))
    # The first point, and the last of each window.
    points = np.unique(np.append(outermost[0][valued[:1]], outermost[1][valued]))
    return GroupColumn(group, values, full, points, windows, outermost=(outermost[0], outermost[1]))


def lines(query: str, columns: Iterable[GroupColumn], shown: Bools, ticks: Ints, every: int) -> list[ResultSeries]:
    """The windows of a query at those of its ticks (s UTC) that are `shown`, a line a group, for a graph. `every` (s) is how far a single tick reaches."""
    times = ticks[shown]
    interval = int(times[1] - times[0]) if len(times) > 1 else every
    result = []
    for column in columns:
        there = shown & ~np.isnan(column.values)
        tags = tuple(sorted(f"{key}:{value}" for key, value in column.group))
        scope, ts, values = ",".join(tags) or "*", ticks[there], column.values[there]
        result.append(ResultSeries("", query, scope, column.group, tags, None, interval, ts, values))
    return result
