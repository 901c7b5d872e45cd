"""Distributions: each group's values in each bucket taken together, from sketches (metrics/distributions, metrics/types)."""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd

import numpy as np

from doghouse.metrics.distributions.sketches import Sketches, keys_of
from doghouse.metrics.door import SketchSource
from doghouse.metrics.model import Floats, Ints, Series, Source
from doghouse.queries.errors import NotEvaluated
from doghouse.queries.evaluation.calendars import QUARTER
from doghouse.queries.evaluation.grid import Grid, Range
from doghouse.queries.evaluation.grouping import Grouping
from doghouse.queries.evaluation.query_plan import Plan
from doghouse.queries.language.names import percentile, threshold
from doghouse.queries.language.tree import COMPARISONS, MetricQuery


def read_distributions(
    query: MetricQuery, series: Sequence[Series], grouping: Grouping, query_plan: Plan, over: Range, source: Source
) -> Grid:
    """A row a group: time and space are aggregated at once, over every value. Raises NotEvaluated where the source has no sketches.

    A `.rollup`'s method is left aside: distributions have none (dashboards/functions/rollup).
    """
    if not isinstance(source, SketchSource):
        raise NotEvaluated("distributions from a source without sketches")
    sketches = _merged(source, series, grouping, query_plan, over)
    ts, column = np.unique(sketches.ts, return_inverse=True)
    values = np.full((len(grouping.groups), len(ts)), np.nan)
    values[sketches.group, column] = aggregated(query.aggregator, sketches)
    if query_plan.unit == "rate" and (query.aggregator in ("count", "sum") or threshold(query.aggregator)):
        values = values / (query_plan.calendar.widths(ts) if query_plan.calendar else query_plan.interval)
    return Grid(ts, values)


def _merged(
    source: SketchSource, series: Sequence[Series], grouping: Grouping, query_plan: Plan, over: Range
) -> Sketches:
    """One sketch a group and bucket. Buckets that a shift or a calendar moves are put together from smaller ones."""
    ids = np.array([timeseries.id for timeseries in series], np.int64)[grouping.members]
    sizes = np.diff(np.append(grouping.first, len(grouping.members)))
    groups = np.repeat(np.arange(len(grouping.groups)), sizes)
    step = QUARTER if query_plan.calendar else query_plan.interval
    step = gcd(step, over.shift) or step
    sketches = source.read_sketches(ids, groups, over.start + over.shift, over.end + over.shift, step)
    moved = sketches.ts - over.shift
    buckets: Ints = (
        query_plan.calendar.floor(moved) if query_plan.calendar else moved // query_plan.interval * query_plan.interval
    )
    return sketches if np.array_equal(buckets, sketches.ts) else sketches.merged(sketches.group, buckets)


def aggregated(aggregator: str | None, sketches: Sketches) -> Floats:
    """What a space aggregator makes of each sketch. Raises NotEvaluated."""
    share = percentile(aggregator)
    if share is not None:
        return sketches.percentile(share)
    if limit := threshold(aggregator):
        return counted(sketches, *limit)
    match aggregator:
        case "sum":
            return sketches.sum
        case "min":
            return sketches.min
        case "max":
            return sketches.max
        case "count":
            return sketches.count
        case "last" | "stddev" | "histogram":
            raise NotEvaluated(f"the space aggregator {aggregator}")
        case _:
            return sketches.sum / sketches.count


def counted(sketches: Sketches, comparator: str, limit: float) -> Floats:
    """How many of each sketch's values are below (`<`, `<=`) or above (`>`, `>=`) the limit.

    GUESS: a sketch tells values apart by 1/128 of their size; those in the limit's own bucket count as equal to it,
    unless all of a sketch's values are on one side.
    """
    edge = keys_of(np.array([limit]))[0]
    compare = COMPARISONS[comparator]
    inside = np.bincount(sketches.sketch, np.where(compare(sketches.key, edge), sketches.n, 0.0), len(sketches))
    on_one_side = (sketches.max < limit) | (sketches.min > limit)
    return np.where(on_one_side, np.where(compare(sketches.min, limit), sketches.count, 0.0), inside)
