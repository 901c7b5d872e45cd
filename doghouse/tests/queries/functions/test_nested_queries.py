"""Nested queries: rollups and aggregations of what a query gives (metrics/nested_queries)."""

import pytest
from query_points import T0, ask, by_scope, every, points, series, source

from doghouse.queries import NotEvaluated

from .test_functions import over_line

# nested queries

CLUSTER = source(
    series(every(60, [1, 2, 3, 10]), "env:a", host="x"),
    series(every(60, [3, 4, None, 5]), "env:a", host="y"),
    series(every(60, [7, 7, 7, 7]), "env:b", host="z"),
)


@pytest.mark.parametrize(
    ("method", "expected"),
    [("avg", [1.5, 6.5]), ("sum", [3, 13]), ("min", [1, 3]), ("max", [2, 10]), ("count", [2, 2]), ("p95", [1, 3])],
)
def test_a_further_rollup_takes_the_points_of_the_first(method: str, expected: list[float]) -> None:
    query = f"rollup(sum:m{{host:x}}.rollup(avg, 60), '{method}', 120)"
    assert points(CLUSTER, query, 0, 240) == list(zip((0, 120), expected, strict=True))


def test_a_standard_deviation_is_that_of_all_the_points() -> None:
    assert points(CLUSTER, "rollup(avg:m{host:x}.rollup(avg,60), 'stddev', 240)", 0, 240) == [(0, 3.535534)]


def test_a_finer_rollup_inside_is_honoured_over_a_month() -> None:
    month = source(series(every(300, range(30 * 288))))
    first = -(-T0 // 14400) * 14400 - T0
    got = points(month, "rollup(avg:m{*}.rollup(avg, 300), 'count', 14400)", first, first + 14400 * 100)
    assert {value for _, value in got} == {48}


def test_a_further_rollup_drops_a_bucket_that_began_before_the_window() -> None:
    assert points(CLUSTER, "rollup(avg:m{host:x}.rollup(avg,60), 'sum', 120)", 60, 240) == [(120, 13)]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("sum(q, {env})", {"env:a": [4, 6, 3, 15], "env:b": [7, 7, 7, 7]}),
        ("avg(q, {env})", {"env:a": [2, 3, 3, 7.5], "env:b": [7, 7, 7, 7]}),
        ("stddev(q, {env})", {"env:a": [1, 1, 0, 2.5], "env:b": [0, 0, 0, 0]}),
        ("percentile(q, 'p100', {env})", {"env:a": [3, 4, 3, 10], "env:b": [7, 7, 7, 7]}),
        ("max(sum(q, {env, host}), {env})", {"env:a": [3, 4, 3, 10], "env:b": [7, 7, 7, 7]}),
    ],
)
def test_groups_are_aggregated_once_more_by_fewer_keys(call: str, expected: dict[str, list[float | None]]) -> None:
    query = call.replace("q", "avg:m{*} by {env,host}.fill(null)")
    assert by_scope(CLUSTER, query, 0, 240, 60) == expected


def test_a_further_layer_by_a_key_that_there_is_not_is_refused() -> None:
    with pytest.raises(NotEvaluated, match=r"sum\(\) by 'az', which its query does not group by"):
        ask(CLUSTER, "sum(avg:m{*} by {host}, {az})", 0, 240, 60)


def test_points_are_told_by_a_threshold() -> None:
    assert over_line("is_greater(q, 2)") == [1, 0, 1, 0]
    assert over_line("is_less(q, 2)") == [0, 1, 0, 0]
    assert over_line("is_between(q, 1, 4)") == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("method", "expected"), [("median", [4, 2.5, 2]), ("p99", [4, 1, 1]), ("stddev", [0, 1.5, 1]), ("count", [1, 2, 2])]
)
def test_a_moving_rollup_has_the_methods_of_nested_queries(method: str, expected: list[float]) -> None:
    assert over_line(f"moving_rollup(q, 120, '{method}')")[:3] == expected
