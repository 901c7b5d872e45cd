"""Windows over groups of several series: combined point by point, then reduced, in columns as tick by tick."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from monitor_points import T0, Given, minutely, monitor, source, values

from doghouse import monitors
from doghouse.metrics.memory import MemorySource
from doghouse.monitors import Definition
from doghouse.monitors.kinds.metric import metric_query
from doghouse.monitors.query import windows
from doghouse.monitors.windows import pointwise

from .test_evaluation import assert_each_tick_alone_is_the_same, points


def test_several_series_of_a_group_are_averaged_over_space() -> None:
    given = (minutely([10, 10], host="a"), minutely([30, 30], host="b"))

    assert values(monitor("avg(last_5m):avg:m{*} > 1"), *given, until=1) == [20]
    assert values(monitor("avg(last_5m):sum:m{*} > 1"), *given, until=1) == [40]


def test_counts_of_several_hosts_add_up() -> None:
    given = tuple(minutely([value] * 5, host=host, type="count", interval=60) for host, value in (("a", 2), ("b", 3)))

    assert values(monitor("sum(last_5m):sum:m{*}.as_count() > 1"), *given, until=5) == [5, 10, 15, 20, 25]


two_series = st.tuples(points, points)


def check_point_by_point(checked: Definition, there: MemorySource, **near: float) -> None:
    """The windows in columns are those that are worked out point by point; `near` is how nearly."""
    ticks = T0 + 60 * np.arange(1, 140, 5)
    query = metric_query(checked)

    fast = {c.group: c.values for c in monitors.evaluate_range(checked, there, ticks)}
    slow = {c.group: c.values for c in pointwise.columns(query, there, windows(checked.options, query, ticks), False)}

    assert fast.keys() == slow.keys()
    for group, column in fast.items():
        assert column.tolist() == pytest.approx(slow[group].tolist(), nan_ok=True, **near)


@settings(max_examples=60, deadline=None)
@given(two_series, st.sampled_from(["min", "max"]), st.sampled_from([0, 60]))
def test_the_extreme_of_several_series_is_that_of_their_points(
    drawn: tuple[dict[int, float], dict[int, float]], how: str, delay: int
) -> None:
    """What the fast way takes for granted: held against the way point by point, which interpolates."""
    checked = monitor(f"{how}(last_10m):{how}:m{{*}} > 1", evaluation_delay=delay)
    there = source(*(Given(one, host=str(n)) for n, one in enumerate(drawn)))
    check_point_by_point(checked, there)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(points, min_size=2, max_size=3),
    st.sampled_from(["avg", "sum", "min", "max"]),
    st.sampled_from(["avg", "sum", "min", "max"]),
    st.sampled_from(["gauge", "count"]),
    st.sampled_from(["", ".rollup(max, 60)", ".as_count()"]),
)
def test_several_series_in_columns_are_combined_as_point_by_point(
    drawn: list[dict[int, float]], how: str, spatial: str, kind: str, modifier: str
) -> None:
    checked = monitor(f"{how}(last_10m):{spatial}:m{{*}}{modifier} > 1")
    there = source(*(Given(one, host=str(n), type=kind, interval=10) for n, one in enumerate(drawn)))
    check_point_by_point(checked, there, rel=1e-6, abs=1e-3)


@settings(max_examples=60, deadline=None)
@given(st.lists(points, min_size=2, max_size=3), st.sampled_from(["avg", "sum"]), st.sampled_from([0, 60, 45]))
def test_of_several_series_too_a_tick_by_itself_has_the_same_value_to_the_bit(
    drawn: list[dict[int, float]], spatial: str, delay: int
) -> None:
    checked = monitor(f"avg(last_10m):{spatial}:m{{*}} > 1", evaluation_delay=delay)
    there = source(*(Given(one, host=str(n)) for n, one in enumerate(drawn)))
    ticks = T0 + 60 * np.arange(1, 140)

    assert_each_tick_alone_is_the_same(checked, there, ticks)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(points, min_size=2, max_size=4),
    st.sampled_from(["", ".rollup(sum, 60)", ".rollup(max, 300)", ".rollup(count, 30)"]),
    st.sampled_from(["avg", "min"]),
    st.sampled_from([0, 60, 45]),
)
def test_so_has_a_tick_of_many_groups(drawn: list[dict[int, float]], rollup: str, how: str, delay: int) -> None:
    checked = monitor(
        f"{how}(last_10m):avg:m{{*}} by {{host}}{rollup} > 1", evaluation_delay=delay, require_full_window=True
    )
    there = source(*(Given(one, host=str(n)) for n, one in enumerate(drawn)))

    assert_each_tick_alone_is_the_same(checked, there, T0 + 60 * np.arange(1, 140))


@settings(max_examples=60, deadline=None)
@given(two_series, st.sampled_from(["avg:a{*} / avg:b{*}", "abs(avg:a{*}) + avg:b{*}", "avg:a{*} * 100", "-avg:a{*}"]))
def test_arithmetic_in_columns_is_that_point_by_point(
    drawn: tuple[dict[int, float], dict[int, float]], expression: str
) -> None:
    checked = monitor(f"avg(last_10m):{expression} > 1")
    there = source(Given(drawn[0], metric="a"), Given(drawn[1], metric="b"))
    check_point_by_point(checked, there)
