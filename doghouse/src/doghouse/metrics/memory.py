"""A Source in memory: what backtests, unit tests of monitors and `doghouse query --series` read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from msgspec import Struct

from doghouse.metrics.distributions.sketches import Sketches, apart, concatenated, packed, ranges
from doghouse.metrics.model import Columns, Floats, Ints, Rollup, Series, Source, TimeAggregator, no_columns

MANY = 1000  # series, of which each is not looked at by itself where no point is left out: of 100,000 that takes 0.3 s


class Recorded(NamedTuple):
    """Series, whose ids are their places, and what was recorded of them: points (`columns.series` are ids), and sketches of distributions (so are their
    groups). Values of distributions may be among the points, too."""

    series: Sequence[Series]
    columns: Columns
    sketches: Sketches


class MemorySource:
    """Series and their points, held as columns sorted by (series, ts); a repeated second keeps the value given last, but of distributions all values.

    `host_tags` maps a host to its own tags, which are joined to its series when they are found (they apply to history too).
    `sketches` are those of distributions, their groups being the series' ids; values of distributions may be among the points, too.
    """

    def __init__(
        self,
        series: Sequence[Series],
        columns: Columns,
        host_tags: Mapping[str, Sequence[str]] | None = None,
        sketches: Sketches | None = None,
    ) -> None:
        hosts = host_tags or {}
        self._series = [effective(timeseries, hosts.get(timeseries.host, ())) for timeseries in series]
        points, values = apart(columns, [timeseries.id for timeseries in series if timeseries.type == "distribution"])
        self._columns = sort(points)
        self._sketches = values if sketches is None else concatenated([sketches, values])
        if sketches is not None:
            self._sketches = self._sketches.merged(self._sketches.group, self._sketches.ts)
        self._order = packed(self._sketches.group, self._sketches.ts)

    def find(self, metric: str) -> Sequence[Series]:
        """Every series of the metric, with its effective tags."""
        return [series for series in self._series if series.metric == metric]

    def read(self, ids: Ints, start: int, end: int, rollup: Rollup | None = None) -> Columns:
        """See `Source.read`."""
        picked = join(self._columns, self._runs(distinct(ids), start, end))
        return picked if rollup is None else roll_up(picked, rollup)

    def read_sketches(self, ids: Ints, groups: Ints, start: int, end: int, interval: int) -> Sketches:
        """See `SketchSource.read_sketches`."""
        first, last = (np.searchsorted(self._order, packed(np.asarray(ids), max(at, 0))) for at in (start, end))
        sketches = self._sketches.at(ranges(first, last - first))
        return sketches.merged(np.repeat(groups, last - first), sketches.ts // interval * interval)

    def _runs(self, ids: Ints, start: int, end: int) -> list[tuple[int, int]]:
        """Where the points of these series lie that are in [start, end): index ranges, those that touch as one."""
        columns = self._columns
        lows, highs = np.searchsorted(columns.series, ids), np.searchsorted(columns.series, ids, side="right")
        if len(ids) > MANY and _all_between(columns.ts[lows[0] : highs[-1]], start, end):
            there = lows < highs
            lows, highs = lows[there], highs[there]
            apart = np.flatnonzero(lows[1:] != highs[:-1])
            firsts, lasts = np.append(lows[:1], lows[apart + 1]), np.append(highs[apart], highs[-1:])
            return list(zip(firsts.tolist(), lasts.tolist(), strict=True))
        runs: list[tuple[int, int]] = []
        for low, high in zip(lows.tolist(), highs.tolist(), strict=True):
            first, last = low + np.searchsorted(columns.ts[low:high], (start, end))
            if runs and runs[-1][1] == first:
                runs[-1] = (runs[-1][0], int(last))
            elif first < last:
                runs.append((int(first), int(last)))
        return runs


class Subset(Struct, frozen=True):
    """Some series of a source."""

    source: Source
    ids: frozenset[int]

    def find(self, metric: str) -> Sequence[Series]:
        """See `Source.find`."""
        return [timeseries for timeseries in self.source.find(metric) if timeseries.id in self.ids]

    def read(self, ids: Ints, start: int, end: int, rollup: Rollup | None = None) -> Columns:
        """See `Source.read`."""
        return self.source.read(ids, start, end, rollup)


def _all_between(ts: Ints, start: int, end: int) -> bool:
    return len(ts) > 0 and start <= int(np.min(ts)) and int(np.max(ts)) < end


def distinct(ids: Ints) -> Ints:
    """The different ids, sorted. (np.unique would import numpy.ma, a fiftieth of a backtest of one host.)"""
    ids = np.sort(ids)
    different: Ints = ids[np.append(True, ids[1:] != ids[:-1])[: len(ids)]]
    return different


def join(columns: Columns, runs: Sequence[tuple[int, int]]) -> Columns:
    """The points of these index ranges: a view of one, a copy of several."""
    parts = [Columns(columns.series[a:b], columns.ts[a:b], columns.value[a:b]) for a, b in runs]
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return no_columns()
    return Columns(
        np.concatenate([part.series for part in parts]),
        np.concatenate([part.ts for part in parts]),
        np.concatenate([part.value for part in parts]),
    )


def effective(series: Series, host_tags: Sequence[str]) -> Series:
    """The series with the tags that a query sees: submitted, the host's own, and `host:<host>`."""
    tags = set(series.tags) | set(host_tags)
    if series.host:
        tags.add(f"host:{series.host}")
    return Series(series.id, series.metric, series.type, series.interval, series.host, tuple(sorted(tags)))


