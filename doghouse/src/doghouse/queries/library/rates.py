"""Differences between consecutive points (dashboards/functions/rate), each series by itself.

On a metric query they are taken after time aggregation and before space aggregation. (The page says so of diff; GUESS: the others do the same.)
The first point has none and is null.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from doghouse.metrics.model import Floats, Ints
from doghouse.queries.frames import Frame, along_values


def _diff(values: Floats, _: Floats) -> Floats:
    result = np.full_like(values, np.nan)
    result[:, 1:] = np.diff(values, axis=1)
    return result


def _monotonic(values: Floats, times: Floats) -> Floats:
    """GUESS: where the difference is not positive there is a null, not a 0."""
    result = _diff(values, times)
    with np.errstate(invalid="ignore"):
        return np.where(result > 0, result, np.nan)


def _per(seconds: float) -> Callable[[Floats, Floats], Floats]:
    """The difference per so many seconds. GUESS: negative ones are kept."""

    def work(values: Floats, times: Floats) -> Floats:
        result = np.full_like(values, np.nan)
        result[:, 1:] = np.diff(values, axis=1) / np.diff(times, axis=1) * seconds
        return result

    return work


WORK: dict[str, Callable[[Floats, Floats], Floats]] = {
    "diff": _diff,
    "monotonic_diff": _monotonic,
    "derivative": _per(1),
    "per_second": _per(1),
    "per_minute": _per(60),
    "per_hour": _per(3600),
}


def per_series(name: str) -> Callable[[Floats, Ints], Floats]:
    """The function as it works on each series of a metric query."""
    work = WORK[name]
    return lambda values, ts: along_values(values, ts, work)


def over_frame(name: str, frame: Frame) -> Frame:
    """The function over what is no metric query: arithmetic or another function's result."""
    return frame.with_values(along_values(frame.values, frame.ts, WORK[name]))


def dt(frame: Frame) -> Frame:
    """Seconds since the point before, of any group: one series, whatever the groups (the page). The first point is null.

    GUESS: a point's time is the start of its bucket.
    """
    used = frame.points.any(axis=0)
    ts = frame.ts[used]
    values = np.full((1, len(ts)), np.nan)
    values[0, 1:] = np.diff(ts)
    groups = ((),) if len(ts) else ()
    return Frame(ts, values[: len(groups)], np.ones((len(groups), len(ts)), np.bool_), groups, frame.interval)
