"""What a monitor reads of a history: which series, how far back, and their points as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct, field

from doghouse.backtest.sources import Points
from doghouse.metrics.model import Columns, Floats, Ints, MetricType, Rollup, Series, Source
from doghouse.monitors import Definition
from doghouse.queries import NotEvaluated, metric_queries, scope_tags


class RawSeries(Struct, frozen=True, eq=False):
    """One series as it was read: its effective tags, times (s UTC, ascending) and values."""

    metric: str
    type: MetricType
    tags: tuple[str, ...]
    times: Ints
    values: Floats


class _Watched:
    """A source that keeps in mind what is read of it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._series: dict[int, Series] = {}
        self.read_ids: set[int] = set()
        self.low: int | None = None
        self.answers: dict[str, tuple[str, tuple[str, ...]]] = {}  # what metrics that hold answers are answers to

    def find(self, metric: str) -> Sequence[Series]:
        """See `Source.find`."""
        all_series = self._source.find(metric)
        if any(series.type == "distribution" for series in all_series):
            raise NotEvaluated(f"a recording of a distribution ({metric})")
        self._series.update((series.id, series) for series in all_series)
        return all_series

    def read(self, ids: Ints, start: int, end: int, rollup: Rollup | None = None) -> Columns:
        """See `Source.read`."""
        self.read_ids.update(ids.tolist())
        self.low = start if self.low is None else min(self.low, start)
        return self._source.read(ids, start, end, rollup)

    def raw(self, start: int, end: int) -> list[RawSeries]:
        """The points in [start, end) of every series that was read, under the names that the monitor itself reads."""
        raw_series = []
        for number in sorted(self.read_ids):
            series, read = self._series[number], self._source.read(np.array([number], np.int64), start, end)
            if len(read):
                metric, scope = self.answers.get(series.metric, (series.metric, ()))
                tags = tuple(sorted({*series.tags, *scope}))
                raw_series.append(RawSeries(metric, series.type, tags, read.ts, read.value))
        return raw_series


class Watching(Struct):
    """The points that monitors read. `sources` are by the monitor's id(): a composite's members may read different ones."""

    points: Points
    sources: dict[int, _Watched] = field(default_factory=dict)

    def __call__(self, monitor: Definition) -> tuple[Source, Definition | None]:
        """See `Points`."""
        source, other = self.points(monitor)
        watched = self.sources.setdefault(id(source), _Watched(source))
        if other is not None:
            watched.answers.update(_answers(monitor, other))
        return watched, other

    @property
    def low(self) -> int | None:
        """The earliest second that was read; None where nothing was."""
        return min((source.low for source in self.sources.values() if source.low is not None), default=None)

    def raw(self, start: int, end: int) -> list[RawSeries]:
        """The points in [start, end) of every series that was read, a series once."""
        read = [series for source in self.sources.values() for series in source.raw(start, end)]
        return list({(series.metric, series.tags): series for series in read}.values())


def _answers(monitor: Definition, other: Definition) -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """The metric and the scope's tags that each metric of `other` holds the answers to: it is the monitor over the answers to its queries."""
    queries = dict.fromkeys(metric_queries(monitor.parsed().expression))
    answers = dict.fromkeys(metric_queries(other.parsed().expression))
    return {answer.metric: (query.metric, scope_tags(query)) for query, answer in zip(queries, answers, strict=True)}
