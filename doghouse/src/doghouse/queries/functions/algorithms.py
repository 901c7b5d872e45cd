"""anomalies(query, algorithm, bounds): the band in which values are expected (monitors/types/anomaly); outliers() and forecast() are refused by name.

Datadog's algorithms are not published. What doghouse takes for them (`anomalies/`) is a GUESS, and named an approximation in every answer. Its precision
and recall are measured (docs/fidelity-anomalies.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from doghouse.queries.functions.anomalies import ALGORITHMS as ANOMALY_ALGORITHMS
from doghouse.queries.functions.anomalies.settings import DIRECTIONS, FUNCTION, SEASONS, Settings, settings_of
from doghouse.queries.functions.arguments import QUERY, Check, Parameter
from doghouse.queries.functions.later import np
from doghouse.queries.functions.registry import Family, function, not_evaluated
from doghouse.queries.language.names import unknown
from doghouse.queries.language.rollups import custom_interval
from doghouse.time.zones import is_zone, spelled

if TYPE_CHECKING:
    from doghouse.queries.evaluation.frames import Frame
    from doghouse.queries.functions.application import Application

ALGORITHMS = Family("algorithms", "dashboards/functions/algorithms")
# Their value at a time depends on where the window begins, so that history is no baseline for it (monitors/types/anomaly, FAQ; monitors/types/forecasts).
OF_THE_WINDOW = ("cumsum", "integral", "outliers", "piecewise_constant", "robust_trend", "trend_line")
OUTLIER_ALGORITHMS = ("DBSCAN", "MAD", "scaledDBSCAN", "scaledMAD")


def _above_zero(function: str, value: float | str) -> str | None:
    return f"{function}() takes bounds above 0, as 2; {value:g} given" if float(value) <= 0 else None


def _among(what: str, known: Iterable[str]) -> Check:
    def check(function: str, value: float | str) -> str | None:
        text = value if isinstance(value, str) else f"{value:g}"
        return f"{function}(): {unknown(what, text, known)}" if text.lower() not in known else None

    return check


def _check_zone(function: str, value: float | str) -> str | None:
    known = isinstance(value, str) and is_zone(spelled(value))
    return None if known else f"{function}(): '{value}' is no time zone of the IANA database, as 'Europe/Paris' is"


@function(
    ALGORITHMS,
    FUNCTION,
    "band of expected values",
    (
        QUERY,
        Parameter("algorithm", "text", tuple(ANOMALY_ALGORITHMS)),
        Parameter("bounds", "number", check=_above_zero),
    ),
    named=(
        Parameter("direction", "any", check=_among("direction", DIRECTIONS)),
        Parameter("alert_window", "length"),
        Parameter("interval", "length"),
        Parameter("count_default_zero", "any", check=_among("count_default_zero", ("true", "false"))),
        Parameter("seasonality", "any", check=_among("seasonality", SEASONS)),
        Parameter("timezone", "any", check=_check_zone),
    ),
    partly="an approximation: see fidelity-anomalies.md",
    takes="call",
    refused_inside=OF_THE_WINDOW,
)
def anomalies(applied: Application) -> Frame:
    """The frame of the query inside with its band: points before the window are read for it."""
    context, settings = applied.context, settings_of(applied.call)
    assert settings is not None
    if settings.interval is not None:
        context = replace(context, interval=custom_interval(settings.interval, context.span, context.max_points))
    frame = ANOMALY_ALGORITHMS[settings.algorithm](applied, context, settings)
    return replace(frame, approximate=_words(frame, settings)).trimmed(context.start)


def _words(frame: Frame, settings: Settings) -> str:
    """That the band is an approximation; and what it lacks, where there is none at all."""
    bare = frame.bounds is not None and frame.points.any() and np.isnan(frame.bounds[0]).all()
    lacks = f"; no band: it needs {settings.needs} of points before" if bare and settings.needs else ""
    return settings.approximation + lacks


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
    refused_inside=(FUNCTION, *OF_THE_WINDOW),
)
