"""What the windows of one query of records are worth, group by group, at any number of ticks: a read for the whole stretch, then columns."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from itertools import groupby

import numpy as np

from doghouse.metrics.model import Floats, Ints
from doghouse.monitors.query import Windows
from doghouse.monitors.records.model import Compute, RecordQuery
from doghouse.monitors.windows.columns import Bools, Group, GroupColumn
from doghouse.search.grouping import Grouped, grouped
from doghouse.search.records import Records, Selected

RecordsOf = Callable[[RecordQuery], Records]
MS = 1000
CELLS_AT_ONCE = 4_000_000  # groups times ticks that are ranked at once, so that memory is bounded


class RecordWindows:
    """One query over the windows `over`. `groups` are those that have a record in some window and are kept at some tick."""

    def __init__(self, query: RecordQuery, records: Records, over: Windows) -> None:
        """Reads the records that lie in some window. Raises ApiError 400 where a range of the search has units."""
        self.keys, self.counts = query.keys, query.compute.aggregation.of_nothing == 0.0
        self._query, self._over = query, over
        begin, end = (int(over.starts[0]), int(over.ends[-1])) if len(over.ticks) else (0, 0)
        self._selected = records.select(query.search, begin * MS, end * MS, query.fields)
        self._grouped = _by(self._selected, self.keys, query.compute)
        self._place = {self._name(index): index for index in range(len(self._grouped.groups))}
        self.groups: tuple[Group, ...] = tuple(self._place)
        self._kept = self._ranked()

    def _name(self, index: int) -> Group:
        return tuple(zip(self.keys, self._grouped.groups[index], strict=True))

    def column(self, group: Group) -> GroupColumn:
        """A group's windows: NaN where it has no record, or is not among those that are kept."""
        index = self._place[group]
        times, _ = self._grouped.of(index)
        values = _values(self._grouped, index, self._query.compute, self._over)
        if self._kept is not None:
            values = np.where(self._kept[index], values, np.nan)
        return GroupColumn(group, values, None, times // MS, self._over)

    @cached_property
    def reporting(self) -> Bools:
        """At which ticks any record lies in the window."""
        times = np.sort(self._grouped.times)
        low, high = (np.searchsorted(times, edge * MS) for edge in (self._over.starts, self._over.ends))
        return np.asarray(high > low)

    def _ranked(self) -> Bools | None:
        """Which groups are kept at which ticks, [group, tick]; None: all of them. Of each key so many values are kept, the first key's first.

        GUESS: in the order of what is monitored, ties by name; the values of a first key by what is monitored over all that have it (monitors/types/log).
        """
        facets = self._query.by
        names = self._grouped.groups
        prefixes = [sorted({name[:depth] for name in names}) for depth in range(1, len(facets) + 1)]
        if all(_most(level) <= facet.limit for level, facet in zip(prefixes, facets, strict=True)):
            return None
        kept = np.ones((len(names), len(self._over.ticks)), np.bool_)
        for depth, (level, facet) in enumerate(zip(prefixes, facets, strict=True), 1):
            if _most(level) > facet.limit:
                own = self._kept_of(depth, level)
                kept &= own[[level.index(name[:depth]) for name in names]]
        return kept

    def _kept_of(self, depth: int, level: list[tuple[str, ...]]) -> Bools:
        """Which values of the key at this depth are kept at which ticks, among those of the same values before it."""
        facet = self._query.by[depth - 1]
        compute = facet.sort or self._query.compute
        made = _by(self._selected, self.keys[:depth], compute)
        places = {name: index for index, name in enumerate(made.groups)}
        sign = 1.0 if facet.order == "asc" else -1.0
        kept = np.zeros((len(level), len(self._over.ticks)), np.bool_)
        step = max(CELLS_AT_ONCE // max(len(level), 1), 1)
        for start in range(0, len(self._over.ticks), step):
            part = slice(start, start + step)
            over = Windows(self._over.ticks[part], self._over.starts[part], self._over.ends[part])
            empty = np.full(len(over.ticks), np.nan)
            values = [sign * _values(made, places[name], compute, over) if name in places else empty for name in level]
            for _, siblings in groupby(range(len(level)), key=lambda row: level[row][:-1]):
                rows = list(siblings)
                block = np.array([values[row] for row in rows])
                first = np.argsort(block, axis=0, kind="stable")[: facet.limit]  # NaN is last
                mine = np.zeros(block.shape, np.bool_)
                np.put_along_axis(mine, first, True, axis=0)
                kept[rows, part] = mine
        return kept


def _most(level: list[tuple[str, ...]]) -> int:
    """The largest number of values under one parent."""
    return max((len(list(same)) for _, same in groupby(level, key=lambda name: name[:-1])), default=0)


def _by(selected: Selected, keys: tuple[str, ...], compute: Compute) -> Grouped:
    return grouped(selected, keys, compute.aggregation, compute.measure)


def _values(groups: Grouped, index: int, compute: Compute, over: Windows) -> Floats:
    """A group's windows, NaN where it has no record."""
    times, measure = groups.of(index)
    low: Ints = np.searchsorted(times, over.starts * MS)
    high: Ints = np.searchsorted(times, over.ends * MS)
    return np.where(high > low, compute.aggregation.over(measure, low, high), np.nan)
