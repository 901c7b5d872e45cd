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
    frame, wide = _read(applied, context, settings, context.interval)
    if frame.interval > context.interval:  # the query has a longer rollup of its own
        frame, wide = _read(applied, context, settings, frame.interval)
    trailing = _trailing(settings, frame.interval)
    if settings.missing_is_zero and frame.counts:
        frame = _with_zeros(frame, wide.buckets(frame.interval, frame.calendar), trailing // frame.interval)
    buckets = context.between(context.start - trailing, context.end).buckets(frame.interval, frame.calendar)
    frame = frame.on(np.union1d(frame.ts[frame.ts >= buckets[0]], buckets))
    return replace(frame, bounds=bands(frame.values, trailing // frame.interval, settings.bounds))


def _read(applied: Application, context: Context, settings: Settings, interval: int) -> tuple[Frame, Context]:
    """The query's frame from the trailing window's length before the context, or twice that to know whether a count had begun; and its context."""
    before = _trailing(settings, interval) * (2 if settings.missing_is_zero else 1)
    wide = context.between(context.start - before, context.end)
    return applied.frame(wide), wide


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


def _with_zeros(frame: Frame, buckets: Ints, count: int) -> Frame:
    """A count's missing buckets as 0 where one of the `count` before had a point (count_default_zero; GUESS: how long), however much before them was read."""
    if not frame.groups:
        return frame
    filled = default_value(frame, buckets, 0.0, grouped=True)
    so_far = np.cumsum(frame.on(filled.ts).points, axis=1)
    before = np.pad(so_far, ((0, 0), (count + 1, 0)))[:, : so_far.shape[1]]
    known = so_far > before
    return replace(filled, values=np.where(known, filled.values, np.nan), points=known)
