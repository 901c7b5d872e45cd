"""What the windows of one query of records are worth, group by group, at any number of ticks: a read for the whole stretch, then columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import groupby

import numpy as np
from msgspec.structs import replace

from doghouse.metrics.model import Floats, Ints
from doghouse.monitors.query import Windows
from doghouse.monitors.records.model import Compute, Facet, RecordQuery
from doghouse.monitors.windows.columns import Bools, Group, GroupColumn, outermost_of, seen_where_valued
from doghouse.search.aggregation import AGGREGATIONS
from doghouse.search.grouping import Grouped, grouped
from doghouse.search.record import Record
from doghouse.search.records import Column, Records, Selected, Tallied
from doghouse.search.tree import Node

RecordsOf = Callable[[RecordQuery], Records]
MS = 1000
CELLS_AT_ONCE = 4_000_000  # groups times ticks that are ranked at once, so that memory is bounded


class Nothing:
    """No records, whatever the search."""

    def select(self, search: Node, start: int, end: int, fields: Sequence[str]) -> Selected:
        """See Records."""
        none = np.empty(0, np.int64)
        return Selected(none, {field: Column(none, none, []) for field in fields})

    def newest(self, search: Node, start: int, end: int, limit: int) -> Sequence[tuple[int, Record]]:
        """See Records."""
        return []


class RecordWindows:
    """One query over the windows `over`. `groups` are those that have a record in some window and are kept at some tick."""

    def __init__(self, query: RecordQuery, records: Records, over: Windows) -> None:
        """Reads the records that lie in some window. Raises ApiError 400 where a range of the search has units."""
        if isinstance(records, Tallied):
            query = _summed(query, records.tally)
        self.keys, self.counts = query.keys, query.compute.aggregation.of_nothing == 0.0
        self._query, self._over = query, over
        begin, end = (int(over.starts[0]), int(over.ends[-1])) if len(over.ticks) else (0, 0)
        self._selected = records.select(query.search, begin * MS, end * MS, query.fields)
        self._grouped = _by(self._selected, self.keys, query.compute)
        self._place = {self._name(index): index for index in range(len(self._grouped.groups))}
        self.groups: tuple[Group, ...] = tuple(self._place)
        self._kept_cells = self._ranked()

    def _name(self, index: int) -> Group:
        return tuple(zip(self.keys, self._grouped.groups[index], strict=True))

    def column(self, group: Group) -> GroupColumn:
        """A group's windows: NaN where it has no record, or is not among those that are kept."""
        index = self._place[group]
        times, _ = self._grouped.of(index)
        values = _values(self._grouped, index, self._query.compute, self._over)
        if self._kept_cells is not None:
            values = np.where(self._kept_cells[index], values, np.nan)
            return seen_where_valued(group, values, None, outermost_of(times // MS, self._over), self._over)
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
        names, ranked = self._grouped.groups, None
        for depth, facet in enumerate(self._query.by, 1):
            if len(names) <= facet.limit:
                continue
            grouping = _by(self._selected, self.keys[:depth], facet.sort or self._query.compute)
            crowded = self._distinct(grouping) > facet.limit
            if crowded.any():
                ranked = np.ones((len(names), len(crowded)), np.bool_) if ranked is None else ranked
                places = {name: index for index, name in enumerate(grouping.groups)}
                rows = [places.get(name[:depth], -1) for name in names]
                ranked[:, crowded] &= self._first(grouping, facet, crowded)[rows]
        return ranked

    def _distinct(self, grouping: Grouped) -> Floats:
        """How many of the groups have a record in each window."""
        order = np.argsort(grouping.times, kind="stable")
        codes, times = np.repeat(np.arange(len(grouping.groups)), np.diff(grouping.first))[order], grouping.times[order]
        low, high = (np.searchsorted(times, edge * MS) for edge in (self._over.starts, self._over.ends))
        return AGGREGATIONS["cardinality"].over(codes, low, high)

    def _first(self, grouping: Grouped, facet: Facet, ticks: Bools) -> Bools:
        """Which groups are among the first of those that differ in their last key alone, at some of the ticks; [group, tick], and a last row of none."""
        over = Windows(self._over.ticks[ticks], self._over.starts[ticks], self._over.ends[ticks])
        sign, compute = 1.0 if facet.order == "asc" else -1.0, facet.sort or self._query.compute
        firsts = np.zeros((len(grouping.groups) + 1, len(over.ticks)), np.bool_)
        for _, siblings in groupby(range(len(grouping.groups)), key=lambda row: grouping.groups[row][:-1]):
            rows = list(siblings)
            step = max(CELLS_AT_ONCE // len(rows), 1)
            for start in range(0, len(over.ticks), step):
                part = slice(start, start + step)
                few = Windows(over.ticks[part], over.starts[part], over.ends[part])
                values = np.array([sign * _values(grouping, row, compute, few) for row in rows])
                best = np.argsort(values, axis=0, kind="stable")[: facet.limit]  # those without a value are last
                mine = np.zeros(values.shape, np.bool_)
                np.put_along_axis(mine, best, True, axis=0)
                firsts[rows, part] = mine
        return firsts


def _summed(query: RecordQuery, tally: str) -> RecordQuery:
    """The query with the sum of a tally for a count."""

    def of(compute: Compute) -> Compute:
        return Compute("sum", tally) if compute.name == "count" else compute

    by = tuple(replace(facet, sort=facet.sort and of(facet.sort)) for facet in query.by)
    return replace(query, compute=of(query.compute), by=by)


def _by(selected: Selected, keys: tuple[str, ...], compute: Compute) -> Grouped:
    return grouped(selected, keys, compute.aggregation, compute.measure)


def _values(grouping: Grouped, index: int, compute: Compute, over: Windows) -> Floats:
    """A group's windows, NaN where it has no record."""
    times, measure = grouping.of(index)
    low: Ints = np.searchsorted(times, over.starts * MS)
    high: Ints = np.searchsorted(times, over.ends * MS)
    return np.where(high > low, compute.aggregation.over(measure, low, high), np.nan)
