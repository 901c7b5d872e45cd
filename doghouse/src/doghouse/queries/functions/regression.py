"""Lines through a group's values (dashboards/functions/regression)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doghouse.queries.functions.later import frames, np
from doghouse.queries.functions.registry import Family, function, not_evaluated

if TYPE_CHECKING:
    from doghouse.metrics.model import Floats
    from doghouse.queries.evaluation.frames import Frame

REGRESSION = Family("regression", "dashboards/functions/regression")


@function(REGRESSION, "trend_line", "least-squares line")
def trend_line(frame: Frame) -> Frame:
    """The least-squares line through each group's values."""

    def work(values: Floats, times: Floats) -> Floats:
        real = ~np.isnan(values)
        count = np.maximum(real.sum(axis=1, keepdims=True), 1)
        centre_x = np.where(real, times, 0).sum(axis=1, keepdims=True) / count
        centre_y = np.where(real, values, 0).sum(axis=1, keepdims=True) / count
        away = np.where(real, times - centre_x, 0.0)
        spread = (away * away).sum(axis=1, keepdims=True)
        slope = (away * np.where(real, values - centre_y, 0.0)).sum(axis=1, keepdims=True) / np.where(
            spread == 0, 1.0, spread
        )
        return centre_y + slope * away

    return frame.with_values(frames.along_values(frame.values, frame.ts, work), counts=False)


not_evaluated(REGRESSION, "robust_trend", "trend that outliers move little")
not_evaluated(REGRESSION, "piecewise_constant", "level by level")
