"""anomalies(query, 'basic', bounds): the band in which values are expected (monitors/types/anomaly); outliers() and forecast() are refused by name.

Datadog's algorithms are not published; of 'basic' it says that it is a lagging rolling quantile. GUESS, and named an approximation in every answer:
the band at t is median ± bounds * 1.4826 * MAD of the points in the trailing window that ends before t. Its precision and recall are measured
(docs/fidelity-anomalies.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from doghouse.queries.errors import NotEvaluated
from doghouse.queries.functions.arguments import QUERY, Parameter
from doghouse.queries.functions.interpolation import default_value
from doghouse.queries.functions.later import np
from doghouse.queries.functions.registry import Family, function, not_evaluated
from doghouse.queries.language.names import unknown
from doghouse.queries.language.rollups import custom_interval
from doghouse.queries.language.spans import length_seconds

if TYPE_CHECKING:
    from doghouse.metrics.model import Floats, Ints
    from doghouse.queries.evaluation.frames import Frame
    from doghouse.queries.functions.application import Application

ALGORITHMS = Family("algorithms", "dashboards/functions/algorithms")
ANOMALY_ALGORITHMS = ("basic", "agile", "robust")
DIRECTIONS = ("above", "below", "both")
OUTLIER_ALGORITHMS = ("DBSCAN", "MAD", "scaledDBSCAN", "scaledMAD")
APPROXIMATION = "anomalies 'basic' is an approximation: the original algorithm is not published"
ALERT_WINDOW_S = 900  # where the call has none, as in graphs
WINDOWS = 5  # the trailing window is so many alert windows …
LEAST_BUCKETS = 25  # … and never fewer buckets than this, for long graphs with wide buckets
LEAST_POINTS = 5  # in the trailing window, or there is no band
MOST_CELLS = 5_000_000  # of trailing windows looked at in one step: 40 MB
MOST_CELLS_A_ROW = 50_000_000  # a query that needs more for one group is refused by name
MAD_TO_SIGMA = 1.4826  # makes the median absolute deviation of a normal distribution its standard deviation


@dataclass(frozen=True, slots=True)
class Settings:
    """What a call says: the band's width in deviations, the alert window and bucket (s; None: the default), whether a missing count is 0."""

    bounds: float
    alert_window: int = ALERT_WINDOW_S
    interval: int | None = None
    missing_is_zero: bool = False

    @classmethod
    def of(cls, bounds: float, named: Mapping[str, float | str]) -> Settings:
        """From a call's bounds and named arguments, which the parser has checked. `seasonality`, `timezone` and `direction` do not touch the band."""
        window, interval = named.get("alert_window"), named.get("interval")
        return cls(
            bounds,
            length_seconds(_digits(window)) if window else ALERT_WINDOW_S,
            length_seconds(_digits(interval)) if interval else None,
            str(named.get("count_default_zero", "")).lower() == "true",
        )


def _digits(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _above_zero(function: str, value: float | str) -> str | None:
    return f"{function}() takes bounds above 0, as 2; {value:g} given" if float(value) <= 0 else None


def _check_direction(function: str, value: float | str) -> str | None:
    wrong = isinstance(value, str) and value not in DIRECTIONS
    return f"{function}(): {unknown('direction', str(value), DIRECTIONS)}" if wrong else None


@function(
    ALGORITHMS,
    "anomalies",
    "band of expected values",
    (QUERY, Parameter("algorithm", "text", ANOMALY_ALGORITHMS), Parameter("bounds", "number", check=_above_zero)),
    named=(
        Parameter("direction", "any", check=_check_direction),
        Parameter("alert_window", "length"),
        Parameter("interval", "length"),
        Parameter("count_default_zero", "any"),
        Parameter("seasonality", "any"),
        Parameter("timezone", "any"),
    ),
    partly="an approximation: see fidelity-anomalies.md",
    takes="call",
)
def anomalies(applied: Application) -> Frame:
    """The frame of the query inside with its band: points before the window are read for it."""
    algorithm = applied.text(1, "basic").lower()
    if algorithm != "basic":
        raise NotEvaluated(f"anomalies() with the algorithm '{algorithm}', which is not published")
    context, settings = applied.context, Settings.of(applied.number(2), applied.named())
    if settings.interval is not None:
        context = replace(context, interval=custom_interval(settings.interval, context.span, context.max_points))
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
    shown = replace(frame, bounds=bounds, approximate=APPROXIMATION)
    return shown.trimmed(context.start)


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


def median(windows: Floats) -> Floats:
    """The median along the last axis, NaN left out; NaN where there is nothing else."""
    ordered = np.sort(windows, axis=-1)  # NaN sorts last
    count = np.count_nonzero(~np.isnan(windows), axis=-1)[..., None]
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=-1)
    high = np.take_along_axis(ordered, np.minimum(count // 2, ordered.shape[-1] - 1), axis=-1)
    middle: Floats = np.where(count > 0, (low + high) / 2, np.nan)[..., 0]
    return middle


def _zeros_after_the_first(frame: Frame, buckets: Ints) -> Frame:
    """A count's missing buckets as 0, from its first point on (count_default_zero)."""
    if not frame.groups:
        return frame
    filled = default_value(frame, buckets, 0.0, grouped=True)
    began = np.maximum.accumulate(frame.on(filled.ts).points, axis=1)
    return replace(filled, values=np.where(began, filled.values, np.nan), points=began)


not_evaluated(
    ALGORITHMS,
    "outliers",
    "groups that behave unlike the others",
    (
        QUERY,
        Parameter("algorithm", "text", OUTLIER_ALGORITHMS),
        Parameter("tolerance", "number"),
        Parameter("percent", "number", optional=True),
    ),
)
not_evaluated(
    ALGORITHMS,
    "forecast",
    "where the series is going",
    (QUERY, Parameter("algorithm", "text", ("linear", "seasonal")), Parameter("deviations", "number")),
    tuple(Parameter(name, "any") for name in ("interval", "history", "model", "seasonality", "timezone")),
)
