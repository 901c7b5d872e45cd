"""Queries whose answers were worked out by hand or recorded from Datadog (Q20, Q25, Q26, Q27: datadogpy's and the client's recorded traffic)."""

import math
from typing import Any

import numpy as np
import pytest
from query_points import T0, ask, by_scope, every, points, series, source, values

from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Series
from doghouse.queries import QuerySyntaxError, Window, default_interval, evaluate, parse
from doghouse.queries.api.answers import series_answer

QUARTER_MINUTES = series(every(15, [10, 20, 30, 40, 50, 60, 70, 80]))
A = series([(0, 10)], host="a")
B = series([(0, 30)], host="b")


def test_q01_a_rollup_averages_each_bucket() -> None:
    answer = ask(source(QUARTER_MINUTES), "avg:m{*}.rollup(avg,60)", 0, 120)
    assert [(one.ts.tolist(), one.values.tolist(), one.interval) for one in answer] == [
        ([T0, T0 + 60], [25.0, 65.0], 60)
    ]


def test_q01_its_answer_says_where_the_series_begins_and_ends() -> None:
    (one,) = told(source(QUARTER_MINUTES), "avg:m{*}.rollup(avg,60)", T0, T0 + 120)
    assert (one["start"], one["end"], one["length"], one["interval"]) == (T0 * 1000, (T0 + 119) * 1000, 2, 60)


def test_q02_a_bucket_that_starts_before_from_is_dropped() -> None:
    assert points(source(QUARTER_MINUTES), "avg:m{*}.rollup(avg,60)", 10, 130) == [(60, 65)]


@pytest.mark.parametrize(("method", "expected"), [("max", [40, 80]), ("count", [4, 4]), ("sum", [100, 260])])
def test_q03_a_rollup_has_its_method(method: str, expected: list[float]) -> None:
    assert values(source(QUARTER_MINUTES), f"avg:m{{*}}.rollup({method},60)", 0, 120) == expected


@pytest.mark.parametrize(("aggregator", "expected"), [("avg", 20), ("sum", 40), ("min", 10), ("max", 30)])
def test_q04_hosts_are_aggregated_in_space(aggregator: str, expected: float) -> None:
    assert values(source(A, B), f"{aggregator}:m{{*}}") == [expected]


def test_q04_by_host_gives_a_series_for_each_host() -> None:
    answer = ask(source(A, B), "avg:m{*} by {host}")
    assert [(one.tag_set, one.values.tolist()) for one in answer] == [(("host:a",), [10.0]), (("host:b",), [30.0])]


def test_q05_avg_is_the_mean_of_series_and_not_of_host_means() -> None:
    devices = source(
        series([(0, 10)], "device:sda", host="a"),
        series([(0, 20)], "device:sda", host="b"),
        series([(0, 60)], "device:sdb", host="b"),
    )
    assert values(devices, "avg:m{*}") == [30]
    assert by_scope(devices, "avg:m{*} by {host}") == {"host:a": [10], "host:b": [40]}


def test_q06_time_is_aggregated_before_space() -> None:
    hosts = source(series(every(30, [1, 5]), host="a"), series(every(30, [4, 2]), host="b"))
    assert values(hosts, "sum:m{*}.rollup(max,60)", 0, 60) == [9]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sum:m{*}.rollup(avg,60)", 4),
        ("sum:m{*}.as_count().rollup(sum,60)", 8),
        ("sum:m{*}.as_rate().rollup(sum,60)", 0.133333),
    ],
)
def test_q07_a_count_is_summed_only_when_it_is_asked_for_as_a_count(query: str, expected: float) -> None:
    counted = source(series(every(30, [3, 5]), type="count", host="a"))
    assert values(counted, query, 0, 60) == [expected]


@pytest.mark.parametrize(
    ("query", "expected"), [("sum:m{*}.rollup(avg,60)", 0.5), ("sum:m{*}.as_count()", 30), ("sum:m{*}.as_rate()", 0.5)]
)
def test_q08_a_rate_becomes_a_count_by_its_submission_interval(query: str, expected: float) -> None:
    rate = source(series(every(10, [0.5] * 6), type="rate", interval=10))
    assert values(rate, query, 0, 60, 60) == [expected]


def test_q09_a_sum_is_interpolated_at_the_times_of_either_source() -> None:
    hosts = source(series([(0, 15), (30, 25)], host="a"), series([(10, 10), (40, 40)], host="b"))
    summed = dict(points(hosts, "sum:m{*}.rollup(avg,10)", 0, 60))
    assert summed[10] == pytest.approx(28.3333, abs=1e-4)
    assert summed[30] == pytest.approx(55)
    assert 20 not in summed  # neither reported then


