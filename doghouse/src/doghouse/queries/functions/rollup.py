"""Points of a moving stretch of time as one (dashboards/functions/rollup). The modifier `.rollup()` is no function; it stands in `rollups`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doghouse.queries.functions.arguments import QUERY, Parameter, seconds
from doghouse.queries.functions.later import np
from doghouse.queries.functions.nested_queries import summary
from doghouse.queries.functions.registry import Family, function
from doghouse.queries.language.names import LAYER_METHODS
from doghouse.queries.language.spans import positive_seconds

if TYPE_CHECKING:
    from doghouse.metrics.model import Floats, Ints
    from doghouse.queries.evaluation.frames import Frame
    from doghouse.queries.functions.application import Application

ROLLUP = Family("rollup", "dashboards/functions/rollup")


@function(
    ROLLUP,
    "moving_rollup",
    "points of the last seconds as one",
    (
        QUERY,
        seconds(positive_seconds),
        Parameter("method", "text", (*LAYER_METHODS, "median"), optional=True, percentiles=True),
    ),
    takes="call",
)
def moving_rollup(applied: Application) -> Frame:
    """Points before the window count too. GUESS: the page says 'the last X seconds', not 'of the window'; without a method it averages."""
    length, context = int(applied.number(1)), applied.context
    frame = applied.frame(context.between(context.start - length, context.end))
    return moving(frame, length, applied.text(2, "avg").lower()).trimmed(context.start)


def moving(frame: Frame, seconds: int, method: str) -> Frame:
    """At each point of t, the points of the last `seconds` as one. GUESS: those in (t - seconds, t], nulls left out."""
    count = len(frame.ts)
    if count == 0:
        return frame
    first = np.searchsorted(frame.ts, frame.ts - seconds, side="right")
    edges = np.stack([first, np.arange(count) + 1], axis=1).ravel()
    real = ~np.isnan(frame.values)
    counts = _over(np.add, real.astype(np.float64), edges)
    values: Floats
    match method:
        case "min":
            values = _over(np.fmin, frame.values, edges)
        case "max":
            values = _over(np.fmax, frame.values, edges)
        case "count":
            values = counts
        case "sum" | "avg":
            values = _over(np.add, np.where(real, frame.values, 0.0), edges)
            if method == "avg":
                values = values / np.maximum(counts, 1)
        case _:
            windows = zip(first.tolist(), range(1, count + 1), strict=True)
            values = np.stack([summary(frame.values[:, low:high], method) for low, high in windows], axis=1)
    return frame.with_values(np.where(frame.points & (counts > 0), values, np.nan), counts=False)


def _over(function: np.ufunc, values: Floats, edges: Ints) -> Floats:
    """The function over the columns [edges[0], edges[1]), [edges[2], edges[3]), … of each row."""
    padded = np.concatenate([values, np.zeros((len(values), 1))], axis=1)  # reduceat wants every edge inside
    reduced: Floats = function.reduceat(padded, edges, axis=1)[:, ::2]
    return reduced
