"""Every function of a query: its name, what it takes, and whether doghouse evaluates it (docs.datadoghq.com: dashboards/functions).

The parser checks calls against this table, completion suggests from it, and `doghouse coverage` lists it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Kind = Literal["query", "number", "text", "keys"]

LAYER_METHODS = ("avg", "sum", "min", "max", "count", "stddev")
RANKINGS = ("max", "mean", "min", "sum", "last", "l2norm", "area")
SUGAR_COUNTS = (5, 10, 15, 20)
ANOMALY_ALGORITHMS = ("basic", "agile", "robust")
DIRECTIONS = ("above", "below", "both")
OUTLIER_ALGORITHMS = ("DBSCAN", "MAD", "scaledDBSCAN", "scaledMAD")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument: its name, its kind, what a text may be (`percentiles`: p95 and the like too), and whether it may be left out."""

    name: str
    kind: Kind
    choices: tuple[str, ...] = ()
    optional: bool = False
    percentiles: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function: its positional parameters, the named ones it takes, what it does in a few words, and what of it is evaluated."""

    name: str
    family: str
    summary: str
    parameters: tuple[Parameter, ...] = ()
    named: tuple[str, ...] = ()
    evaluated: Literal["yes", "partly", "no"] = "yes"

    @property
    def signature(self) -> str:
        """`clamp_min(query, limit)`."""
        return f"{self.name}({', '.join(f'[{one.name}]' if one.optional else one.name for one in self.parameters)})"


QUERY = Parameter("query", "query")


def _plain(family: str, **functions: str) -> list[Function]:
    return [Function(name, family, summary, (QUERY,)) for name, summary in functions.items()]


def _catalogue() -> dict[str, Function]:
    limit = Parameter("limit", "number")
    keys = Parameter("{key, …}", "keys")
    listed = [
        *_plain("arithmetic", abs="absolute value", log2="logarithm to base 2", log10="logarithm to base 10"),
        *_plain("arithmetic", cumsum="running sum over the window", integral="running sum of seconds times value"),
        *_plain("rate", diff="difference from the point before", monotonic_diff="the same where it is positive"),
        *_plain("rate", derivative="difference per second", per_second="difference per second"),
        *_plain("rate", per_minute="difference per minute", per_hour="difference per hour"),
        *_plain("rate", dt="seconds between points", throughput="value divided by the bucket's seconds"),
        *_plain("timeshift", hour_before="an hour earlier", day_before="a day earlier"),
        *_plain("timeshift", week_before="a week earlier", month_before="four weeks earlier"),
        *_plain("count", count_nonzero="how many groups are not 0", count_not_null="how many groups have a value"),
        *_plain("exclusion", exclude_null="without groups that have N/A among their tags"),
        *_plain("interpolation", default_zero="0 where there is no value"),
        *_plain("count", count_nonzero_finite="the same as count_nonzero"),
        *_plain("smoothing", ewma="the same as ewma_20", median="the same as median_3"),
        *_plain("regression", trend_line="least-squares line"),
        Function("default", "interpolation", "a value where there is none", (QUERY, Parameter("value", "number"))),
        *(
            Function(f"ewma_{n}", "smoothing", f"exponential average over {n} points", (QUERY,))
            for n in (1, 3, 5, 7, 10, 20)
        ),
        *(Function(f"median_{n}", "smoothing", f"median of the last {n} points", (QUERY,)) for n in (3, 5, 7, 9)),
        *(Function(f"rollingavg_{n}", "smoothing", f"mean of the last {n} points", (QUERY,)) for n in (5, 13, 21, 29)),
        Function("autosmooth", "smoothing", "smoothing that chooses its span", (QUERY,), evaluated="no"),
        Function("robust_trend", "regression", "trend that outliers move little", (QUERY,), evaluated="no"),
        Function("piecewise_constant", "regression", "level by level", (QUERY,), evaluated="no"),
        Function("clamp_min", "exclusion", "values below the limit become the limit", (QUERY, limit)),
        Function("clamp_max", "exclusion", "values above the limit become the limit", (QUERY, limit)),
        Function("cutoff_min", "exclusion", "values below the limit are dropped", (QUERY, limit)),
        Function("cutoff_max", "exclusion", "values above the limit are dropped", (QUERY, limit)),
        Function(
            "timeshift", "timeshift", "moved by seconds (negative: earlier)", (QUERY, Parameter("seconds", "number"))
        ),
        Function(
            "calendar_shift",
            "timeshift",
            "moved by calendar days, weeks or months",
            (QUERY, Parameter("shift", "text"), Parameter("time zone", "text", optional=True)),
        ),
        Function(
            "moving_rollup",
            "rollup",
            "points of the last seconds as one",
            (
                QUERY,
                Parameter("seconds", "number"),
                Parameter("method", "text", (*LAYER_METHODS, "median"), optional=True, percentiles=True),
            ),
        ),
        Function(
            "rollup",
            "nested queries",
            "the query's points once more as one a bucket",
            (QUERY, Parameter("method", "text", LAYER_METHODS, percentiles=True), Parameter("seconds", "number")),
        ),
        *(
            Function(name, "nested queries", f"the query's groups once more by fewer keys: {said}", (QUERY, keys))
            for name, said in {
                **dict.fromkeys(("avg", "sum", "min", "max"), "one value of each bucket's"),
                "stddev": "their spread",
            }.items()
        ),
        Function(
            "percentile",
            "nested queries",
            "the query's groups once more by fewer keys: a percentile",
            (QUERY, Parameter("percentile", "text", ("p95",), percentiles=True), keys),
        ),
        Function(
            "pow",
            "arithmetic",
            "the first to the power of the second; either may be a number",
            (Parameter("base", "query"), Parameter("exponent", "query")),
        ),
        Function("is_greater", "nested queries", "1 where a value is above the limit, else 0", (QUERY, limit)),
        Function("is_less", "nested queries", "1 where a value is below the limit, else 0", (QUERY, limit)),
        Function(
            "is_between",
            "nested queries",
            "1 where a value is between the limits, else 0",
            (QUERY, Parameter("lower limit", "number"), Parameter("upper limit", "number")),
        ),
        Function(
            "top",
            "rank",
            "the first groups by a ranking",
            (
                QUERY,
                Parameter("count", "number"),
                Parameter("by", "text", RANKINGS),
                Parameter("order", "text", ("asc", "desc")),
            ),
        ),
        Function(
            "anomalies",
            "algorithms",
            "band of expected values",
            (QUERY, Parameter("algorithm", "text", ANOMALY_ALGORITHMS), Parameter("bounds", "number")),
            ("direction", "alert_window", "interval", "count_default_zero", "seasonality", "timezone"),
            "partly",
        ),
        Function(
            "outliers",
            "algorithms",
            "groups that behave unlike the others",
            (
                QUERY,
                Parameter("algorithm", "text", OUTLIER_ALGORITHMS),
                Parameter("tolerance", "number"),
                Parameter("percent", "number", optional=True),
            ),
            evaluated="no",
        ),
        Function(
            "forecast",
            "algorithms",
            "where the series is going",
            (QUERY, Parameter("algorithm", "text", ("linear", "seasonal")), Parameter("deviations", "number")),
            ("interval", "history", "model", "seasonality", "timezone"),
            "no",
        ),
        *(
            Function(f"{end}{n}_{by}", "rank", f"{end}({n}, {by})", (QUERY,))
            for end in ("top", "bottom")
            for n in SUGAR_COUNTS
            for by in RANKINGS
        ),
    ]
    return {one.name: one for one in listed}


@lru_cache(maxsize=1)
def catalogue() -> dict[str, Function]:
    """Every known function by its name."""
    return _catalogue()


_SUGAR = re.compile(r"(top|bottom)(\d+)_(\w+)")


def sugar(name: str) -> tuple[int, str, str] | None:
    """`bottom10_min` → (10, "min", "asc"); None where the name is not of that form."""
    match = _SUGAR.fullmatch(name)
    return (int(match[2]), match[3], "desc" if match[1] == "top" else "asc") if match else None
