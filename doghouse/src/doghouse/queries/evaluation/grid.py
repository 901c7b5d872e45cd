"""Series' points as a matrix: a row a series, a column a bucket that holds a point of any of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from doghouse.metrics.model import Columns, Floats, Ints, Rollup, Series, Source, TimeAggregator
from doghouse.queries.errors import NotEvaluated
from doghouse.queries.evaluation.calendars import QUARTER, CalendarBuckets
from doghouse.queries.evaluation.query_plan import Plan, Reading, reading_for

MOST_CELLS = 100_000_000  # of a matrix: 800 MB; a query that needs more is refused by name
DENSE_BUCKETS = 20_000  # up to here every bucket of the window gets a column before the empty ones go


class Range(Struct, frozen=True):
    """Points from [start, end) (s), moved by `-shift` seconds before they are put into buckets."""

    start: int
    end: int
    shift: int = 0


class Grid(Struct, frozen=True):
    """`values[series, column]`, NaN where the series has no point in the bucket that starts at `ts[column]`."""

    ts: Ints
    values: Floats


def read(source: Source, series: Sequence[Series], query_plan: Plan, over: Range) -> Grid:
    """The matrix of these series. Raises NotEvaluated where it would not fit the memory."""
    readings = [reading_for(query_plan, timeseries) for timeseries in series]
    kinds = list(dict.fromkeys(readings))
    if len(kinds) == 1:
        return _read_alike(source, series, kinds[0], query_plan, over)
    parts = []
    for kind in kinds:
        places = [place for place, reading in enumerate(readings) if reading == kind]
        parts.append((places, _read_alike(source, [series[place] for place in places], kind, query_plan, over)))
    ts = np.unique(np.concatenate([grid.ts for _, grid in parts]))
    values = np.full((len(series), len(ts)), np.nan)
    for places, grid in parts:
        values[np.ix_(places, np.searchsorted(ts, grid.ts))] = grid.values
    return Grid(ts, values)


def _read_alike(source: Source, series: Sequence[Series], reading: Reading, query_plan: Plan, over: Range) -> Grid:
    """The matrix of series that are all read in the same way."""
    ids = np.array([timeseries.id for timeseries in series], np.int64)
    columns = (
        _calendar_buckets(source, ids, reading.method, query_plan.calendar, over)
        if query_plan.calendar
        else _buckets(source, ids, Rollup(query_plan.interval, reading.method), over)
    )
    grid = _scatter(columns, ids, over, None if query_plan.calendar else query_plan.interval)
    return Grid(grid.ts, _scaled(grid, series, reading, query_plan, over.end))


def _buckets(source: Source, ids: Ints, rollup: Rollup, over: Range) -> Columns:
    """Points as one a bucket, the store doing the work where a shift leaves its buckets whole."""
    if over.shift % rollup.interval == 0:
        points = source.read(np.sort(ids), over.start + over.shift, over.end + over.shift, rollup)
        return Columns(points.series, points.ts - over.shift, points.value) if over.shift else points
    from doghouse.metrics.memory import roll_up

    points = source.read(np.sort(ids), over.start + over.shift, over.end + over.shift)
    return roll_up(Columns(points.series, points.ts - over.shift, points.value), rollup)


def _calendar_buckets(
    source: Source, ids: Ints, method: TimeAggregator, calendar: CalendarBuckets, over: Range
) -> Columns:
    """Points as one a calendar bucket, from quarters of an hour (an average from their sums and counts)."""
    if method == "avg":
        sums = _calendar_buckets(source, ids, "sum", calendar, over)
        counts = _calendar_buckets(source, ids, "count", calendar, over)
        return Columns(sums.series, sums.ts, sums.value / counts.value)
    quarters = _buckets(source, ids, Rollup(QUARTER, method), over)
    if len(quarters) == 0:
        return quarters
    from doghouse.metrics.memory import reduce_at

    starts = calendar.floor(quarters.ts)
    first = np.flatnonzero(np.append(True, (np.diff(quarters.series) != 0) | (np.diff(starts) != 0)))
    joined = reduce_at(quarters.value, first, "sum" if method == "count" else method)
    return Columns(quarters.series[first], starts[first], joined)


def _scatter(columns: Columns, ids: Ints, over: Range, interval: int | None) -> Grid:
    """Columns as a matrix whose rows are in the order of `ids`. `interval`: the buckets' length (s), None where they differ."""
    order = np.argsort(ids)
    row = order[np.searchsorted(ids, columns.series, sorter=order)]
    ts, place = _places(columns.ts, over, interval)
    if len(ids) * len(ts) > MOST_CELLS:
        raise NotEvaluated(
            f"a query over {len(ids)} series and {len(ts)} buckets at once; ask for a longer rollup or a shorter time"
        )
    values = np.full((len(ids), len(ts)), np.nan)
    values[row, place] = columns.value
    return Grid(ts, values)


def _places(buckets: Ints, over: Range, interval: int | None) -> tuple[Ints, Ints]:
    """The buckets that occur, ascending, and for each point the position of its own. Counting is faster than sorting where few buckets are possible."""
    if interval is not None:
        first = over.start // interval * interval
        possible = (over.end - first) // interval + 1
        if possible <= DENSE_BUCKETS:
            place = (buckets - first) // interval
            used = np.zeros(possible, np.bool_)
            used[place] = True
            return np.flatnonzero(used) * interval + first, (np.cumsum(used) - 1)[place]
    distinct, place = np.unique(buckets, return_inverse=True)
    return distinct, place


def _scaled(grid: Grid, series: Sequence[Series], reading: Reading, query_plan: Plan, end: int) -> Floats:
    """Values in the unit asked for; the window ends at `end`.

    GUESS: a bucket shorter than a count's submission interval holds one raw point, which is not divided (the page: no normalisation on tiny intervals).
    """
    values = grid.values
    if reading.times_interval:
        if any(timeseries.interval <= 0 for timeseries in series):
            what = ".weighted()" if query_plan.weighted else f".as_{query_plan.unit}() of a rate"
            raise NotEvaluated(f"{what} where a series of {series[0].metric} was sent without its interval")
        intervals = np.array([timeseries.interval for timeseries in series], np.float64)[:, None]
        if reading.per_second and not query_plan.weighted:
            return values * _share_of_rate(grid.ts, intervals, query_plan, end)
        values = values * intervals
    if not reading.per_second:
        return values
    if query_plan.calendar:
        return values / query_plan.calendar.widths(grid.ts)
    tiny = np.array([timeseries.type == "count" and query_plan.interval < timeseries.interval for timeseries in series])
    return values / np.where(tiny, 1.0, float(query_plan.interval))[:, None]


def _share_of_rate(ts: Ints, intervals: Floats, query_plan: Plan, end: int) -> Floats:
    """What the sum of a rate's samples in a bucket is multiplied by: interval / length, at most 1; a bucket that the window's end cuts is as long as its
    samples until then (metrics/custom_metrics/type_modifiers, May 2026). Datadog also raises the bucket to the interval; here a shorter one holds its sample.
    """
    width = query_plan.calendar.widths(ts) if query_plan.calendar else float(query_plan.interval)
    length = np.minimum(width, np.ceil((end - ts) / intervals) * intervals)
    return np.asarray(np.minimum(intervals, length) / length, np.float64)
