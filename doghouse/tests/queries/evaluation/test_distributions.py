"""Distributions: percentiles and sums over every value of a group, from sketches (metrics/distributions, metrics/types)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from query_points import T0, by_scope, every, points, series, source, values

from doghouse.metrics.distributions.sketches import RELATIVE_ERROR, of_values
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Series, no_columns
from doghouse.queries import (
    Formula,
    FormulaRequest,
    NamedQuery,
    NotEvaluated,
    Window,
    evaluate,
    evaluate_scalars,
    parse,
    parse_formula,
)

DOCUMENTED = [1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3]
CLOSE = RELATIVE_ERROR * 1.01


def distribution(*given_series: tuple[str, list[tuple[int, float]]]) -> MemorySource:
    """A source of distributions: a host and its (second, value) pairs each; many values may stand in one second."""
    listed = [Series(number, "d", "distribution", 0, host, ()) for number, (host, _) in enumerate(given_series)]
    rows = [(number, T0 + t, value) for number, (_, pairs) in enumerate(given_series) for t, value in pairs]
    sketches = of_values(
        np.array([row[0] for row in rows], np.int64),
        np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], np.float64),
    )
    return MemorySource(listed, no_columns(), sketches=sketches)


TWO_HOSTS = distribution(
    ("a", [(t, float(v)) for t, v in enumerate(DOCUMENTED[:6])]), ("b", [(20, 2.0)] * 3 + [(30, 3.0)] * 2)
)


@pytest.mark.parametrize(
    ("aggregator", "expected"),
    [("p50", 2), ("p75", 2), ("p90", 3), ("avg", 19 / 11), ("sum", 19), ("count", 11), ("min", 1), ("max", 3)],
)
def test_the_documented_values_over_time_and_space(aggregator: str, expected: float) -> None:
    got = values(TWO_HOSTS, f"{aggregator}:d{{*}}", 0, 60, 60)
    assert got == [pytest.approx(expected, rel=CLOSE)]


def test_a_query_without_an_aggregator_is_the_mean_of_every_value() -> None:
    assert values(TWO_HOSTS, "d{*}", 0, 60, 60) == [pytest.approx(19 / 11)]


def test_a_scalar_percentile_is_that_of_every_value_in_the_window() -> None:
    """Of 1, 1, 1 and 2, 9: the percentiles of the two minutes do not give it; what lies before the window has no part."""
    found = distribution(("a", [(0, 50.0), (1, 50.0), *((60 + at, 1.0) for at in range(3)), (120, 2.0), (121, 9.0)]))
    asked = FormulaRequest({"q": NamedQuery(parse("p75:d{*}")[0], "percentile")}, (Formula("f", parse_formula("q")),))
    ((_, _, column),) = evaluate_scalars(asked, found, Window(T0 + 60, T0 + 180, 60)).columns
    assert column.tolist() == [pytest.approx(2, rel=CLOSE)]


def test_groups_have_their_own_percentiles() -> None:
    got = by_scope(TWO_HOSTS, "p50:d{*} by {host}", 0, 60, 60)
    assert got == {"host:a": [pytest.approx(1, rel=CLOSE)], "host:b": [pytest.approx(2, rel=CLOSE)]}


def test_buckets_have_their_own_percentiles() -> None:
    found = distribution(("a", [(0, 1.0), (10, 1.0), (60, 9.0)]))
    assert points(found, "max:d{*}.rollup(avg,60)", 0, 180) == [(0, 1), (60, 9)]


@given(st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=200), st.sampled_from([0, 50, 75, 90, 95, 99]))
def test_a_percentile_is_within_the_sketches_error(given_values: list[float], rank: int) -> None:
    found = distribution(("a", [(n % 50, value) for n, value in enumerate(given_values)]))
    exact = sorted(given_values)[int(rank / 100 * (len(given_values) - 1))]
    (got,) = values(found, f"p{rank}:d{{*}}", 0, 60, 60)
    assert got == pytest.approx(exact, rel=CLOSE, abs=1e-6)


def test_a_shift_moves_distributions_too() -> None:
    found = distribution(("a", [(0, 1.0), (50, 3.0), (70, 9.0)]))
    assert points(found, "timeshift(max:d{*},-60)", 60, 180, 60) == [(60, 3), (120, 9)]
    assert points(found, "timeshift(max:d{*},-10)", 0, 120, 60) == [(0, 1), (60, 9)]


def test_calendar_buckets_hold_whole_local_days() -> None:
    found = distribution(("a", [(-11 * 3600, 5.0), (0, 1.0), (13 * 3600 - 1, 2.0), (13 * 3600, 8.0)]))
    (expression,) = parse("sum:d{*}.rollup(sum,daily,'Europe/Berlin')")  # T0 is 11:00 there
    (one,) = evaluate(expression, found, Window(T0 - 11 * 3600, T0 + 24 * 3600))
    assert one.values.tolist() == [8, 8]


def test_a_count_of_values_is_a_count() -> None:
    found = distribution(("a", [(0, 1.0), (10, 1.0), (120, 1.0)]))
    assert values(found, "count:d{*}.as_rate()", 0, 180, 60) == [0.033333, 0.016667]
    assert values(found, "count:d{*}.as_count() + count:d{host:a}.as_count()", 0, 180, 60) == [4, 2]


def test_groups_without_values_in_a_bucket_have_no_point_there() -> None:
    found = distribution(("a", [(0, 1.0), (120, 1.0)]), ("b", [(60, 5.0)]))
    assert by_scope(found, "max:d{*} by {host}", 0, 180, 60) == {"host:a": [1, 1], "host:b": [5]}
    filled = by_scope(found, "max:d{*} by {host}.fill(last)", 0, 180, 60)
    assert filled == {"host:a": [1, 1, 1], "host:b": [5, 5]}


def test_a_source_without_sketches_is_named() -> None:
    class Plain:
        def find(self, metric: str) -> list[Series]:
            return [Series(1, metric, "distribution", 0, "", ())]

        def read(self, *_: object) -> Columns:
            return no_columns()

    with pytest.raises(NotEvaluated, match="distributions from a source without sketches"):
        evaluate(parse("p95:d{*}")[0], Plain(), Window(T0, T0 + 60))


def test_a_metric_of_gauges_and_distributions_is_refused() -> None:
    mixed = source(series(every(60, [1.0]), host="a"), series([], type="distribution", host="b"))
    with pytest.raises(NotEvaluated, match="only some series are distributions"):
        values(mixed, "avg:m{*}")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [("v<=1", 5), ("v<2", 5), ("v<=2", 9), ("v>2", 2), ("v>=2", 6), ("v<0", 0), ("v > -1", 11), ("v>3", 0)],
)
def test_a_threshold_query_counts_values(condition: str, expected: float) -> None:
    assert values(TWO_HOSTS, f"count(v: {condition}):d{{*}}", 0, 60, 60) == [expected]
    assert values(TWO_HOSTS, f"count(v: {condition}):d{{*}}.as_count()", 0, 60, 60) == [expected]
    assert values(TWO_HOSTS, f"count(v: {condition}):d{{*}}.as_rate()", 0, 60, 60) == [round(expected / 60, 6)]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=100), st.floats(-1e6, 1e6))
def test_values_on_both_sides_of_a_threshold_are_all_values(given_values: list[float], limit: float) -> None:
    found = distribution(("a", [(n % 50, value) for n, value in enumerate(given_values)]))

    def counted(comparator: str) -> float:
        (value,) = values(found, f"count(v: v{comparator}{limit!r}):d{{*}}", 0, 60, 60)
        assert value is not None
        return value

    assert counted("<") + counted(">=") == counted("<=") + counted(">") == len(given_values)
    near = abs(limit) * 3 * RELATIVE_ERROR + 1e-8
    assert sum(value < limit - near for value in given_values) <= counted("<")
    assert counted("<=") <= sum(value <= limit + near for value in given_values)


def test_counting_values_of_a_gauge_is_refused() -> None:
    with pytest.raises(NotEvaluated, match=r"count\(v: v<5\) over a metric that is no distribution"):
        values(source(series([(0, 1.0)])), "count(v: v<5):m{*}")
