"""Nested queries: a further layer of time or space aggregation over a query's result (metrics/nested_queries).

GUESS: a standard deviation is that of all the values (not of a sample), and a percentile the value of rank floor(share * (count - 1)), as for distributions.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec.structs import replace

from doghouse.queries.errors import NotEvaluated
from doghouse.queries.functions.arguments import KEYS, LIMIT, QUERY, Parameter, seconds
from doghouse.queries.functions.later import frames, np
from doghouse.queries.functions.registry import Family, function
from doghouse.queries.language.names import LAYER_METHODS, percentile
from doghouse.queries.language.rollups import custom_interval
from doghouse.queries.language.spans import positive_seconds

if TYPE_CHECKING:
    from doghouse.metrics.model import Floats
    from doghouse.queries.evaluation.frames import Bools, Frame, Group
    from doghouse.queries.functions.application import Application

NESTED = Family("nested queries", "metrics/nested_queries")


@function(
    NESTED,
    "rollup",
    "the query's points once more as one a bucket",
    (QUERY, Parameter("method", "text", LAYER_METHODS, percentiles=True), seconds(positive_seconds)),
    takes="call",
)
def rollup(applied: Application) -> Frame:
    """The limit of points is the result's: a finer rollup inside is honoured over any time (metrics/nested_queries, higher resolution)."""
    context = applied.context
    interval = custom_interval(int(applied.number(2)), context.span, context.max_points)
    frame = applied.frame(replace(context, max_points=None))
    return in_time(frame, applied.text(1, "avg").lower(), interval, context.start)


def in_time(frame: Frame, method: str, interval: int, start: int) -> Frame:
    """Each group's values as one a bucket of `interval` seconds, in the buckets that start at `start` (s) or later."""
    buckets, first = np.unique(frame.ts // interval * interval, return_index=True)
    edges = [*first.tolist(), len(frame.ts)]
    values = np.full((len(frame.groups), len(buckets)), np.nan)
    points = np.zeros(values.shape, np.bool_)
    for place, (low, high) in enumerate(pairwise(edges)):
        values[:, place] = summary(frame.values[:, low:high], method)
        points[:, place] = frame.points[:, low:high].any(axis=1)
    return frames.Frame(buckets, values, points, frame.groups, interval, approximate=frame.approximate).trimmed(start)


def in_space(method: str, frame: Frame, keys: tuple[str, ...]) -> Frame:
    """The groups as one for each combination of the values of `keys`, which are some of those that they have. Raises NotEvaluated for another key."""
    members: dict[Group, list[int]] = {}
    for row, group in enumerate(frame.groups):
        own = dict(group)
        if missing := [key for key in keys if key not in own]:
            raise NotEvaluated(f"{method}() by '{missing[0]}', which its query does not group by")
        members.setdefault(tuple((key, own[key]) for key in keys), []).append(row)
    groups = tuple(sorted(members))
    values = [summary(frame.values[members[group]].T, method) for group in groups]
    points = [frame.points[members[group]].any(axis=0) for group in groups]
    return replace(
        frame,
        values=np.array(values).reshape(len(groups), len(frame.ts)),
        points=np.array(points, np.bool_).reshape(len(groups), len(frame.ts)),
        groups=groups,
        counts=False,
        fill=frames.NO_FILL,
        ranked=False,
        bounds=None,
    )


for _method in ("avg", "sum", "min", "max", "stddev"):
    _what = "their spread" if _method == "stddev" else "one value of each bucket's"
    function(NESTED, _method, f"the query's groups once more by fewer keys: {_what}", (QUERY, KEYS))(
        partial(in_space, _method)
    )


@function(
    NESTED,
    "percentile",
    "the query's groups once more by fewer keys: a percentile",
    (QUERY, Parameter("percentile", "text", ("p95",), percentiles=True), KEYS),
)
def percentile_in_space(frame: Frame, method: str, keys: tuple[str, ...]) -> Frame:
    """A percentile of the groups' values in each bucket, by fewer keys."""
    return in_space(method.lower(), frame, keys)


@function(
    NESTED, "is_greater", "1 where a value is above the limit, else 0", (QUERY, LIMIT), pointwise=True, keeps_unit=False
)
def is_greater(frame: Frame, limit: float) -> Frame:
    """1 where a value is greater than the limit, else 0 (metrics/nested_queries). GUESS: null stays null."""
    return _flags(frame, frame.values > limit)


@function(
    NESTED, "is_less", "1 where a value is below the limit, else 0", (QUERY, LIMIT), pointwise=True, keeps_unit=False
)
def is_less(frame: Frame, limit: float) -> Frame:
    """1 where a value is less than the limit, else 0."""
    return _flags(frame, frame.values < limit)


@function(
    NESTED,
    "is_between",
    "1 where a value is between the limits, else 0",
    (QUERY, Parameter("lower limit", "number"), Parameter("upper limit", "number")),
    pointwise=True,
    keeps_unit=False,
)
def is_between(frame: Frame, lower: float, upper: float) -> Frame:
    """1 where a value is between the limits, neither included, else 0."""
    return _flags(frame, (frame.values > lower) & (frame.values < upper))


def _flags(frame: Frame, true: Bools) -> Frame:
    return frame.with_values(np.where(np.isnan(frame.values), np.nan, true.astype(np.float64)), counts=False)


def summary(values: Floats, method: str) -> Floats:
    """Each row as one number, NaN left out: NaN where a row has nothing else."""
    real = ~np.isnan(values)
    count = real.sum(axis=1)
    if method == "count":
        return np.where(count > 0, count, np.nan)
    if (share := percentile(method)) is not None:
        rank = np.floor(share * (np.maximum(count, 1) - 1) + 1e-9).astype(np.int64)
        return np.take_along_axis(np.sort(values, axis=1), rank[:, None], axis=1)[:, 0]  # NaN sorts last
    work: dict[str, Callable[..., Floats]] = {
        "avg": np.nanmean,
        "sum": np.nansum,
        "min": np.nanmin,
        "max": np.nanmax,
        "median": np.nanmedian,
        "stddev": np.nanstd,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # numpy warns of rows without values
        return np.where(count > 0, work[method](values, axis=1), np.nan)
