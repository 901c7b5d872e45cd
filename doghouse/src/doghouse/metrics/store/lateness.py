"""Which points repeat or come late: they alone can be the second value of one second, so that only their days are resolved on read."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from doghouse.metrics.model import Columns, Ints

DAY_S = 86400
DAY_BITS = 20  # days since 1970 fit for some 2,800 years
NEVER = np.iinfo(np.int64).min


class Tips:
    """The newest second of each series, by its number."""

    def __init__(self) -> None:
        self._newest: Ints = np.full(1024, NEVER)

    def of(self, series: Ints) -> Ints:
        """The newest second of each of these series; NEVER where it has no point."""
        self._grow(series)
        return self._newest[series]

    def highest(self) -> int:
        """The highest number of a series that has or had points; -1 where none has."""
        return int(np.max(np.flatnonzero(self._newest != NEVER), initial=-1))

    def advance(self, series: Ints, ts: Ints) -> None:
        """These points are there now."""
        self._grow(series)
        np.maximum.at(self._newest, series, ts)

    def _grow(self, series: Ints) -> None:
        number = int(np.max(series)) if len(series) else 0
        if number >= len(self._newest):
            more = np.full(max(number + 1, 2 * len(self._newest)) - len(self._newest), NEVER)
            self._newest = np.concatenate([self._newest, more])


def late(columns: Columns, newest: Ints) -> NDArray[np.bool_]:
    """For each point whether its series had one of the same or a later second before it: among these, in their order, or `newest` (one a point)."""
    if not len(columns):
        return np.zeros(0, bool)
    order = np.argsort(columns.series, kind="stable")
    series, ts = columns.series[order], columns.ts[order]
    first = np.append(True, series[1:] != series[:-1])
    if np.all(first[1:] | (ts[1:] > ts[:-1])) and np.all(ts[first] > newest[order[first]]):
        return np.zeros(len(order), bool)  # as nearly always: the rest takes as long again
    before = newest[order]
    # The greatest second so far within each series: runs are kept apart by a step that no second reaches.
    step = np.cumsum(first) << 40
    so_far = np.maximum.accumulate(step + ts)
    behind = np.append(False, (step + ts)[1:] <= so_far[:-1]) & ~first
    out = np.empty(len(order), bool)
    out[order] = behind | (ts <= before)
    return out


def days(columns: Columns, which: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """The (series, UTC day) pairs of the chosen points, none twice."""
    together = np.unique((columns.series[which] << DAY_BITS) | (columns.ts[which] // DAY_S))
    return together >> DAY_BITS, together & ((1 << DAY_BITS) - 1)