def test_q10_a_division_by_zero_or_by_nothing_is_null() -> None:
    both = source(series(every(60, [10, 10, 10]), metric="a"), series(every(60, [0, 1, None]), metric="b"))
    assert values(both, "avg:a{*} / avg:b{*}", 0, 180, 60) == [None, 10, None]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("diff", [None, 6, -3]),
        ("monotonic_diff", [None, 6, None]),
        ("per_second", [None, 0.1, -0.05]),
        ("derivative", [None, 0.1, -0.05]),
        ("per_minute", [None, 6, -3]),
        ("per_hour", [None, 360, -180]),
    ],
)
def test_q11_differences_begin_with_the_second_point(function: str, expected: list[float | None]) -> None:
    assert values(source(series(every(60, [10, 16, 13]))), f"{function}(avg:m{{*}})", 0, 180, 60) == expected


def test_q12_sums_run_over_the_window_or_over_its_last_seconds() -> None:
    rising = source(series(every(60, [1, 2, 3, 4, 5])))
    assert values(rising, "cumsum(avg:m{*})", 0, 300, 60) == [1, 3, 6, 10, 15]
    assert values(rising, "moving_rollup(avg:m{*}, 180, 'sum')", 0, 300, 60) == [1, 3, 6, 9, 12]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("clamp_min(avg:m{*}, 10)", [10, 10, 15]),
        ("clamp_max(avg:m{*}, 10)", [5, 10, 10]),
        ("cutoff_min(avg:m{*}, 10)", [None, 10, 15]),
        ("cutoff_max(avg:m{*}, 10)", [5, 10, None]),
    ],
)
def test_q13_clamps_move_values_and_cutoffs_drop_them(call: str, expected: list[float | None]) -> None:
    assert values(source(series(every(60, [5, 10, 15]))), call, 0, 180, 60) == expected


def test_q14_groups_are_counted_by_their_values() -> None:
    hosts = source(series([(0, 0)], host="a"), series([(0, 3)], host="b"), series([(-600, 1)], host="c"))
    assert values(hosts, "count_nonzero(avg:m{*} by {host})", 0, 60, 60) == [1]
    assert values(hosts, "count_not_null(avg:m{*} by {host})", 0, 60, 60) == [2]


def test_q15_ewma_begins_with_the_first_value() -> None:
    assert values(source(series(every(60, [10, 20, 30]))), "ewma_3(avg:m{*})", 0, 180, 60) == [10, 15, 22.5]


def test_q16_a_median_has_fewer_points_at_the_beginning() -> None:
    assert values(source(series(every(60, [1, 9, 2, 8]))), "median_3(avg:m{*})", 0, 240, 60) == [1, 5, 2, 8]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("env:prod", 11),
        ("env:prod,az:1a", 1),
        ("!env:prod", 100),
        ("az IN (1a,1b) AND NOT env:dev", 11),
        ("env:prod OR az:1a", 111),
        ("env:p*", 11),
        ("az:*a", 101),
        ("!env:dev,!az:1b", 1),
    ],
)
def test_q17_a_scope_takes_the_series_it_describes(scope: str, expected: float) -> None:
    tagged = source(
        series([(0, 1)], "env:prod", "az:1a"),
        series([(0, 10)], "env:prod", "az:1b"),
        series([(0, 100)], "env:dev", "az:1a"),
    )
    assert values(tagged, f"sum:m{{{scope}}}") == [expected]


def test_q18_symbolic_and_functional_operators_are_not_mixed() -> None:
    with pytest.raises(QuerySyntaxError, match="cannot be mixed"):
        parse("sum:m{env:prod AND !az:1a}")


@pytest.mark.parametrize(
    ("span", "interval"),
    [(300, 2), (900, 5), (1200, 5), (1800, 10), (3600, 20), (14400, 60), (86400, 300), (172800, 600), (604800, 3600)],
)
def test_q19_the_default_interval_follows_the_span(span: int, interval: int) -> None:
    assert default_interval(span) == interval


def test_q20_a_recorded_day_of_five_minute_points() -> None:
    start, end = 1641343852, 1641430252
    found = _absolute("system.cpu.idle", [(t, 50.0) for t in range(1641340800, 1641434400, 300)])
    (answer,) = evaluate(parse("system.cpu.idle{*}")[0], found, Window(start, end))
    assert (len(answer.ts), answer.ts[0], answer.ts[-1], answer.interval) == (288, 1641344100, 1641430200, 300)
    assert (answer.aggregator, answer.scope, answer.expression) == (None, "*", "system.cpu.idle{*}")
    (one,) = told(found, "system.cpu.idle{*}", start, end)
    assert (one["start"], one["end"], one["length"]) == (1641344100000, 1641430499000, 288)
    assert (one["tag_set"], one["aggr"], one["unit"]) == ([], None, None)


