"""Percentiles over time: all values of a distribution in the window, taken together, whatever they came in."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory_points import T0

from doghouse import monitors as mon
from doghouse.metrics.distributions.sketches import RELATIVE_ERROR, of_values
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Series, no_columns
from doghouse.queries import NotEvaluated

Values = list[tuple[int, float]]  # seconds after T0, value


def source(**hosts: Values) -> MemorySource:
    """A distribution of each host."""
    series = [Series(number, "d", "distribution", 0, host, ()) for number, host in enumerate(hosts)]
    rows = [(number, T0 + at, value) for number, values in enumerate(hosts.values()) for at, value in values]
    ids, times, values = zip(*rows, strict=True) if rows else ((), (), ())
    sketches = of_values(np.array(ids, np.int64), np.array(times, np.int64), np.array(values, np.float64))
    return MemorySource(series, no_columns(), None, sketches)


def worth(query: str, there: MemorySource, minute: int) -> dict[str, float]:
    monitor = mon.parse({"type": "query alert", "query": query})
    found = mon.evaluate(monitor, there, T0 + 60 * minute)
    return {",".join(value for _, value in group): round(window.value, 1) for group, window in found.items()}


def test_the_values_of_the_whole_window_are_taken_together() -> None:
    there = source(a=[(at, 1.0) for at in range(0, 240, 10)], b=[(250, 100.0)])
    assert worth("percentile(last_5m):p50:d{*} > 1", there, 5) == {"": 1.0}  # the mean of buckets would be more
    assert worth("percentile(last_5m):p99:d{*} by {host} > 1", there, 5) == {"a": 1.0, "b": 100.0}
    assert worth("percentile(last_1m):max:d{*} - min:d{*} > 1", there, 5) == {"": 0.0}
    assert worth("percentile(last_5m):max:d{*} - min:d{*} > 1", there, 5) == {"": 99.0}
    assert worth("percentile(last_1m):p95:d{*} > 1", there, 9) == {}


def test_a_metric_that_is_no_distribution_has_none() -> None:
    gauges = MemorySource([Series(0, "d", "gauge", 0, "a", ())], no_columns())
    with pytest.raises(NotEvaluated, match="no distribution"):
        worth("percentile(last_5m):p95:d{*} > 1", gauges, 5)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("avg(last_5m):avg:d{*} > 1", {"": 4.0}),
        ("avg(last_5m):d{*} > 1", {"": 4.0}),
        ("max(last_5m):max:d{*} by {host} > 1", {"a": 9.0, "b": 4.0}),
        ("min(last_5m):min:d{*} > 1", {"": 1.0}),
        ("sum(last_5m):sum:d{*} by {host} > 1", {"a": 36.0, "b": 12.0}),
        ("sum(last_5m):count:d{*} > 1", {"": 12.0}),
        ("avg(last_5m):p50:d{host:a} > 1", {"": 2.0}),
        ("avg(last_5m):avg:d{*}.rollup(avg, 60) > 1", {"": 4.0}),
    ],
)
def test_a_distribution_is_watched_by_any_aggregator_as_it_is_by_percentiles(
    query: str, expected: dict[str, float]
) -> None:
    """avg:, min:, max: and sum: had no data, for they looked at points, which a distribution has not."""
    there = source(
        a=[(at, value) for at in (60, 130, 240) for value in (1.0, 2.0, 9.0)], b=[(at, 4.0) for at in (60, 130, 240)]
    )
    assert worth(query, there, 5) == expected


@given(
    st.lists(st.tuples(st.integers(0, 599), st.floats(1, 1000)), min_size=1, max_size=40),
    st.sampled_from([50, 75, 90, 99]),
)
def test_every_tick_of_a_stretch_is_the_rank_among_its_window(values: Values, share: int) -> None:
    there = source(a=values)
    monitor = mon.parse({"type": "query alert", "query": f"percentile(last_5m):p{share}:d{{*}} > 1"})
    ticks = T0 + 60 * np.arange(1, 14)
    columns = list(mon.evaluate_range(monitor, there, ticks))
    for index, tick in enumerate((ticks - T0).tolist()):
        inside = sorted(value for at, value in values if tick - 300 <= at < tick)
        found = columns[0].values[index] if columns else math.nan
        if not inside:
            assert math.isnan(found)
        else:
            wanted = inside[math.floor(share / 100 * (len(inside) - 1) + 1e-9)]
            assert abs(found - wanted) <= wanted * 2 * RELATIVE_ERROR


RISING = source(a=[(at, 1 + at / 100) for at in range(0, 600, 10)])


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        *(("p50:d{*}", 3.0), ("p50:d{*} * 2 + 1", 7.0), ("7 - p50:d{*}", 4.0), ("abs(p50:d{*} - 5)", 2.0)),
        *(("log2(p50:d{*})", 1.6), ("default_zero(p50:d{*})", 3.0), ("max:d{*} / min:d{*}", 2.8)),
        *(("p50:d{*} / p50:e{*}", None), ("p50:d{host:nobody}", None)),
    ],
)
def test_percentiles_are_reckoned_with_as_numbers_are(expression: str, result: float | None) -> None:
    expected = {} if result is None else {"": result}
    assert worth(f"percentile(last_5m):{expression} > 1", RISING, 6) == expected


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("change(percentile(last_5m),last_5m):p95:d{*} > 1", "a change of percentiles over time"),
        ("percentile(last_5m):cumsum(p95:d{*}) > 1", r"cumsum\(\) of percentiles over time"),
        ("percentile(last_5m):timeshift(p95:d{*}, -60) > 1", r"timeshift\(\) of percentiles over time"),
        ("percentile(last_5m):1 + 1 > 1", "an expression without a metric"),
    ],
)
def test_what_cannot_be_done_with_percentiles_is_said(query: str, what: str) -> None:
    with pytest.raises(NotEvaluated, match=what):
        worth(query, RISING, 6)


@pytest.mark.parametrize(("begins", "first_full"), [(0, 5), (60, 6), (120, 7), (290, 9), (300, 10)])
def test_a_window_is_full_where_the_values_began_with_it(begins: int, first_full: int) -> None:
    there = source(a=[(at, 1.0) for at in range(begins, 900, 10)])
    options = {"require_full_window": True, "thresholds": {"critical": 0}}
    monitor = mon.parse({"type": "query alert", "query": "percentile(last_5m):p50:d{*} > 0", "options": options})
    [column] = mon.evaluate_range(monitor, there, T0 + 60 * np.arange(1, 13))
    assert column.full.tolist() == [minute >= first_full for minute in range(1, 13)]
    assert mon.evaluate(monitor, there, T0 + 60 * first_full)[()].full
    assert not any(window.full for window in mon.evaluate(monitor, there, T0 + 60 * (first_full - 1)).values())
