"""Anomaly monitors in columns: a point's band is made of a fixed stretch before it, so that a stretch of history is judged at once and windows slide over
the verdicts. The bucket that a window's end cuts has the band of the whole one: its value is another, and worked out once for all windows that cut their
buckets at the same second. What depends on the window otherwise goes the plain way (`pointwise`).

Measured: a 104th of the plain way's CPU time for avg(last_4h):anomalies(avg:m{*} by {host}, 'basic', 2, interval=60), ten hosts, a point each ten seconds,
600 ticks. Gauges of one group are between them in the same buckets where hosts report without a gap; then it is quick too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from doghouse.metrics.memory import distinct, roll_up
from doghouse.metrics.model import Columns, Floats, Ints, Rollup, Series, Source, joined_columns, no_columns
from doghouse.monitors.query import MAY_MISS, Windows, full_bucket
from doghouse.monitors.windows.anomalies import ENOUGH_JUDGED, Reading
from doghouse.monitors.windows.bucketwise import is_alone, parts
from doghouse.monitors.windows.columns import NO_TIME, Bools, Group, GroupColumn
from doghouse.monitors.windows.sliding import full_windows
from doghouse.monitors.windows.streams import POINTS_A_READ, grouped, rollup_of
from doghouse.queries import MonitorQuery, ResultSeries, anomaly_settings, function_names, metric_queries
from doghouse.queries.evaluation.interpolation import LIMIT_S
from doghouse.queries.functions import catalogue
from doghouse.queries.functions.anomalies.seasons import LOOKED_AT
from doghouse.queries.language.inspection import walk
from doghouse.queries.language.tree import Arithmetic, Call, MetricQuery, Negative, Number
from doghouse.queries.scopes import select
from doghouse.time.lengths import DAY

MODIFIERS = ("as_rate", "as_count", "rollup")
# From so many on it is worth reading all that the band looks at, to know whether any of it is interpolated.
MANY_TICKS = 60
MOST_SEASONS = max(LOOKED_AT.values())
MOST_ALERT_WINDOWS = 10  # that any algorithm looks at before a bucket and its season, less a day


def applies(query: MonitorQuery, source: Source, over: Windows, reads: Reading | None = None) -> bool:
    """Whether the band is over what stands by itself in each bucket, in buckets of its own."""
    if reads is None or reads.interval is None or query.window.cumulative:
        return False
    if max(reads.alert_window, reads.recovery_window) > query.window.seconds:
        return False
    _, *inside = walk(query.expression)
    # between two, arithmetic makes zeros of what is absent from a window
    alone = len(metric_queries(query.expression)) == 1
    if not alone or not all(_by_itself(part, reads.interval) for part in inside):
        return False
    whole = not np.any(over.ends % reads.interval)
    if is_alone(query, source):
        return whole or _may_be_cut(query, source)
    return whole and len(over.ticks) >= MANY_TICKS and _is_gapless(query, source, over, reads.interval)


def _may_be_cut(query: MonitorQuery, source: Source) -> bool:
    """Whether the band leaves a bucket that is not over as it is: what was not counted so far is no 0, no rate goes by the bucket's end,
    and there are no sketches to cut."""
    [metric_query], settings = metric_queries(query.expression), anomaly_settings(query.expression)
    assert settings is not None
    kinds = {series.type for series in select(metric_query.scope, source.find(metric_query.metric))}
    units = {"as_count", "as_rate"}.intersection(function_names(query.expression))
    zeros = settings.missing_is_zero and units and kinds != {"gauge"}
    return "distribution" not in kinds and not zeros and not ("as_rate" in units and "rate" in kinds)


def _is_gapless(query: MonitorQuery, source: Source, over: Windows, interval: int) -> bool:
    """Whether the gauges of each group have points in the same buckets wherever the band looks, so that no window interpolates any."""
    [metric_query], settings = metric_queries(query.expression), anomaly_settings(query.expression)
    assert settings is not None
    series = select(metric_query.scope, source.find(metric_query.metric))
    if {member.type for member in series} != {"gauge"}:
        return False
    reach = MOST_SEASONS * settings.season + MOST_ALERT_WINDOWS * settings.alert_window + DAY
    begin, end = int(over.starts[0]) - reach, int(over.ends[-1])
    for members in grouped(series, metric_query.by).values():
        ids = np.array(sorted(member.id for member in members), np.int64)
        points = source.read(ids, begin, end, Rollup(interval, "count"))
        buckets = np.unique(points.ts)
        for id in ids.tolist():
            own = points.ts[points.series == id]
            missing = np.setdiff1d(buckets, own, assume_unique=True)
            before = np.searchsorted(own, missing) - 1
            if len(own) and np.any((before >= 0) & (missing - own[np.maximum(before, 0)] <= LIMIT_S + interval)):
                return False
    return True


def _by_itself(part: object, interval: int) -> bool:
    """Whether a part of the expression gives each bucket a value of that bucket's points alone."""
    match part:
        case MetricQuery():
            rollup = rollup_of(part)
            own = rollup is not None and rollup.calendar is None and rollup.interval in (None, interval)
            return own and all(modifier.name in MODIFIERS for modifier in part.modifiers)
        case Call():
            return catalogue()[part.function].pointwise
    return isinstance(part, Arithmetic | Negative | Number)


