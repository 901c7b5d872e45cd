"""The general way: at each tick the expression is evaluated over the window, and its points are reduced. It knows whatever `queries` knows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from doghouse.metrics.model import Floats, Ints, Source
from doghouse.monitors.query import MAY_MISS, Windows, difference, full_bucket
from doghouse.monitors.windows.anomalies import Reading
from doghouse.monitors.windows.columns import Group, GroupColumn
from doghouse.monitors.windows.sliding import REDUCERS, full_windows
from doghouse.queries import MONITOR, NOT_AVAILABLE, MonitorQuery, ResultSeries, Window, evaluate, function_names

# "the data contained within From and To" (monitors/guide/why-rollup-should-not-be-used-in-monitors)
OWN_POINTS = replace(MONITOR, look_back=False)
OTHER_REDUCERS = ("last", "l2norm", "area")  # of windows that only this way works out


class _Collected(Struct):
    """What the ticks so far gave of one group."""

    values: Floats
    recovery: Floats
    firsts: Ints
    lasts: Ints
    full: list[int] = field(default_factory=list)
    points: list[Ints] = field(default_factory=list)
    last: int = -1

    def saw(self, index: int, ts: Ints) -> None:
        """Note a tick's points."""
        self.firsts[index], self.lasts[index] = ts[0], ts[-1]
        new = ts[np.searchsorted(ts, self.last, side="right") :]
        if len(new):
            self.points.append(new)
            self.last = int(new[-1])


def applies(query: MonitorQuery, source: Source, over: Windows, reads: Reading | None = None) -> bool:
    """Always."""
    return True


def columns(
    query: MonitorQuery, source: Source, over: Windows, full: bool, reads: Reading | None = None
) -> Iterator[GroupColumn]:
    """Every group's column; see `evaluation.window_columns`. `reads` is how an anomaly monitor looks at its band."""
    groups: dict[Group, _Collected] = {}
    for index in range(len(over.ticks)):
        start, end = int(over.starts[index]), int(over.ends[index])
        for series in _window(query, source, start, end, end + over.late):
            ts, values = _present(series)
            if not len(ts):
                continue
            column = groups.setdefault(series.group, _collected(len(over.ticks)))
            column.saw(index, ts)
            if reads is None:
                column.values[index] = _reduced(query.aggregator, values, series.interval)
            else:
                column.values[index], column.recovery[index] = reads.fractions(series, end)
            if full and full_windows(ts, np.array([end]), end - start, full_bucket(query), MAY_MISS)[0]:
                column.full.append(index)
    for group, column in groups.items():
        yield _finished(group, column, over, full, reads is not None)


def _reduced(how: str, values: Floats, interval: int) -> float:
    """A window's values as one; GUESS: `area` is the sum of value times the bucket's seconds."""
    match how:
        case "last":
            return float(values[-1])
        case "l2norm":
            return float(np.sqrt(np.sum(values * values)))
        case "area":
            return float(np.sum(values)) * interval
    return float(REDUCERS[how](values))


def _collected(ticks: int) -> _Collected:
    return _Collected(
        np.full(ticks, np.nan), np.full(ticks, np.nan), np.zeros(ticks, np.int64), np.zeros(ticks, np.int64)
    )


def _finished(group: Group, column: _Collected, over: Windows, full: bool, recovers: bool) -> GroupColumn:
    complete = None
    if full:
        complete = np.zeros(len(over.ticks), np.bool_)
        complete[column.full] = True
    points = np.concatenate(column.points)
    recovery = column.recovery if recovers else None
    return GroupColumn(group, column.values, complete, points, over, recovery, (column.firsts, column.lasts))


def _present(series: ResultSeries) -> tuple[Ints, Floats]:
    """The points that have a value; none where a group's tag is missing: monitors have no N/A groups."""
    if any(value == NOT_AVAILABLE for _, value in series.group):
        return series.ts[:0], series.values[:0]
    there = ~np.isnan(series.values)
    return series.ts[there], series.values[there]


def _window(query: MonitorQuery, source: Source, start: int, end: int, known: int) -> list[ResultSeries]:
    now = _lines(query, source, start, end, known)
    if query.change is None:
        return now
    back = query.change.shift
    then = {line.group: line for line in _lines(query, source, start - back, end - back, known - back)}
    return [_compared(query, line, then[line.group]) for line in now if line.group in then]


def _lines(query: MonitorQuery, source: Source, start: int, end: int, known: int) -> list[ResultSeries]:
    return evaluate(query.expression, source, Window(start, end, max_points=None, known=known, options=OWN_POINTS))


def _compared(query: MonitorQuery, now: ResultSeries, then: ResultSeries) -> ResultSeries:
    """A change, point by point; with `.as_count()` the reduced windows are compared instead (monitors/types/change-alert).

    So they are where no point has one that lies the shift before it, as of points each 45 s, compared with five minutes ago (GUESS).
    """
    assert query.change is not None
    (new_ts, new), (old_ts, old) = _present(now), _present(then)
    shared, ours, theirs = np.intersect1d(new_ts, old_ts + query.change.shift, return_indices=True)
    if len(shared) and "as_count" not in function_names(query.expression):
        return replace(now, ts=shared, values=difference(query.change, new[ours], old[theirs]))
    if not len(old) or not len(new):
        return replace(now, ts=new_ts[:0], values=new[:0])
    reduce = REDUCERS[query.aggregator]
    return replace(
        now, ts=new_ts[-1:], values=difference(query.change, np.array([reduce(new)]), np.array([reduce(old)]))
    )