def test_q21_default_zero_holds_a_gauge_for_five_minutes_and_then_is_zero() -> None:
    half_past = 7.5 * 3600  # 17:30
    found = source(series([(half_past + 15 * 60, 1)]))
    filled = values(found, "default_zero(avg:m{*})", half_past, half_past + 1800, 60)
    assert filled == [0] * 15 + [1] * 6 + [0] * 9


def test_q22_a_shift_takes_values_from_earlier() -> None:
    found = source(series([(0, 1), (3600, 5)]))
    assert dict(points(found, "timeshift(avg:m{*},-3600)", 3600, 3660, 60)) == {3600: 1}
    assert values(found, "avg:m{*} - hour_before(avg:m{*})", 3600, 3660, 60) == [4]


def test_q23_a_ranking_orders_groups_by_their_norm() -> None:
    hosts = source(
        series(every(60, [0, 0]), host="a"), series(every(60, [3, 4]), host="b"), series(every(60, [1, 1]), host="c")
    )
    answer = ask(hosts, "top(avg:m{*} by {host}, 5, 'l2norm', 'desc')", 0, 120, 60)
    assert [one.scope for one in answer] == ["host:b", "host:c", "host:a"]
    assert math.isclose(float(np.linalg.norm(answer[0].values)), 5)


def test_q24_counts_are_not_interpolated_and_gauges_are_held() -> None:
    counts = source(series([(0, 5)], type="count", host="a"), series([(60, 7)], type="count", host="b"))
    assert points(counts, "sum:m{*}.as_count().rollup(sum,60)", 0, 600) == [(0, 5), (60, 7)]
    gauges = source(series([(0, 5)], host="a"), series([(60, 7)], host="b"))
    assert points(gauges, "sum:m{*}.rollup(avg,60)", 0, 600) == [(0, 5), (60, 12)]


def test_q25_two_recorded_points_come_back_alone() -> None:
    found = _absolute("m", [(1580746678, 1.0), (1580746738, 2.0)], host="h")
    (answer,) = evaluate(parse("m{host:h}")[0], found, Window(1580746138, 1580747338))
    assert (answer.ts.tolist(), answer.values.tolist()) == ([1580746675, 1580746735], [1.0, 2.0])
    assert (answer.interval, answer.scope, answer.aggregator) == (5, "host:h", None)
    (one,) = told(found, "m{host:h}", 1580746138, 1580747338)
    assert one["pointlist"] == [[1580746675000.0, 1.0], [1580746735000.0, 2.0]]
    assert (one["start"], one["end"], one["length"]) == (1580746675000, 1580746739000, 2)


def test_q26_two_recorded_points_are_averaged_in_a_long_window() -> None:
    found = _absolute("m", [(1580514401, 1.0), (1580514461, 2.0)], host="h")
    (answer,) = evaluate(parse("m{host:h}")[0], found, Window(1580454461, 1580574461))
    assert (answer.ts.tolist(), answer.values.tolist(), answer.interval) == ([1580514000], [1.5], 600)
    (one,) = told(found, "m{host:h}", 1580454461, 1580574461)
    assert (one["start"], one["end"]) == (1580514000000, 1580514599000)


def test_q27_a_recorded_fraction_of_a_second_is_in_its_bucket() -> None:
    found = _absolute("m", [(1580518061.558, 1.0)], host="h")
    (answer,) = evaluate(parse("m{host:h}")[0], found, Window(1580454461, 1580574461))
    assert (answer.ts.tolist(), answer.values.tolist()) == ([1580517600], [1.0])
    (one,) = told(found, "m{host:h}", 1580454461, 1580574461)
    assert (one["pointlist"], one["end"]) == ([[1580517600000.0, 1.0]], 1580518199000)


def told(found: MemorySource, query: str, start: int, end: int) -> list[dict[str, Any]]:
    """The series of an answer, as /api/v1/query gives them."""
    expressions = parse(query)
    answer = series_answer(query, start, end, [(one, evaluate(one, found, Window(start, end))) for one in expressions])
    return list(answer["series"])


def _absolute(metric: str, given: list[tuple[float, float]], host: str = "") -> MemorySource:
    """A source of one gauge with points at absolute times."""
    columns = Columns(
        np.ones(len(given), np.int64),
        np.array([int(t) for t, _ in given], np.int64),
        np.array([v for _, v in given], np.float64),
    )
    return MemorySource([Series(1, metric, "gauge", 0, host, ())], columns)
