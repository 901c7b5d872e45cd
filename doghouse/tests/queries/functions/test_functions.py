"""Functions, by the chapter of the documentation that they stand in (dashboards/functions)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from query_points import T0, ask, by_scope, every, points, series, source, values

from doghouse.metrics.model import Floats
from doghouse.queries import NotEvaluated, Window, evaluate, parse
from doghouse.queries.evaluation.frames import empty
from doghouse.queries.functions import catalogue
from doghouse.queries.functions.rank import score

LINE = source(series(every(60, [4, 1, 3, 2])))
GAPPY = source(series(every(60, [1, None, 3, None, 9])))
HOSTS = source(
    series(every(60, [1, 5]), host="a"), series(every(60, [4, 4]), host="b"), series(every(60, [-9, 2]), host="c")
)


def line_of(call: str, given_values: Floats) -> list[float]:
    """What a function makes of a metric with these values, a minute apart."""
    made = values(source(series(every(60, given_values.tolist()))), call, 0, 60 * len(given_values), 60)
    return [float(one) for one in made if one is not None]


def over_line(call: str) -> list[float | None]:
    return values(LINE, call.replace("q", "avg:m{*}"), 0, 240, 60)


@pytest.mark.parametrize("name", [name for name, one in catalogue().items() if one.evaluated == "yes"])
def test_every_function_that_is_said_to_be_evaluated_is(name: str) -> None:
    function = catalogue()[name]
    given = {"query": "avg:m{*} by {host}", "number": "60", "text": "'-1d'", "keys": "{host}"}
    words = {"by": "'mean'", "order": "'desc'", "method": "'sum'", "time zone": "'UTC'", "percentile": "'p95'"}
    arguments = [words.get(one.name, given[one.kind]) for one in function.parameters]
    assert isinstance(ask(HOSTS, f"{name}({', '.join(arguments)})", 0, 120, 60), list)


@pytest.mark.parametrize("name", [name for name, one in catalogue().items() if one.evaluated == "no"])
def test_every_function_that_is_said_not_to_be_evaluated_says_so(name: str) -> None:
    rest = {"outliers": ", 'MAD', 3", "forecast": ", 'linear', 1"}.get(name, "")
    with pytest.raises(NotEvaluated, match=f"{name}()"):
        ask(LINE, f"{name}(avg:m{{*}}{rest})")


# arithmetic


def test_abs_and_logarithms() -> None:
    found = source(series(every(60, [-8, 0, 1, 100])))
    assert values(found, "abs(avg:m{*})", 0, 240, 60) == [8, 0, 1, 100]
    assert values(found, "log2(avg:m{*} * 2)", 0, 180, 60) == [None, None, 1]
    assert values(found, "log10(avg:m{*})", 0, 240, 60) == [None, None, 0, 2]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("pow(q, 2)", [16, 1, 9, 4]),
        ("pow(2, q)", [16, 2, 8, 4]),
        ("pow(q, q)", [256, 1, 27, 4]),
        ("pow(q - 2, 0.5)", [1.414214, None, 1, 0]),
        ("pow(q / 0, 0)", [None, None, None, None]),
        ("pow(1, q / 0)", [None, None, None, None]),
        ("pow(q, pow(2, 1))", [16, 1, 9, 4]),
    ],
)
def test_either_side_of_a_power_may_be_a_query(call: str, expected: list[float | None]) -> None:
    assert over_line(call) == expected


def test_a_running_sum_passes_over_nulls() -> None:
    both = source(series(every(60, [1, 2, 3]), metric="a"), series(every(60, [1, 0, 1]), metric="b"))
    assert values(both, "cumsum(avg:a{*} / avg:b{*})", 0, 180, 60) == [1, 1, 4]


def test_an_integral_sums_seconds_times_value() -> None:
    assert over_line("integral(q)") == [0, 60, 240, 360]


# rate


def test_ewma_follows_its_span_formula() -> None:
    alpha, expected = 2 / 6, [4.0]
    for value in (1, 3, 2):
        expected.append(alpha * value + (1 - alpha) * expected[-1])
    assert over_line("ewma_5(q)") == [round(one, 6) for one in expected]
    assert over_line("ewma_1(q)") == [4, 1, 3, 2]
    assert over_line("ewma(q)") == over_line("ewma_20(q)")


def test_medians_and_averages_look_back() -> None:
    assert over_line("median_3(q)") == [4, 2.5, 3, 2]
    assert over_line("median(q)") == over_line("median_3(q)")
    assert over_line("rollingavg_5(q)") == [4, 2.5, 2.666667, 2.5]


def test_smoothing_leaves_nulls_out() -> None:
    both = source(series(every(60, [1, 2, 9]), metric="a"), series(every(60, [1, 0, 1]), metric="b"))
    assert values(both, "median_3(avg:a{*} / avg:b{*})", 0, 180, 60) == [1, None, 5]
    assert values(both, "ewma_3(avg:a{*} / avg:b{*})", 0, 180, 60) == [1, None, 5]


def test_a_trend_line_is_the_least_squares_line() -> None:
    line = over_line("trend_line(q)")
    slope, level = np.polyfit(range(4), [4, 1, 3, 2], 1)
    assert line == pytest.approx([level + slope * x for x in range(4)], abs=1e-6)


def test_a_robust_trend_is_the_line_that_outliers_move_little() -> None:
    straight = np.arange(20.0) * 3 + 1
    struck = straight.copy()
    struck[[4, 15]] = 500, -900
    np.testing.assert_allclose(line_of("robust_trend(avg:m{*})", straight), straight, atol=1e-6)
    np.testing.assert_allclose(line_of("robust_trend(avg:m{*})", struck), straight, atol=1e-3)
    assert abs(np.array(line_of("trend_line(avg:m{*})", struck)) - straight).max() > 50


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=30))
def test_no_line_near_the_robust_trend_has_a_smaller_loss_for_its_own_deviation(given_values: list[float]) -> None:
    values = np.array(given_values)
    trend = np.array(line_of("robust_trend(avg:m{*})", values))
    turn = 1.345 * np.median(abs(values - trend)) / 0.6745

    def loss(line: Floats) -> float:
        away = abs(values - line)
        return float(np.where(away <= turn, away**2 / 2, turn * (away - turn / 2)).sum())

    steps = np.linspace(-1, 1, len(values))
    around = min(loss(trend + up * turn + tilt * turn * steps) for up in (-0.1, 0, 0.1) for tilt in (-0.1, 0, 0.1))
    assert loss(trend) <= around * 1.01 + 1e-6


def test_autosmooth_takes_out_what_comes_again_and_leaves_what_stands_alone() -> None:
    wave = np.tile([10.0, 0.0, 10.0, 20.0], 50)
    rise = np.repeat([0.0, 100.0, 0.0], [90, 20, 90])
    made = np.array(line_of("autosmooth(avg:m{*})", wave + rise))
    assert np.ptp(made[20:90]) < np.ptp(wave) / 10
    assert made.max() > 100
    alone = values(
        source(series(every(60, (wave + rise).tolist()), host="a")), "autosmooth(avg:m{*} by {host})", 0, 12000, 60
    )
    empty = source(series(every(60, (wave + rise).tolist()), host="a"), series(every(60, [None] * 199 + [1]), host="b"))
    assert alone == made.tolist()
    assert (
        by_scope(empty, "autosmooth(avg:m{*} by {host})", 0, 12000, 60)["host:a"] == (wave + rise).tolist()
    )  # one span for all
    spike = np.zeros(200)
    spike[100] = 50
    assert line_of("autosmooth(avg:m{*})", spike) == spike.tolist()


# rollup


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("avg", [4, 2.5, 2, 2.5]),
        ("sum", [4, 5, 4, 5]),
        ("min", [4, 1, 1, 2]),
        ("max", [4, 4, 3, 3]),
        ("count", [1, 2, 2, 2]),
    ],
)
def test_a_moving_rollup_holds_the_last_seconds(method: str, expected: list[float]) -> None:
    assert over_line(f"moving_rollup(q, 120, '{method}')") == expected


def test_a_moving_rollup_knows_points_before_the_window() -> None:
    assert points(LINE, "moving_rollup(avg:m{*}, 120, 'sum')", 60, 240, 60) == [(60, 5), (120, 4), (180, 5)]


# timeshift


def test_clamps_fill_nulls_and_cutoffs_do_not() -> None:
    both = source(series(every(60, [1, 2]), metric="a"), series(every(60, [1, 0]), metric="b"))
    assert values(both, "clamp_min(avg:a{*} / avg:b{*}, 5)", 0, 120, 60) == [5, 5]
    assert values(both, "cutoff_max(avg:a{*} / avg:b{*}, 5)", 0, 120, 60) == [1, None]


def test_exclude_null_drops_groups_without_a_tag() -> None:
    found = source(series([(0, 1)], "account:prod", "region:eu"), series([(0, 2)], "account:prod"), series([(0, 3)]))
    query = "avg:m{*} by {account,region}"
    assert by_scope(found, query) == {
        "account:N/A,region:N/A": [3],
        "account:prod,region:N/A": [2],
        "account:prod,region:eu": [1],
    }
    assert by_scope(found, f"exclude_null({query})") == {"account:prod,region:eu": [1]}


# count


def test_counts_of_groups_are_one_series() -> None:
    (one,) = ask(HOSTS, "count_not_null(avg:m{*} by {host})", 0, 120, 60)
    assert (one.group, one.values.tolist()) == ((), [3, 3])


# rank


@pytest.mark.parametrize(
    ("by", "order"),
    [
        ("max", "abc"),
        ("mean", "bac"),
        ("min", "bac"),
        ("sum", "bac"),
        ("last", "abc"),
        ("l2norm", "cba"),
        ("area", "bac"),
    ],
)
def test_groups_are_ranked(by: str, order: str) -> None:
    def ranked(query: str) -> str:
        return "".join(one.scope[-1] for one in ask(HOSTS, query, 0, 120, 60))

    assert ranked(f"top(avg:m{{*}} by {{host}}, 5, '{by}', 'desc')") == order
    assert ranked(f"top(avg:m{{*}} by {{host}}, 2, '{by}', 'asc')") == order[::-1][:2]
    assert ranked(f"top5_{by}(avg:m{{*}} by {{host}})") == order
    assert ranked(f"bottom5_{by}(avg:m{{*}} by {{host}})") == order[::-1]


# interpolation


def test_default_zero_makes_points_where_there_is_nothing_at_all() -> None:
    assert values(source(), "default_zero(avg:m{*})", 0, 180, 60) == [0, 0, 0]
    assert ask(source(), "default_zero(avg:m{*} by {host})", 0, 180, 60) == []


def test_default_zero_of_a_count_is_zero_at_once() -> None:
    counted = source(series([(60, 5)], type="count"))
    assert values(counted, "default_zero(sum:m{*}.as_count())", 0, 240, 60) == [0, 5, 0, 0]


def test_default_has_its_value() -> None:
    counted = source(series([(60, 5)], type="count"))
    assert values(counted, "default(sum:m{*}.as_count(), 7)", 0, 180, 60) == [7, 5, 7]


def test_default_zero_aligns_gauges_in_arithmetic() -> None:
    both = source(series([(0, 6)], metric="a"), series([(600, 2)], metric="b"))
    query = "default_zero(avg:a{*}.fill(null)) - default_zero(avg:b{*}.fill(null))"
    assert values(both, query, 0, 720, 60) == [6, *[0] * 9, -2, 0]


def test_a_function_of_a_number_is_not_evaluated() -> None:
    with pytest.raises(NotEvaluated, match=r"abs\(\) of a number"):
        evaluate(parse("abs(5)")[0], source(), Window(T0, T0 + 60))


RANKINGS = ("max", "mean", "min", "sum", "last", "l2norm", "area")


@pytest.mark.parametrize("by", RANKINGS)
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_a_ranking_of_nothing_is_nothing_and_of_its_default_is_the_default(by: str, order: str) -> None:
    assert ask(source(), f"top(avg:m{{*}} by {{host}}, 5, '{by}', '{order}')", 0, 180, 60) == []
    assert ask(source(), f"top(default_zero(avg:m{{*}} by {{host}}), 5, '{by}', '{order}')", 0, 180, 60) == []
    assert values(source(), f"top(default_zero(avg:m{{*}}), 5, '{by}', '{order}')", 0, 180, 60) == [0, 0, 0]


@pytest.mark.parametrize("by", RANKINGS)
def test_a_group_without_buckets_has_no_score(by: str) -> None:
    groups = ((("host", "a"),), (("host", "b"),))
    frame = replace(empty(60), values=np.empty((2, 0)), points=np.empty((2, 0), np.bool_), groups=groups)
    assert np.isnan(score(frame, by)).tolist() == [True, True]


@pytest.mark.parametrize(
    ("sum_", "expected"),
    [
        ("avg:a{*} + avg:b{*}", [11, 22, 33, 44]),
        ("avg:a{*}.fill(null) + avg:b{*}.fill(null)", [11, 0, 0, 44]),
        ("avg:a{*}.fill(null) + avg:b{*}", [11, 0, 0, 44]),
    ],
)
def test_a_sum_is_filled_as_both_its_operands_are_and_not_where_they_differ(sum_: str, expected: list[float]) -> None:
    gappy = [series(every(60, [1, None, None, 4]), metric="a"), series(every(60, [10, None, None, 40]), metric="b")]
    assert values(source(*gappy), f"default_zero({sum_})", 0, 240, 60) == expected
