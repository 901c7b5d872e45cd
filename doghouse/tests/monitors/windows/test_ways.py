"""Every quicker way to work out windows gives what the plain way gives, whatever the query."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from monitor_points import T0, Given, source

from doghouse.metrics.memory import MemorySource
from doghouse.monitors.model import Options
from doghouse.monitors.query import Windows, windows
from doghouse.monitors.windows import bands, bucketwise, counting, streams
from doghouse.monitors.windows.anomalies import Reading, reading
from doghouse.monitors.windows.columns import Group, GroupColumn
from doghouse.monitors.windows.evaluation import PLAIN, WAYS, Way, columns_by
from doghouse.queries import MonitorQuery, parse_monitor

REDUCERS = ("avg", "sum", "min", "max")
KEYS = ("", " by {host}", " by {host,device}", " by {device}")
MODIFIERS = (
    *(
        "",
        ".as_count()",
        ".as_rate()",
        ".rollup(sum, 60)",
        ".rollup(max, 60)",
        ".rollup(avg, 300)",
        ".rollup(count, 60)",
    ),
    *(".rollup(60)", ".as_count().rollup(sum, 60)", ".fill(last)", ".fill(zero)"),
)
FUNCTIONS = (
    "abs({})",
    "clamp_min({}, 2)",
    "cumsum({})",
    "per_second({})",
    "default_zero({})",
    "ewma_3({})",
    "diff({})",
)
SPANS = ("last_1m", "last_5m", "last_15m", "last_1h")

metric_queries = st.builds(
    "{}:{}{{*}}{}{}".format,
    st.sampled_from(REDUCERS),
    st.sampled_from(["m", "other"]),
    st.sampled_from(KEYS),
    st.sampled_from(MODIFIERS),
)
expressions = st.recursive(
    metric_queries,
    lambda inner: st.one_of(
        st.builds(lambda function, one: function.format(one), st.sampled_from(FUNCTIONS), inner),
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("({} {} 2)".format, inner, st.sampled_from("+-*/")),
        st.builds("-{}".format, inner),
    ),
    max_leaves=3,
)
heads = st.one_of(
    st.builds("{}({})".format, st.sampled_from(REDUCERS), st.sampled_from((*SPANS, "current_1h"))),
    st.builds(
        "{}({}({}),{})".format,
        st.sampled_from(["change", "pct_change"]),
        st.sampled_from(REDUCERS),
        st.sampled_from(SPANS),
        st.sampled_from(SPANS),
    ),
)
texts = st.builds("{}:{} > 1".format, heads, expressions)
points = st.dictionaries(st.integers(0, 360).map(lambda n: 10 * n), st.integers(-50, 50), max_size=60)
series = st.sampled_from([["gauge", "count", "rate"], ["distribution"]]).flatmap(lambda kinds: st.lists(
    st.builds(
        lambda drawn, metric, kind, host, device: Given(
            drawn, metric, f"h{host}", (f"device:d{device}",) if device else (), kind, 10
        ),
        points, st.sampled_from(["m", "m", "other"]), st.sampled_from(kinds),
        st.integers(0, 1), st.integers(0, 2),
    ),
    max_size=4,
))  # fmt: skip
TICKS = T0 + 60 * np.arange(1, 66, 4)


def judged(columns: Sequence[GroupColumn], over: Windows) -> dict[tuple[Group, int], tuple[float, bool, float | None]]:
    """Value, fullness and recovery value of each window that has a value, by its group and tick."""
    seen = {}
    for column in columns:
        for index in range(len(over.ticks)):
            window = column.window(index)
            if window.has_data:
                assert window.value is not None
                seen[column.group, int(over.ticks[index]) - T0] = (window.value, window.full, window.recovery)
    return seen


def assert_as_plain(
    way: Way, query: MonitorQuery, there: MemorySource, over: Windows, reads: Reading | None = None
) -> None:
    quick = judged(list(columns_by((way, PLAIN), query, there, over, True, reads)), over)
    plain = judged(list(columns_by((PLAIN,), query, there, over, True, reads)), over)
    assert quick.keys() == plain.keys()
    for key, (value, full, recovery) in plain.items():
        assert quick[key][0] == pytest.approx(value, rel=1e-6, abs=1e-6), key
        assert quick[key][2] == recovery, key
        # Fullness is not compared where points are buckets (`.rollup(`) or differences (change): the plain way counts those, `streams` the points themselves.
        if ".rollup(" not in query.text and query.change is None:
            assert quick[key][1] == full, key


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(texts, series, st.sampled_from([0, 45, 60]))
def test_a_quicker_way_gives_what_the_plain_one_gives(text: str, drawn: list[Given], delay: int) -> None:
    query, there = parse_monitor(text), source(*drawn)
    over = windows(Options(evaluation_delay=delay), query, TICKS)
    ways = [way for way in WAYS if way is not PLAIN and (counting.applies(query) or way.applies(query, there, over))]
    assume(ways)

    for way in ways:
        assert_as_plain(way, query, there, over)


def test_whether_gaps_are_interpolated_goes_by_the_types_of_all_series_of_the_query() -> None:
    gauges = [Given({0: 0}, "m", "h0", (), "gauge", 10), Given({10: 1}, "m", "h0", ("device:d1",), "gauge", 10)]
    count = Given({0: 1}, "m", "h1", (), "count", 10)
    query = parse_monitor("avg(last_5m):avg:m{*} by {host}.as_count() > 1")
    over = windows(Options(), query, TICKS)

    for series in (gauges, [*gauges, count]):
        assert_as_plain(streams, query, source(*series), over)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("avg(last_4h):anomalies(avg:m{*}, 'basic', 2, interval=60) >= 1", bands),
        ("avg(last_5m):avg:m{*} by {host} > 1", streams),
        ("pct_change(sum(last_5m),last_5m):sum:m{*}.as_count() > 1", streams),
        ("avg(last_4h):anomalies(avg:m{*}, 'basic', 2, interval=70) >= 1", bands),  # windows cut their last buckets
        ("avg(last_5m):anomalies(avg:m{*}, 'basic', 2, interval=60, alert_window='last_15m') >= 1", PLAIN),
        ("avg(last_4h):anomalies(avg:m{*} - avg:m{*}, 'basic', 2, interval=60) >= 1", PLAIN),
        ("avg(last_5m):avg:m{*}.rollup(max, 60) > 1", streams),
        ("avg(last_5m):sum:m{*}.as_count().rollup(sum, 60) > 1", streams),
        ("avg(last_5m):sum:m{*}.as_count().rollup(max, 60) > 1", PLAIN),
        ("avg(last_1w):sum:m{*}.rollup(sum, daily) > 1", PLAIN),
        ("avg(last_5m):avg:m{*}.fill(zero) > 1", PLAIN),
        ("change(avg(last_5m),last_5m):avg:m{*}.rollup(avg, 60) > 1", streams),
        ("change(avg(last_5m),last_5m):avg:m{*}.rollup(avg, 70) > 1", PLAIN),
        ("change(avg(last_5m),last_5m):avg:m{*} * 2 > 1", PLAIN),
        ("avg(last_5m):avg:m{*} + avg:m{*} > 1", bucketwise),
        ("avg(last_5m):avg:m{*}.rollup(avg, 60) + avg:m{*}.rollup(avg, 30) > 1", PLAIN),
        ("avg(last_5m):abs(avg:m{*}.rollup(avg, 70)) > 1", PLAIN),
        ("avg(last_5m):abs(avg:m{*}.rollup(avg, 60)) > 1", bucketwise),
        ("avg(last_5m):abs(avg:m{*}.as_rate()) > 1", PLAIN),
        ("avg(last_5m):abs(avg:m{*}) * 2 > 1", bucketwise),
        ("avg(last_5m):cumsum(avg:m{*}) > 1", PLAIN),
        ("avg(current_1h):avg:m{*} > 1", PLAIN),
    ],
)
def test_the_first_way_that_applies_is_taken(text: str, first: Way) -> None:
    query, there = parse_monitor(text), source(Given({0: 1}))
    over, reads = windows(Options(), query, TICKS), reading(query, None)

    assert next(way for way in WAYS if way.applies(query, there, over, reads)) is first


def test_a_cumulative_window_that_has_just_begun_is_full_where_it_has_a_point() -> None:
    query, there = parse_monitor("avg(current_1h):avg:m{*} > 1"), source(Given({0: 7}))
    over = windows(Options(), query, T0 + 60 * np.arange(1, 4))

    (column,) = columns_by(WAYS, query, there, over, full=True)

    assert [(column.window(tick).value, column.window(tick).full) for tick in range(3)] == [(7, True)] * 3
