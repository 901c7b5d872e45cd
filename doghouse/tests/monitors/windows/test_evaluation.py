"""Windows over points: one tick is what the columns say, to the bit, and both are what adding up by hand gives."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from monitor_points import T0, Given, at, minutely, monitor, source, values

from doghouse import monitors
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Ints
from doghouse.monitors import Definition
from doghouse.monitors.kinds.metric import metric_query
from doghouse.monitors.query import windows
from doghouse.monitors.windows import pointwise
from doghouse.queries import NotEvaluated

points = st.dictionaries(st.integers(0, 7200), st.floats(-1e6, 1e6, width=32), max_size=120)
queries = st.sampled_from(
    [
        "avg(last_5m):avg:m{*} > 1",
        "sum(last_5m):avg:m{*} by {host} > 1",
        "min(last_10m):avg:m{*} > 1",
        "max(last_7m):max:m{*} > 1",
        "avg(last_1h):avg:m{*}.rollup(max, 60) > 1",
        "avg(last_1h):avg:m{*}.rollup(sum, 600) > 1",
        "sum(last_15m):sum:m{*}.as_count() > 1",
        "max(last_30m):avg:m{*}.rollup(count, 300) > 1",
        "change(avg(last_5m),last_5m):avg:m{*} > 1",
        "pct_change(max(last_10m),last_15m):avg:m{*} > 1",
        "change(sum(last_10m),last_15m):sum:m{*}.as_count() > 1",
        "avg(last_5m):abs(avg:m{*}) * 2 - avg:m{*} > 1",
        "max(last_1h):clamp_min(avg:m{*} by {host}.rollup(sum, 60), 3) > 1",
        "avg(last_5m):per_second(avg:m{*}) > 1",
    ]
)


def assert_each_tick_alone_is_the_same(checked: Definition, there: MemorySource, ticks: Ints) -> None:
    columns = {column.group: column for column in monitors.evaluate_range(checked, there, ticks)}
    for index in range(0, len(ticks), 7):
        alone = monitors.evaluate(checked, there, int(ticks[index]))
        among = {group: column.window(index) for group, column in columns.items()}
        assert alone == {group: window for group, window in among.items() if window.has_data}


@settings(max_examples=150, deadline=None)
@given(queries, points, st.sampled_from([0, 45, 60, 900]), st.sampled_from(["gauge", "count"]))
@example("pct_change(max(last_10m),last_15m):avg:m{*} > 1", {0: 1.0, 245: 1.0, 360: 0.0, 1146: 0.0}, 0, "gauge")
def test_a_tick_by_itself_has_the_same_value_to_the_bit(
    query: str, drawn: dict[int, float], delay: int, kind: str
) -> None:
    checked = monitor(query, evaluation_delay=delay, require_full_window=True)
    there = source(Given(drawn, host="a", type=kind, interval=10))
    ticks = T0 + 60 * np.arange(1, 140)

    assert_each_tick_alone_is_the_same(checked, there, ticks)


def test_ticks_that_are_not_evenly_spaced_have_their_own_windows() -> None:
    checked = monitor("avg(last_2m):avg:m{*} > 1")
    there = source(minutely(range(10)))
    ticks = T0 + 60 * np.array([2, 4, 5, 8])  # as far apart as four even ones, with the first step twice a minute

    (column,) = monitors.evaluate_range(checked, there, ticks)

    assert column.values.tolist() == [0.5, 2.5, 3.5, 6.5]


@settings(max_examples=150, deadline=None)
@given(
    points,
    st.sampled_from(["avg", "sum", "min", "max"]),
    st.sampled_from(["avg", "sum", "min", "max", "count", "last"]),
    st.sampled_from([1, 20, 60, 90, 600]),
    st.sampled_from([0, 17, 120]),
)
def test_windows_are_what_reducing_them_by_hand_gives(
    drawn: dict[int, float], how: str, method: str, bucket: int, delay: int
) -> None:
    checked = monitor(f"{how}(last_20m):avg:m{{*}}.rollup({method}, {bucket}) > 1", evaluation_delay=delay)
    ticks = T0 + 60 * np.arange(1, 140, 3)

    columns = list(monitors.evaluate_range(checked, source(Given(drawn)), ticks))

    got = columns[0].values.tolist() if columns else [math.nan] * len(ticks)
    expected = [by_hand(drawn, how, method, bucket, int(tick) - delay, int(tick)) for tick in ticks]
    assert got == pytest.approx(expected, rel=1e-9, abs=1e-3, nan_ok=True)


def by_hand(drawn: dict[int, float], how: str, method: str, bucket: int, end: int, now: int) -> float:
    """A window of 20 minutes as the rules say it: buckets aligned to 1970 that start in the window, of the points that there are at the tick."""
    buckets: dict[int, list[float]] = {}
    for offset, value in sorted(drawn.items()):
        begin = (T0 + offset) // bucket * bucket
        if end - 1200 <= begin < end and T0 + offset < now:
            buckets.setdefault(begin, []).append(value)
    return reduce(how, [reduce(method, inside) for inside in buckets.values()])


def reduce(how: str, numbers: Sequence[float]) -> float:
    if not numbers:
        return math.nan
    match how:
        case "avg":
            return math.fsum(numbers) / len(numbers)
        case "sum":
            return math.fsum(numbers)
        case "count":
            return len(numbers)
        case "last":
            return numbers[-1]
    return min(numbers) if how == "min" else max(numbers)


def test_a_point_at_the_windows_end_is_not_in_it_and_one_at_its_start_is() -> None:
    assert values(monitor("avg(last_1m):avg:m{*} > 1"), Given({60: 7.0}), until=3)[:2] == pytest.approx(
        [math.nan, 7.0], nan_ok=True
    )


def test_groups_are_the_tags_that_it_groups_by() -> None:
    given = (minutely([1, 1], host="a", tags=("env:prod",)), minutely([2, 2], host="b"), minutely([3, 3]))
    checked = monitor("avg(last_5m):avg:m{*} by {host,env} > 1")

    found = monitors.evaluate(checked, source(*given, hosts={"b": ["env:dev"]}), at("10:02"))

    assert {group: window.value for group, window in found.items()} == {
        (("host", "a"), ("env", "prod")): 1,
        (("host", "b"), ("env", "dev")): 2,
    }  # and no N/A group for the series that has neither


def test_a_filter_takes_only_what_it_says() -> None:
    given = (minutely([1], host="a"), minutely([2], host="b"))

    assert values(monitor("avg(last_5m):avg:m{host:b} > 1"), *given, until=1) == [2]


def test_a_change_of_a_summed_gauge_still_compares_point_by_point() -> None:
    given = minutely([1] * 5 + [4] * 4)

    found = values(monitor("change(sum(last_5m),last_5m):sum:m{*}.rollup(sum, 60) > 1"), given, until=10)

    assert found[8] == 3 * 4  # four points that have one five minutes before, each three more


def test_a_rate_counts_its_value_times_its_submission_interval() -> None:
    given = Given({10 * k: 0.5 for k in range(6)}, type="rate", interval=10)

    assert values(monitor("sum(last_1m):sum:m{*}.as_count() > 1"), given, until=1) == [30]


def test_a_group_that_only_another_series_has_is_told_apart_from_one_that_needs_combining() -> None:
    given = (
        minutely([1] * 3, host="a", tags=("device:x",)),
        minutely([3] * 3, host="a", tags=("device:y",)),
        minutely([9] * 3, host="b", tags=("device:x",)),
    )
    found = monitors.evaluate(monitor("avg(last_5m):avg:m{*} by {host} > 1"), source(*given), at("10:03"))

    assert {dict(group)["host"]: window.value for group, window in found.items()} == {"a": 2, "b": 9}


def test_a_change_of_counts_compares_the_totals() -> None:
    given = minutely([1] * 5 + [4] * 5, type="count", interval=60)

    assert values(monitor("change(sum(last_5m),last_5m):sum:m{*}.as_count() > 1"), given, until=10)[9] == 15


def test_a_change_of_a_gauge_that_is_asked_for_as_counts_compares_the_totals_too() -> None:
    given = minutely([10] * 5 + [8] * 5, metric="job.rows", type="gauge")
    query = "pct_change(sum(last_5m),last_5m):sum:job.rows{*}.as_count() < -50"

    assert values(monitor(query), given, until=10)[9] == -20


@settings(max_examples=100, deadline=None)
@given(
    points,
    st.sampled_from(["change", "pct_change"]),
    st.sampled_from(["avg", "sum", "min", "max"]),
    st.sampled_from(["gauge", "count"]),
    st.sampled_from(["", ".as_count()"]),
)
@example({0: 1.0, 60: 0.0, 360: 0.0, 960: 0.0}, "pct_change", "avg", "gauge", "")  # a pair that compares with 0
def test_a_change_in_columns_is_that_point_by_point(
    drawn: dict[int, float], change: str, how: str, kind: str, modifier: str
) -> None:
    checked = monitor(f"{change}({how}(last_10m),last_15m):sum:m{{*}}{modifier} > 1")
    there = source(Given(drawn, type=kind, interval=10))
    ticks = T0 + 60 * np.arange(1, 140, 5)
    query = metric_query(checked)

    fast = {c.group: c.values for c in monitors.evaluate_range(checked, there, ticks)}
    over = windows(checked.options, query, ticks)
    slow = {c.group: c.values for c in pointwise.columns(query, there, over, False)}

    for group, column in slow.items():
        assert fast[group].tolist() == pytest.approx(column.tolist(), rel=1e-6, abs=1e-3, nan_ok=True)


def test_default_zero_counts_an_empty_window_as_zero() -> None:
    assert values(monitor("avg(last_5m):default_zero(avg:m{*}) < 1"), minutely([5.0]), until=20)[19] == 0


def test_a_ratio_of_gauges_is_taken_point_by_point() -> None:
    given = (minutely([10, 20], metric="a"), minutely([2, 5], metric="b"))

    assert values(monitor("avg(last_5m):avg:a{*} / avg:b{*} > 1"), *given, until=2) == [5, 4.5]


def test_a_count_ratio_by_group_takes_an_ungrouped_divisor_for_each() -> None:
    given = (
        minutely([2] * 5, metric="e", host="a", type="count", interval=60),
        minutely([4] * 5, metric="e", host="b", type="count", interval=60),
        minutely([10] * 5, metric="t", type="count", interval=60),
    )
    checked = monitor("sum(last_5m):sum:e{*} by {host}.as_count() / sum:t{*}.as_count() * 100 > 1")

    found = monitors.evaluate(checked, source(*given), at("10:05"))

    assert {dict(group)["host"]: window.value for group, window in found.items()} == {"a": 20, "b": 40}


def test_a_count_that_is_silent_is_zero_beside_one_that_is_not() -> None:
    given = (minutely([10] * 5, metric="t", type="count", interval=60),)
    checked = monitor("sum(last_5m):sum:e{*}.as_count() / sum:t{*}.as_count() > 1")

    assert values(checked, *given, until=5)[4] == 0


@pytest.mark.parametrize(
    "query",
    [
        "avg(last_5m):avg:m{*} by {*} > 1",
        "percentile(last_5m):p95:m{*} > 1",  # which is no distribution
        "avg(last_5m):outliers(avg:m{*}, 'dbscan', 2) > 1",
    ],
)
def test_what_is_not_evaluated_says_so(query: str) -> None:
    with pytest.raises(NotEvaluated):
        list(monitors.evaluate_range(monitor(query), source(minutely([1.0])), np.array([at("10:05")])))


@pytest.mark.parametrize(
    ("schedule", "what"),
    [
        ({"x": 1}, "a list of recurrences"),
        ({"recurrences": [{"rrule": "FREQ=MINUTELY"}]}, "FREQ=MINUTELY is not supported"),
        ({"recurrences": [{"rrule": "FREQ=DAILY;BYMINUTE=61"}]}, "BYMINUTE=61"),
        ({"recurrences": [{"rrule": "FREQ=DAILY", "timezone": "Berlin"}]}, "Berlin"),
        ({"recurrences": [{"rrule": "FREQ=DAILY", "start": "soon"}]}, "soon"),
    ],
)
def test_a_custom_schedule_that_cannot_be_read_is_not_evaluated(schedule: dict[str, Any], what: str) -> None:
    scheduled = monitor("avg(last_5m):avg:m{*} > 1", scheduling_options={"custom_schedule": schedule})

    with pytest.raises(NotEvaluated, match=what):
        monitors.evaluate(scheduled, source(minutely([1.0])), at("10:05"))


def test_ticks_lie_on_whole_minutes_after_the_start_and_up_to_the_end() -> None:
    ticks = monitors.ticks_of(monitor("avg(last_5m):avg:m{*} > 1"), T0 + 1, T0 + 180)

    assert ticks.tolist() == [T0 + 60, T0 + 120, T0 + 180]
    assert len(monitors.ticks_of(monitor("avg(last_5m):avg:m{*} > 1"), T0, T0 + 7200)) == 120


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("avg:m{*} by {*}", "by {*}"),
        ("avg:m{*}.weighted()", ".weighted() of anything but a sum"),
        ("max(avg:m{*} by {host}, {az})", "max() by 'az', which its query does not group by"),
        ("percentile(avg(m{*} by {host,az}, {az}), 'p95', {host})", "percentile() by 'host'"),
        ("top(anomalies(avg:m{*} by {host}, 'basic', 2), 5, 'mean', 'desc')", "anomalies() inside another function"),
        ("anomalies(avg:m{*}, 'basic', 2) + 1", "anomalies() inside another function, or in arithmetic"),
    ],
)
def test_what_is_never_evaluated_is_known_without_any_series(query: str, what: str) -> None:
    assert what in monitor(f"avg(last_5m):{query} > 1").why_unevaluated()


def test_layers_of_aggregation_by_what_there_is_are_evaluated() -> None:
    for query in ("sum:m{*}.weighted()", "percentile(avg(m{*} by {host,az}, {az}), 'p95', {az})"):
        assert monitor(f"avg(last_5m):{query} > 1").why_unevaluated() == ""