def sort(columns: Columns) -> Columns:
    """The same points sorted by (series, ts); of several in one second the last given is kept (GUESS: last write wins)."""
    if _sorted(columns, np.greater):
        return columns
    columns = _picked(columns, _by_series(columns.series))
    if not _sorted(columns, np.greater_equal):
        columns = _picked(columns, np.lexsort((columns.ts, columns.series)))
    if _sorted(columns, np.greater):
        return columns
    last = np.append((columns.series[1:] != columns.series[:-1]) | (columns.ts[1:] != columns.ts[:-1]), True)
    return _picked(columns, last)


def _sorted(columns: Columns, compare: np.ufunc) -> bool:
    """Whether each point is behind the one before it: of the same series with a later second (as `compare` has it), or of a later series."""
    series, ts = columns.series, columns.ts
    return bool(np.all((series[1:] > series[:-1]) | ((series[1:] == series[:-1]) & compare(ts[1:], ts[:-1]))))


def _by_series(series: Ints) -> Ints:
    """The order by series that keeps each one's points as they are: by counting, where there are not too many."""
    few = int(np.min(series)) >= 0 and int(np.max(series)) <= np.iinfo(np.uint16).max
    return np.argsort(series.astype(np.uint16) if few else series, kind="stable")


def _picked(columns: Columns, which: Any) -> Columns:
    return Columns(columns.series[which], columns.ts[which], columns.value[which])


def roll_up(columns: Columns, rollup: Rollup) -> Columns:
    """Sorted points as one value a bucket and series."""
    if len(columns) == 0:
        return columns
    bucket = columns.ts // rollup.interval * rollup.interval
    first = np.flatnonzero(np.append(True, (np.diff(columns.series) != 0) | (np.diff(bucket) != 0)))
    return Columns(columns.series[first], bucket[first], reduce_at(columns.value, first, rollup.aggregator))


def reduce_at(values: Floats, first: Ints, aggregator: TimeAggregator) -> Floats:
    """The runs of `values` that begin at the indexes `first`, each as one number."""
    counts = np.diff(np.append(first, len(values)))
    reduced: Floats
    match aggregator:
        case "sum":
            reduced = np.add.reduceat(values, first)
        case "min":
            reduced = np.minimum.reduceat(values, first)
        case "max":
            reduced = np.maximum.reduceat(values, first)
        case "count":
            reduced = counts.astype(np.float64)
        case "last":
            reduced = values[first + counts - 1]
        case "avg":
            reduced = np.add.reduceat(values, first) / counts
    return reduced
