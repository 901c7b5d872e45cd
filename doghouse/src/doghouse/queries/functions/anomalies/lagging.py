"""'basic': a lagging rolling quantile, as its documentation calls it, which knows no seasons (monitors/types/anomaly).

GUESS: the band at t is median ± bounds * 1.4826 * MAD of the points in the trailing window that ends before t.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from doghouse.queries.errors import NotEvaluated
from doghouse.queries.functions.anomalies.medians import MAD_TO_SIGMA, median
from doghouse.queries.functions.interpolation import default_value
from doghouse.queries.functions.later import np

if TYPE_CHECKING:
    from doghouse.metrics.model import Floats, Ints
    from doghouse.queries.evaluation.context import Context
    from doghouse.queries.evaluation.frames import Frame
    from doghouse.queries.functions.anomalies.settings import Settings
    from doghouse.queries.functions.application import Application

WINDOWS = 5  # the trailing window is so many alert windows …
LEAST_BUCKETS = 25  # … and never fewer buckets than this, for long graphs with wide buckets
LEAST_POINTS = 5  # in the trailing window, or there is no band
MOST_CELLS = 5_000_000  # of trailing windows looked at in one step: 40 MB
MOST_CELLS_A_ROW = 50_000_000  # a query that needs more for one group is refused by name


def banded(applied: Application, context: Context, settings: Settings) -> Frame:
    """The query's frame with its band: points before the window are read for it."""
    wide = context.between(context.start - _trailing(settings, context.interval), context.end)
    frame = applied.frame(wide)
    if frame.interval > context.interval:  # the query has a longer rollup of its own
        wide = context.between(context.start - _trailing(settings, frame.interval), context.end)
        frame = applied.frame(wide)
    buckets = wide.buckets(frame.interval, frame.calendar)
    if settings.missing_is_zero and frame.counts:
        frame = _zeros_after_the_first(frame, buckets)
    frame = frame.on(np.union1d(frame.ts, buckets))
    bounds = bands(frame.values, _trailing(settings, frame.interval) // frame.interval, settings.bounds)
    return replace(frame, bounds=bounds)


def _trailing(settings: Settings, interval: int) -> int:
    """The length of the trailing window (s) where buckets have `interval` seconds."""
    return max(WINDOWS * settings.alert_window, LEAST_BUCKETS * interval)


def bands(values: Floats, count: int, bounds: float) -> tuple[Floats, Floats]:
    """The lower and upper bound of each cell from the `count` cells before it in its row, nulls left out; NaN where fewer than LEAST_POINTS are left."""
    if values.shape[1] * count > MOST_CELLS_A_ROW:
        raise NotEvaluated(f"anomalies() over {values.shape[1]} buckets of which each looks back at {count}")
    lower, upper = np.full_like(values, np.nan), np.full_like(values, np.nan)
    rows = max(1, MOST_CELLS // max(1, values.shape[1] * count))
    for first in range(0, len(values), rows):
        part = slice(first, first + rows)
        lower[part], upper[part] = _bands(values[part], count, bounds)
    return lower, upper


def _bands(values: Floats, count: int, bounds: float) -> tuple[Floats, Floats]:
    padded = np.concatenate([np.full((len(values), count), np.nan), values[:, :-1]], axis=1)
    if values.size == 0:
        return values, values
    windows = np.lib.stride_tricks.sliding_window_view(padded, count, axis=1)
    middle = median(windows)
    spread = median(np.abs(windows - middle[..., None])) * MAD_TO_SIGMA * bounds
    enough = np.count_nonzero(~np.isnan(windows), axis=-1) >= LEAST_POINTS
    return np.where(enough, middle - spread, np.nan), np.where(enough, middle + spread, np.nan)


def _zeros_after_the_first(frame: Frame, buckets: Ints) -> Frame:
    """A count's missing buckets as 0, from its first point on (count_default_zero)."""
    if not frame.groups:
        return frame
    filled = default_value(frame, buckets, 0.0, grouped=True)
    began = np.maximum.accumulate(frame.on(filled.ts).points, axis=1)
    return replace(filled, values=np.where(began, filled.values, np.nan), points=began)
