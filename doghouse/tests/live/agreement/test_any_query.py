"""Whatever the query: live loop, backtest and unit test make the same of it, and what the API would not store none of them evaluates."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from doghouse import monitors as mon
from doghouse.metrics.model import MetricType
from doghouse.monitors.validation import validate
from doghouse.queries import NotEvaluated

from .test_metrics import CONDITIONS, MESSAGES, OPTIONS, agree, body_of, samples

SPANS = ("last_1m", "last_2m", "last_5m", "last_15m")
AGGREGATORS = ("avg", "sum", "min", "max")
SCOPES = ("{*}", "{zone:x}", "{!host:a}", "{host IN (a,b)}", "{zone:x OR host:c}", "{host:a*}")
GROUPINGS = ("", " by {host}", " by {zone}", " by {host,zone}")
MODIFIERS = (
    *(
        "",
        "",
        ".as_count()",
        ".as_rate()",
        ".weighted()",
        ".fill(last)",
        ".fill(zero)",
        ".fill(null)",
        ".fill(linear, 120)",
    ),
    *(
        ".rollup(sum, 120)",
        ".rollup(max, 60)",
        ".rollup(avg, 300)",
        ".rollup(count, 60)",
        ".as_count().rollup(sum, 120)",
    ),
)
FUNCTIONS = (
    *(
        "abs({})",
        "default_zero({})",
        "exclude_null({})",
        "clamp_max({}, 90)",
        "cutoff_min({}, 50)",
        "count_nonzero({})",
    ),
    *("derivative({})", "per_minute({})", "monotonic_diff({})", "dt({})", "cumsum({})", "integral({})", "log2({})"),
    *("moving_rollup({}, 120, 'max')", "ewma_3({})", "median_3({})", "timeshift({}, -300)", "hour_before({})"),
    *(
        "top({}, 1, 'max', 'desc')",
        "trend_line({})",
        "robust_trend({})",
        "forecast({}, 'linear', 1)",
        "outliers({}, 'MAD', 3)",
    ),
    "anomalies({}, 'basic', 2)",
)
OPERATIONS = ("{} + {}", "{} / {}", "({} - {}) * 2", "100 * {} / ({} + 1)")

metric_queries = st.builds(
    "{}:m{}{}{}".format,
    st.sampled_from(AGGREGATORS),
    st.sampled_from(SCOPES),
    st.sampled_from(GROUPINGS),
    st.sampled_from(MODIFIERS),
)
expressions = st.recursive(
    metric_queries,
    lambda inner: st.one_of(
        st.builds(str.format, st.sampled_from(FUNCTIONS), inner),
        st.builds(str.format, st.sampled_from(OPERATIONS), inner, inner),
    ),
    max_leaves=2,
)
heads = st.one_of(
    st.builds("{}({})".format, st.sampled_from(AGGREGATORS), st.sampled_from(SPANS)),
    st.builds(
        "{}({}({}),{})".format,
        st.sampled_from(["change", "pct_change"]),
        st.sampled_from(AGGREGATORS),
        st.sampled_from(SPANS),
        st.sampled_from(SPANS),
    ),
)
queries = st.builds("{}:{}".format, heads, expressions)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@example(
    "avg(last_5m):default_zero(avg:m{*} by {host})", CONDITIONS[2], OPTIONS[0], [[100.0] * 5 + [None] * 20], "gauge"
)
@example(
    "pct_change(sum(last_5m),last_5m):sum:m{*}.as_count()",
    CONDITIONS[0],
    OPTIONS[0],
    [[60.0] * 9 + [100.0] * 9],
    "gauge",
)
@example("sum(last_15m):sum:m{*}.as_count().rollup(sum, 300)", CONDITIONS[2], OPTIONS[5], [[1.0] * 40], "count")
@example("avg(last_1m):avg:m{*}.rollup(avg, 300)", CONDITIONS[3], OPTIONS[0], [[None, None, 0.0]], "gauge")
@example(
    "change(avg(last_5m),last_1m):avg:m{*}.rollup(avg, 300)",
    CONDITIONS[2],
    OPTIONS[1],
    [[0.0, None, None, None, None, None, 0.0]],
    "gauge",
)
@example(
    "sum(last_2m):100 * sum:m{*} by {host}.as_count() / (sum:m{*}.as_count() + 1)",
    CONDITIONS[2],
    OPTIONS[1],
    [[None, None, 60.0, 60.0] + [None] * 20, [60.0] * 30],
    "count",
)
@given(
    queries,
    st.sampled_from(CONDITIONS),
    st.sampled_from(OPTIONS),
    st.lists(samples, min_size=1, max_size=3),
    st.sampled_from(["gauge", "count", "rate"]),
)
def test_any_documented_query_does_the_same_live_in_a_backtest_and_in_a_unit_test(
    tmp_path_factory: pytest.TempPathFactory,
    query: str,
    condition: tuple[str, dict[str, float]],
    options: dict[str, Any],
    series: list[list[float | None]],
    kind: MetricType,
) -> None:
    body = body_of(query, condition, MESSAGES[0], **options)
    try:
        monitor = validate(body)
    except mon.MonitorError:
        assume(False)
    assume(not monitor.why_unevaluated())
    try:
        agree(tmp_path_factory.mktemp("live"), series, [], body, [], 40, kind)
    except NotEvaluated:  # of points of this type
        assume(False)
