"""Lines through a group's values (dashboards/functions/regression)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from doghouse.queries.functions.later import frames, np
from doghouse.queries.functions.registry import Family, function, not_evaluated

if TYPE_CHECKING:
    from doghouse.metrics.model import Floats
    from doghouse.queries.evaluation.frames import Frame

REGRESSION = Family("regression", "dashboards/functions/regression")


ROUNDS = 50  # of reweighting; far more than a line of points needs to settle
TURN = 1.345  # deviations from which on Huber's loss grows no faster than the distance: the textbooks' constant
TO_DEVIATION = 0.6745  # the median distance of a normal distribution, in standard deviations


@function(REGRESSION, "trend_line", "least-squares line")
def trend_line(frame: Frame) -> Frame:
    """The least-squares line through each group's values."""
    return _lines(frame, lambda values, times: _fitted(values, times, np.ones_like(values)))


@function(REGRESSION, "robust_trend", "trend that outliers move little")
def robust_trend(frame: Frame) -> Frame:
    """The line with the least Huber loss through each group's values.

    GUESS: the loss turns where textbooks let it, at 1.345 deviations, which the median distance from the line tells.
    """

    def work(values: Floats, times: Floats) -> Floats:
        weights = np.ones_like(values)
        for _ in range(ROUNDS):
            away = np.abs(values - _fitted(values, times, weights))
            deviation = _median(away) / TO_DEVIATION
            weights = np.minimum(1.0, TURN * deviation / np.where(away > 0, away, 1.0))
            weights = np.where((deviation == 0) & (away > 0), 0.0, np.where(deviation == 0, 1.0, weights))
        return _fitted(values, times, weights)

    return _lines(frame, work)


def _lines(frame: Frame, work: Callable[[Floats, Floats], Floats]) -> Frame:
    return frame.with_values(frames.along_values(frame.values, frame.ts, work), counts=False)


def _fitted(values: Floats, times: Floats, weights: Floats) -> Floats:
    """The line through each row's values with the least sum of weighted squares; NaN has no weight."""
    weights = np.where(np.isnan(values), 0.0, weights)
    count = weights.sum(axis=1, keepdims=True)
    count = np.where(count == 0, 1.0, count)
    centre_x = (weights * np.nan_to_num(times)).sum(axis=1, keepdims=True) / count
    centre_y = (weights * np.nan_to_num(values)).sum(axis=1, keepdims=True) / count
    away = times - centre_x
    spread = np.nansum(weights * away * away, axis=1, keepdims=True)
    slope = np.nansum(weights * away * (values - centre_y), axis=1, keepdims=True)
    return centre_y + slope / np.where(spread == 0, 1.0, spread) * away


def _median(values: Floats) -> Floats:
    """Each row's median, 0 where it has no value."""
    return np.array([[np.median(row[~np.isnan(row)]) if (~np.isnan(row)).any() else 0.0] for row in values])


not_evaluated(REGRESSION, "piecewise_constant", "level by level")
