"""The points that metric monitors look at in a minute, read for all of them together: each of 5,000 reads by itself takes the store some 5 ms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np

from doghouse.metrics.distributions.sketches import Sketches
from doghouse.metrics.door import SketchSource
from doghouse.metrics.memory import MemorySource, distinct
from doghouse.metrics.model import Columns, Ints, Rollup, Series, Source
from doghouse.queries import MetricQuery
from doghouse.queries.scopes import Indexed, select

MOST_POINTS = 10_000_000  # read together, 24 bytes each; reckoned with a point each ten seconds

PointWindow = tuple[MetricQuery, int, int]  # a query and its window (s UTC)
Stretch = tuple[int, int]


class MinutePoints:
    """A source whose answers are kept, for one minute's monitors. What was not said before, or is too much to be kept, is read when it is asked for."""

    def __init__(self, points: Source, reads: Iterable[PointWindow]) -> None:
        self._points = points
        self._series: dict[str, Indexed] = {}
        self._stretches = _within_budget(self._ids(reads))
        self._blocks: dict[Stretch, MemorySource] = {}

    def find(self, metric: str) -> Sequence[Series]:
        """See Source."""
        if metric not in self._series:
            self._series[metric] = Indexed(self._points.find(metric))
        return self._series[metric]

    def read(self, ids: Ints, start: int, end: int, rollup: Rollup | None = None) -> Columns:
        """See Source."""
        for stretch, ids_of_stretch in self._stretches.items():
            if stretch[0] <= start and end <= stretch[1] and _all_in(ids, ids_of_stretch):
                return self._block(stretch, ids_of_stretch).read(ids, start, end, rollup)
        return self._points.read(ids, start, end, rollup)

    def _block(self, stretch: Stretch, ids: Ints) -> MemorySource:
        if stretch not in self._blocks:
            self._blocks[stretch] = MemorySource([], self._points.read(ids, *stretch))
        return self._blocks[stretch]

    def _ids(self, reads: Iterable[PointWindow]) -> dict[Stretch, Ints]:
        """The series of each window, sorted; the shortest window first, for it is the least to look through."""
        queries: dict[Stretch, dict[tuple[object, str], MetricQuery]] = {}
        for query, start, end in reads:
            queries.setdefault((start, end), {})[(query.scope, query.metric)] = query
        return {
            stretch: distinct(np.fromiter(chain.from_iterable(map(self._of, queries[stretch].values())), np.int64))
            for stretch in sorted(queries, key=lambda stretch: stretch[1] - stretch[0])
        }

    def _of(self, query: MetricQuery) -> Iterable[int]:
        return (series.id for series in select(query.scope, self.find(query.metric)) if series.type != "distribution")


class MinuteSketches(MinutePoints):
    """The same of a source that has distributions, which each monitor reads by itself."""

    def __init__(self, points: SketchSource, reads: Iterable[PointWindow]) -> None:
        super().__init__(points, reads)
        self._sketches = points

    def read_sketches(self, ids: Ints, groups: Ints, start: int, end: int, interval: int) -> Sketches:
        """See SketchSource."""
        return self._sketches.read_sketches(ids, groups, start, end, interval)


def together(points: Source, reads: Iterable[PointWindow]) -> Source:
    """The same points, read once. `reads` are what will probably be asked."""
    return MinuteSketches(points, reads) if isinstance(points, SketchSource) else MinutePoints(points, reads)


def _within_budget(stretches: dict[Stretch, Ints]) -> dict[Stretch, Ints]:
    """Those that MOST_POINTS have room for."""
    affordable, room = {}, MOST_POINTS
    for (start, end), ids in stretches.items():
        points = len(ids) * (end - start) // 10
        if points <= room:
            affordable[(start, end)] = ids
            room -= points
    return affordable


def _all_in(ids: Ints, sorted_ids: Ints) -> bool:
    """Whether all of these are among the known ones, which are sorted."""
    place = np.searchsorted(sorted_ids, ids)
    return bool(len(sorted_ids)) and bool(np.all(sorted_ids[np.minimum(place, len(sorted_ids) - 1)] == ids))
