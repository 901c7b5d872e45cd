"""A source that answers queries of logs, events, spans and SLOs beside those of metrics: for a window, each is a series a group with a point a bucket."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus

import numpy as np

from doghouse.logs.api import analytics
from doghouse.logs.api.computing import Compute
from doghouse.logs.api.facets import GroupBy, Groups, Sort
from doghouse.logs.store.log_store import LogStore
from doghouse.metrics.distributions.sketches import Sketches
from doghouse.metrics.door import SketchSource
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Floats, Ints, MetricType, Rollup, Series
from doghouse.queries.beyond.reading import ADDED_UP, SLO, Asks, QueryBody, SortBody
from doghouse.queries.language.rollups import default_interval
from doghouse.queries.model import Window
from doghouse.search import matching
from doghouse.search.records import Records, Selected
from doghouse.search.tree import Node
from doghouse.web.errors import ApiError

MOST = 1 << 40  # more series than a query has; the n-th query's are numbered from -n * MOST - 1 downwards
Answer = tuple[tuple[str, ...], Ints, Floats]  # tags, times (s UTC, ascending), values
# An SLO's measure over [start, end) (s UTC) for each piece of `step` seconds; 0: as a whole. Raises ApiError.
Slos = Callable[[QueryBody, int, int, int], tuple[Ints, Floats]]


class Everything:
    """Points, records by their data source, and SLOs."""

    def __init__(self, points: SketchSource, records: Mapping[str, Records], slos: Slos) -> None:
        self.points, self.records, self.slos = points, records, slos

    def find(self, metric: str) -> Sequence[Series]:
        """See `Source.find`: metrics alone."""
        return self.points.find(metric)

    def read(self, ids: Ints, start: int, end: int, rollup: Rollup | None = None) -> Columns:
        """See `Source.read`."""
        return self.points.read(ids, start, end, rollup)

    def read_sketches(self, ids: Ints, groups: Ints, start: int, end: int, interval: int) -> Sketches:
        """See `SketchSource.read_sketches`."""
        return self.points.read_sketches(ids, groups, start, end, interval)

    def over(self, window: Window, *, total: bool = False, lenient: bool = False) -> _Over:
        """The same for one window; `total`: what is asked of it as a whole, each answer one point at its start; `lenient`: unknown SLOs are worth nothing."""
        return _Over(self, window, total, lenient)


class _Over(Everything):
    """Everything over one window. `asked`: whether records or SLOs were; `found`: whether any of what was is there; a count of none is 0."""

    def __init__(self, everything: Everything, window: Window, total: bool, lenient: bool) -> None:
        super().__init__(everything.points, everything.records, everything.slos)
        self._window, self._total, self._lenient = window, total, lenient
        self.asked = self.found = False
        self._answered: list[MemorySource] = []

    def find(self, metric: str) -> Sequence[Series]:
        """Every series of a metric or of a query."""
        if isinstance(metric, Asks):
            self.asked = True
            return self._asked(metric)
        series = self.points.find(metric)
        self.found |= bool(series)
        return series

    def read(self, ids: Ints, start: int, end: int, rollup: Rollup | None = None) -> Columns:
        """See `Source.read`."""
        if not len(ids) or ids[0] >= 0:
            return self.points.read(ids, start, end, rollup)
        return self._answered[(-int(ids[0]) - 1) // MOST].read(ids, start, end, rollup)

    def _asked(self, query: Asks) -> Sequence[Series]:
        window, body = self._window, query.body
        step = (body.compute.interval or 0) // 1000 or window.interval or default_interval(window.end - window.start)
        answers = self._slo(body, step) if body.data_source == SLO else list(self._grouped(body, step))
        if self._total:  # in a bucket that begins in the window: one that does not is left out
            bucket = -(-window.start // step) * step
            answers = [(tags, np.full(len(ts), bucket), values) for tags, ts, values in answers]
        kind: MetricType = "count" if body.compute.aggregation in ADDED_UP else "gauge"
        first = -len(self._answered) * MOST - 1
        series = [Series(first - place, query, kind, step, "", tags) for place, (tags, _, _) in enumerate(answers)]
        numbered = [np.full(len(ts), timeseries.id) for timeseries, (_, ts, _) in zip(series, answers, strict=True)]
        nothing = np.empty(0, np.int64)
        columns = Columns(
            np.concatenate([nothing, *numbered]),
            np.concatenate([nothing, *(ts for _, ts, _ in answers)]),
            np.concatenate([np.empty(0), *(values for _, _, values in answers)]),
        )
        self._answered.append(MemorySource(series, columns))
        return series

    def _slo(self, body: QueryBody, step: int) -> list[Answer]:
        try:
            ts, values = self.slos(body, self._window.start, self._window.end, 0 if self._total else step)
        except ApiError as error:
            if self._lenient and error.status == HTTPStatus.NOT_FOUND:
                return []
            raise
        self.found = True
        there = ~np.isnan(values)
        return [((), ts[there], values[there])]

    def _grouped(self, body: QueryBody, step: int) -> Iterator[Answer]:
        compute = Compute(body.compute.aggregation, body.compute.metric)
        facets = [GroupBy(group.facet, group.limit, sort=_sort(group.sort, compute)) for group in body.group_by]
        asked = analytics.AggregateRequest([compute], group_by=facets)
        piece = 1000 * (self._window.end - self._window.start if self._total else step)
        selected = self._selected(body.data_source, matching.tree(body.search.query), asked, piece)
        groups = Groups.of(selected, facets)
        table, work = groups.by(len(facets), compute), groups.work(compute)
        place = {group: number for number, group in enumerate(table.groups)}
        for group in groups.ranked() or (
            [()] if self._total and not facets and compute.aggregation in ADDED_UP else []
        ):
            times, measure = table.of(place[group]) if group in place else (np.empty(0, np.int64), np.empty(0))
            self.found |= len(times) > 0
            tags = tuple(f"{facet.facet}:{value}" for facet, value in zip(facets, group, strict=True))
            starts = np.full(len(times), 0) if self._total else times // piece * piece
            pieces, low = np.unique(starts, return_index=True)
            if self._total:
                pieces, low = np.zeros(1, np.int64), np.zeros(1, np.int64)
            values = work.over(measure, low, np.append(low[1:], len(times)))
            present = ~np.isnan(values)
            yield tags, np.maximum(pieces // 1000, self._window.start)[present], values[present]

    def _selected(self, source: str, search: Node, asked: analytics.AggregateRequest, step: int) -> Selected:
        """The records that match; how many there are, where that is enough and the store can say it."""
        records, start, end = self.records[source], 1000 * self._window.start, 1000 * self._window.end
        if isinstance(records, LogStore):
            return analytics.selected(records, search, start, end, asked, step)
        computes = [*asked.compute, *(facet.ranking for facet in asked.group_by)]
        measures = [compute.measure for compute in computes if compute.measure]
        fields = [*(facet.facet for facet in asked.group_by), *measures]
        return records.select(search, start, end, list(dict.fromkeys(fields)))


def _sort(sort: SortBody, compute: Compute) -> Sort:
    if sort.aggregation is None:
        return Sort("measure", sort.order, compute.aggregation, compute.metric)
    return Sort("measure", sort.order, sort.aggregation, sort.metric)
