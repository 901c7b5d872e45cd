"""Functions of one frame and plain arguments, by name. Those that need the query or the window itself stand in `engine`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from doghouse.queries.frames import Frame
from doghouse.queries.library import pointwise, ranking, rates, smoothing

FRAME_FUNCTIONS: dict[str, Callable[..., Frame]] = {
    "abs": pointwise.absolute,
    "log2": pointwise.log2,
    "log10": pointwise.log10,
    "clamp_min": pointwise.clamp_min,
    "clamp_max": pointwise.clamp_max,
    "cutoff_min": pointwise.cutoff_min,
    "cutoff_max": pointwise.cutoff_max,
    "throughput": pointwise.throughput,
    "cumsum": pointwise.cumsum,
    "integral": pointwise.integral,
    "dt": rates.dt,
    "ewma": partial(smoothing.ewma, span=20),
    **{f"ewma_{span}": partial(smoothing.ewma, span=span) for span in (1, 3, 5, 7, 10, 20)},
    "median": partial(smoothing.median, span=3),
    **{f"median_{span}": partial(smoothing.median, span=span) for span in (3, 5, 7, 9)},
    **{f"rollingavg_{span}": partial(smoothing.rolling_average, span=span) for span in (5, 13, 21, 29)},
    "trend_line": smoothing.trend_line,
    "is_greater": pointwise.is_greater,
    "is_less": pointwise.is_less,
    "is_between": pointwise.is_between,
    "exclude_null": ranking.exclude_null,
    "count_nonzero": ranking.count_nonzero,
    "count_nonzero_finite": ranking.count_nonzero,
    "count_not_null": ranking.count_not_null,
}
