"""Arithmetic: buckets are matched by their start, groups by their tags (functions/interpolation, monitor-arithmetic-and-sparse-metrics)."""

import pytest
from query_points import T0, by_scope, every, points, series, source, values

from doghouse.queries import NotEvaluated, Window, evaluate, parse

HOSTS = source(
    series([(0, 10)], metric="used", host="a"),
    series([(0, 30)], metric="used", host="b"),
    series([(0, 20)], metric="size", host="a"),
    series([(0, 40)], metric="size", host="b"),
    series([(0, 50)], metric="size", host="c"),
)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("avg:m{*} * 2 + 1", 21),
        ("1 + 2 * avg:m{*}", 21),
        ("100 - avg:m{*}", 90),
        ("-avg:m{*}", -10),
        ("1 / avg:m{*}", 0.1),
        ("(avg:m{*} + 2) * (3 - 1)", 24),
        ("avg:m{*} - -1", 11),
    ],
)
def test_numbers_stand_on_either_side(query: str, expected: float) -> None:
    assert values(source(series([(0, 10)])), query) == [expected]


def test_groups_are_matched_by_their_tags() -> None:
    got = by_scope(HOSTS, "avg:used{*} by {host} / avg:size{*} by {host} * 100")
    assert got == {"host:a": [50], "host:b": [75]}


def test_a_query_without_groups_stands_beside_every_group() -> None:
    assert by_scope(HOSTS, "avg:used{*} by {host} / sum:size{*}") == {"host:a": [0.090909], "host:b": [0.272727]}
    assert by_scope(HOSTS, "sum:size{*} - avg:used{*} by {host}") == {"host:a": [100], "host:b": [80]}


def test_a_gauge_without_a_point_makes_null() -> None:
    both = source(series(every(60, [1, 2, 3]), metric="a"), series(every(60, [1, None, 1]), metric="b"))
    assert values(both, "avg:a{*} + avg:b{*}", 0, 180, 60) == [2, None, 4]


def test_a_count_without_a_point_is_zero() -> None:
    both = source(
        series(every(60, [1, 2, 3]), metric="a", type="count"),
        series(every(60, [1, None, 1]), metric="b", type="count"),
    )
    assert values(both, "sum:a{*}.as_count() + sum:b{*}.as_count()", 0, 180, 60) == [2, 2, 4]
    assert values(both, "sum:b{*}.as_count() / sum:a{*}.as_count()", 0, 180, 60) == [1, 0, 0.333333]


def test_buckets_that_neither_side_has_stay_empty() -> None:
    both = source(series([(0, 1), (600, 1)], metric="a"), series([(0, 2), (600, 2)], metric="b"))
    assert points(both, "avg:a{*} + avg:b{*}", 0, 1200, 60) == [(0, 3), (600, 3)]


def test_a_result_that_is_no_number_is_null() -> None:
    huge = source(series([(0, 1e200)]))
    assert values(huge, "avg:m{*} * avg:m{*} * avg:m{*}") == [None]


def test_nothing_combined_with_something_is_nothing() -> None:
    assert by_scope(HOSTS, "avg:used{*} + avg:unheard.of{*}") == {}


def test_an_expression_without_a_metric_is_not_evaluated() -> None:
    with pytest.raises(NotEvaluated, match="an expression without a metric"):
        evaluate(parse("1 + 1")[0], source(), Window(T0, T0 + 60))


def test_the_answer_says_what_was_computed_for_which_group() -> None:
    expression = parse("avg:used{*} by {host} / sum:size{!host:c}")[0]
    first, second = evaluate(expression, HOSTS, Window(T0, T0 + 60))
    assert first.expression == "(avg:used{host:a} / sum:size{!host:c})"
    assert (first.metric, first.aggregator, first.group) == ("(used / size)", None, (("host", "a"),))
    assert second.tag_set == ("host:b",)


def test_of_several_modifiers_behind_parentheses_the_outermost_counts() -> None:
    line = source(series(every(30, [1, 5, 2, 8])))

    inside = points(line, "((avg:m{*}.rollup(min, 30) + 0).rollup(avg, 60)).rollup(max, 120)", 0, 120)

    assert inside == points(line, "avg:m{*}.rollup(max, 120)", 0, 120) == [(0, 8)]
