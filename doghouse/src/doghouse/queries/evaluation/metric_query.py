"""A metric query as a frame: select series, roll them up, interpolate, aggregate them in space (query-to-the-graph)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from doghouse.metrics.model import Floats, Ints, MetricType
from doghouse.queries.errors import NotEvaluated
from doghouse.queries.evaluation.context import Context
from doghouse.queries.evaluation.distributions import read_distributions
from doghouse.queries.evaluation.frames import Bools, Fill, Frame, empty
from doghouse.queries.evaluation.grid import Grid, Range, read
from doghouse.queries.evaluation.grouping import Grouping, aggregate, any_of, each_alone, group
from doghouse.queries.evaluation.interpolation import interpolate
from doghouse.queries.evaluation.query_plan import Plan, fill_for, plan
from doghouse.queries.language.tree import MetricQuery
from doghouse.queries.scopes import select

MOST_SERIES = 300_000  # of a query: so many take seconds and 0.4 GB

PerSeries = Callable[[Floats, Ints], Floats]
Gaps = Literal["kept", "at others' points", "everywhere"]


def query_frame(query: MetricQuery, context: Context, per_series: PerSeries | None = None) -> Frame:
    """The frame of a metric query. `per_series` works on each series between time and space aggregation, as diff() does."""
    query_plan = plan(query, context.interval, context.span, context.max_points)
    series = select(query.scope, context.source.find(query.metric))
    if not series:
        return empty(query_plan.interval, query_plan.calendar)
    if len(series) > MOST_SERIES:
        raise NotEvaluated(f"a query over {len(series):,} series, more than {MOST_SERIES:,} at once; narrow its scope")
    types = {timeseries.type for timeseries in series}
    check(query, query_plan, types)
    grouping = group(series, query.by, not_available=context.options.not_available)
    rows = each_alone(grouping) if types == {"distribution"} else grouping
    fill = fill_for(query_plan, types, context.options)
    gaps = _gaps(fill, rows, context)
    start = context.first_bucket(query_plan.interval, query_plan.calendar)
    back = _look_back(fill, query_plan, context) if gaps != "kept" and per_series is None else 0
    over = Range(start - back, context.last_point(query_plan.interval, query_plan.calendar), context.shift)
    grid = (
        read(context.source, series, query_plan, over)
        if rows is grouping
        else read_distributions(query, series, grouping, query_plan, over, context.source)
    )
    if gaps == "everywhere":
        grid = _every_bucket(grid, context.buckets(query_plan.interval, query_plan.calendar))
    elif back:
        grid = _reporting(grid, start)
    values, points = _aggregated(query, grid, rows, fill, gaps, context, per_series)
    counts = query_plan.unit != "raw" and types != {"gauge"}
    frame = Frame(
        grid.ts, values, points, rows.groups, query_plan.interval, query_plan.calendar, counts=counts, fill=fill
    )
    return frame.trimmed(start)


def _aggregated(
    query: MetricQuery,
    grid: Grid,
    rows: Grouping,
    fill: Fill,
    gaps: Gaps,
    context: Context,
    per_series: PerSeries | None,
) -> tuple[Floats, Bools]:
    """A row a group: its values, and where it has points."""
    real = ~np.isnan(grid.values)
    values = grid.values if per_series is None else per_series(grid.values, grid.ts)
    if gaps != "kept":
        values = interpolate(values, grid.ts, fill)
    values = aggregate(values, rows, query.aggregator or "avg")
    if gaps == "at others' points":
        shown = any_of(real, rows)
        values = np.where(shown.any(axis=0) if context.options.align_groups else shown, values, np.nan)
    points = ~np.isnan(values)
    return values, points if per_series is None else points | any_of(real, rows)


def check(query: MetricQuery, query_plan: Plan, types: set[MetricType]) -> None:
    """Raise NotEvaluated for what is not defined over these types of series."""
    if "*" in query.by:
        raise NotEvaluated("by {*}")
    if query_plan.weighted and (query.aggregator != "sum" or types != {"gauge"}):
        raise NotEvaluated(".weighted() on anything but the sum of a gauge")
    if types == {"distribution"}:
        return
    if query.aggregator not in (None, "avg", "sum", "min", "max"):
        raise NotEvaluated(
            f"the space aggregator {query.aggregator} over a metric that is no distribution ({query.metric})"
        )
    if "distribution" in types:
        raise NotEvaluated(f"a metric of which only some series are distributions ({query.metric})")


def _gaps(fill: Fill, rows: Grouping, context: Context) -> Gaps:
    """Which missing buckets are interpolated: those where another source has a point, or with a `.fill` inside arithmetic all of the window."""
    if fill.method == "null":
        return "kept"
    if fill.explicit and (context.nested or context.options.fill_alone):
        return "everywhere"
    alone = len(rows.members) == 1 or (rows.plain and not context.options.align_groups)
    return "kept" if alone else "at others' points"


def _look_back(fill: Fill, query_plan: Plan, context: Context) -> int:
    """How far before the window interpolation reads (s), in whole buckets."""
    if query_plan.calendar or not (context.options.look_back or fill.explicit):
        return 0
    return -(-fill.limit // query_plan.interval) * query_plan.interval


def _reporting(grid: Grid, start: int) -> Grid:
    """Without the points of series that have none from `start` on. GUESS: a source that fell silent before the window is not held into it."""
    silent = np.isnan(grid.values[:, grid.ts >= start]).all(axis=1)
    return Grid(grid.ts, np.where(silent[:, None], np.nan, grid.values)) if silent.any() else grid


def _every_bucket(grid: Grid, buckets: Ints) -> Grid:
    """The grid with the window's empty buckets too."""
    ts = np.union1d(grid.ts, buckets)
    values = np.full((len(grid.values), len(ts)), np.nan)
    values[:, np.searchsorted(ts, grid.ts)] = grid.values
    return Grid(ts, values)
