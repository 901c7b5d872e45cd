"""Differences between consecutive points (dashboards/functions/rate), each series by itself.

On a metric query they are taken after time aggregation and before space aggregation. (The page says so of diff; GUESS: the others do the same.)
The first point has none and is null.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from doghouse.queries.functions.later import frames, np
from doghouse.queries.functions.registry import Family, function

if TYPE_CHECKING:
    from doghouse.metrics.model import Floats
    from doghouse.queries.evaluation.frames import Frame

RATE = Family("rate", "dashboards/functions/rate")


@function(RATE, "diff", "difference from the point before", takes="series")
def diff(values: Floats, _: Floats) -> Floats:
    """The difference from the point before."""
    result = np.full_like(values, np.nan)
    result[:, 1:] = np.diff(values, axis=1)
    return result


@function(RATE, "monotonic_diff", "the same where it is positive", takes="series")
def monotonic_diff(values: Floats, times: Floats) -> Floats:
    """GUESS: where the difference is not positive there is a null, not a 0."""
    result = diff(values, times)
    with np.errstate(invalid="ignore"):
        return np.where(result > 0, result, np.nan)


def _per(seconds: float) -> Callable[[Floats, Floats], Floats]:
    """The difference per so many seconds. GUESS: negative ones are kept."""

    def work(values: Floats, times: Floats) -> Floats:
        result = np.full_like(values, np.nan)
        result[:, 1:] = np.diff(values, axis=1) / np.diff(times, axis=1) * seconds
        return result

    return work


for _name, _unit, _seconds in (
    ("derivative", "second", 1),
    ("per_second", "second", 1),
    ("per_minute", "minute", 60),
    ("per_hour", "hour", 3600),
):
    function(RATE, _name, f"difference per {_unit}", keeps_unit=False, takes="series")(_per(_seconds))


@function(RATE, "dt", "seconds between points", keeps_unit=False, one_series=True)
def dt(frame: Frame) -> Frame:
    """Seconds since the point before, of any group: one series, whatever the groups (the page). The first point is null.

    GUESS: a point's time is the start of its bucket.
    """
    used = frame.points.any(axis=0)
    ts = frame.ts[used]
    values = np.full((1, len(ts)), np.nan)
    values[0, 1:] = np.diff(ts)
    groups = ((),) if len(ts) else ()
    return frames.Frame(ts, values[: len(groups)], np.ones((len(groups), len(ts)), np.bool_), groups, frame.interval)


@function(RATE, "throughput", "value divided by the bucket's seconds", pointwise=True, keeps_unit=False)
def throughput(frame: Frame) -> Frame:
    """Each value divided by the seconds of its bucket."""
    return frame.with_values(frame.values / frame.widths(), counts=False)