class _Early(Struct, frozen=True):
    """A source as it is `seconds` after the begin of each bucket of `interval` seconds: with no later points in any of them."""

    source: Source
    interval: int
    seconds: int

    def find(self, metric: str) -> Sequence[Series]:
        """See `Source.find`."""
        return self.source.find(metric)

    def read(self, ids: Ints, start: int, end: int, rollup: Rollup | None = None) -> Columns:
        """See `Source.read`; some series at once, so that their points are not all in memory."""
        room = max(POINTS_A_READ // max((end - start) // 10, 1), 1)
        read = [no_columns()]
        for first in range(0, len(ids), room):
            points = self.source.read(ids[first : first + room], start, end)
            early = points.ts % self.interval < self.seconds
            points = Columns(points.series[early], points.ts[early], points.value[early])
            read.append(points if rollup is None else roll_up(points, rollup))
        return joined_columns(read)


def columns(
    query: MonitorQuery, source: Source, over: Windows, full: bool, reads: Reading | None = None
) -> Iterator[GroupColumn]:
    """Every group's column, one at a time; see `evaluation.window_columns`."""
    assert reads is not None
    assert reads.interval is not None
    pieces: dict[Group, list[ResultSeries]] = {}
    begin, end = (-(-int(at) // reads.interval) * reads.interval for at in (over.starts[0], over.ends[-1]))
    for series in parts(query, source, begin, end, reads.interval):
        pieces.setdefault(series.group, []).append(series)
    so_far = _so_far(query, source, over, reads.interval)
    for group, own in pieces.items():
        line = _Line.of(own, reads, over, so_far.get(group))
        first, last = line.outermost(over.starts)
        if np.any(first != NO_TIME):
            complete = line.full(over, query) if full else None
            value, recovery = (line.share(over.ends - span) for span in (reads.alert_window, reads.recovery_window))
            yield GroupColumn(group, value, complete, line.ts, over, recovery, (first, last))


def _cut(over: Windows, interval: int) -> tuple[Ints, Bools]:
    """The bucket in which each window ends, and whether the window cuts it: at its tick not all points of the bucket are there."""
    behind = over.ends % interval
    return over.ends - behind, (behind > 0) & (behind + over.late < interval)


def _so_far(query: MonitorQuery, source: Source, over: Windows, interval: int) -> dict[Group, Floats]:
    """What the buckets that windows cut are worth at their ticks, by group: an entry a tick, NaN where there is nothing or nothing is cut."""
    assert isinstance(query.expression, Call)
    inside = replace(query, expression=query.expression.arguments[0])
    buckets, cut = _cut(over, interval)
    behind = over.ends - buckets
    by_group: dict[Group, Floats] = {}
    for seconds in distinct(behind[cut]).tolist():
        ticks = np.flatnonzero(behind == seconds)
        begin, end = int(buckets[ticks[0]]), int(buckets[ticks[-1]]) + interval
        for series in parts(inside, _Early(source, interval, seconds + over.late), begin, end, interval):
            place, there = _places(series.ts, buckets[ticks])
            values = by_group.setdefault(series.group, np.full(len(buckets), np.nan))
            values[ticks[there]] = series.values[place[there]]
    return by_group


def _places(ts: Ints, times: Ints) -> tuple[Ints, Bools]:
    """Where each of the times is in `ts`, and whether it is there."""
    if not len(ts):
        return np.zeros(len(times), np.int64), np.zeros(len(times), np.bool_)
    place = np.minimum(np.searchsorted(ts, times), len(ts) - 1)
    return place, ts[place] == times


class _Line(Struct, frozen=True, eq=False):
    """A group's buckets that have a value, whole: when they begin, and what `Reading.outside` says of them.

    The others have an entry a window: before when its buckets are whole; the bucket that it cuts, whether that has a value in it, and what
    `Reading.outside` says of it.
    """

    ts: Ints
    outside: Floats
    until: Ints
    cut: Ints
    begun: Bools
    cut_outside: Floats

    @classmethod
    def of(cls, pieces: Sequence[ResultSeries], reads: Reading, over: Windows, so_far: Floats | None) -> _Line:
        """From pieces that follow each other, and what the buckets that windows cut are worth (None: nothing)."""
        assert reads.interval is not None
        ts, values = (
            np.concatenate(parts) for parts in zip(*((piece.ts, piece.values) for piece in pieces), strict=True)
        )
        lower, upper = (np.concatenate(parts) for parts in zip(*(piece.bounds or () for piece in pieces), strict=True))
        there, outside = ~np.isnan(values), reads.outside(values, lower, upper)
        buckets, cut = _cut(over, reads.interval)
        now = np.full(len(buckets), np.nan) if so_far is None else so_far
        place, _ = _places(ts, buckets)
        begun = ~np.isnan(now) & (buckets >= over.starts)
        now_outside = reads.outside(now, lower[place], upper[place])
        return cls(ts[there], outside[there], np.where(cut, buckets, over.ends), buckets, begun, now_outside)

    def share(self, starts: Ints) -> Floats:
        """The share of the judged points that are outside, in windows that begin at `starts`; NaN where that cannot be told."""
        points = self._count(np.ones(len(self.ts)), np.ones(len(self.cut)), starts)
        judged = self._count(~np.isnan(self.outside), ~np.isnan(self.cut_outside), starts)
        outside = self._count(self.outside == 1, self.cut_outside == 1, starts)
        with np.errstate(invalid="ignore"):
            return np.where(judged >= ENOUGH_JUDGED * points, outside / judged, np.nan)

    def _count(self, which: Any, which_cut: Any, starts: Ints) -> Ints:
        total = np.append(0, np.cumsum(which))
        low, high = self._between(starts)
        return np.asarray(total[high] - total[low] + (self.begun & (self.cut >= starts)) * which_cut)

    def _between(self, starts: Ints) -> tuple[Ints, Ints]:
        """Of the windows that begin at `starts` the first whole bucket and the one after the last."""
        low = np.searchsorted(self.ts, starts)
        return low, np.maximum(np.searchsorted(self.ts, self.until), low)

    def outermost(self, starts: Ints) -> tuple[Ints, Ints]:
        """The first and the last bucket of each window that begins at `starts`; NO_TIME where there is none."""
        low, high = self._between(starts)
        ts, cut = np.append(self.ts, NO_TIME), np.where(self.begun, self.cut, NO_TIME)
        return np.where(low < high, ts[low], cut), np.where((low < high) & ~self.begun, ts[high - 1], cut)

    def full(self, over: Windows, query: MonitorQuery) -> Bools:
        """Which windows are full; those that cut a bucket which has no value yet, but will, are looked at one by one."""
        span, bucket = query.window.seconds, full_bucket(query)
        full = full_windows(self.ts, over.ends, span, bucket, MAY_MISS)
        low, high = self._between(over.starts)
        other = (self.until < over.ends) & (self.cut >= over.starts) & (_places(self.ts, self.cut)[1] != self.begun)
        for tick in np.flatnonzero(other).tolist():
            ts = np.append(self.ts[low[tick] : high[tick]], self.cut[tick : tick + 1][self.begun[tick : tick + 1]])
            full[tick] = full_windows(ts, over.ends[tick : tick + 1], span, bucket, MAY_MISS)[0]
        return full
