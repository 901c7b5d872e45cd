"""Nested queries: a further layer of time or space aggregation over a query's result (metrics/nested_queries).

GUESS: a standard deviation is that of all the values (not of a sample), and a percentile the value of rank floor(share * (count - 1)), as for distributions.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np

from doghouse.metrics.model import Floats
from doghouse.queries.frames import NO_FILL, Frame, Group
from doghouse.queries.names import percentile
from doghouse.queries.problems import NotEvaluated


def in_time(frame: Frame, method: str, interval: int, start: int) -> Frame:
    """Each group's values as one a bucket of `interval` seconds, in the buckets that start at `start` (s) or later."""
    buckets, first = np.unique(frame.ts // interval * interval, return_index=True)
    edges = [*first.tolist(), len(frame.ts)]
    values = np.full((len(frame.groups), len(buckets)), np.nan)
    points = np.zeros(values.shape, np.bool_)
    for place, (low, high) in enumerate(pairwise(edges)):
        values[:, place] = summary(frame.values[:, low:high], method)
        points[:, place] = frame.points[:, low:high].any(axis=1)
    return Frame(buckets, values, points, frame.groups, interval, approximate=frame.approximate).trimmed(start)


def in_space(frame: Frame, method: str, keys: tuple[str, ...]) -> Frame:
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
        fill=NO_FILL,
        ranked=False,
        bounds=None,
    )


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
