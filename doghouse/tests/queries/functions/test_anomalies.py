"""anomalies(): the band of 'basic', and what its documentation claims of it."""

import numpy as np
import pytest
from query_points import T0, ask, every, series, source

from doghouse.queries import ResultSeries, Window, evaluate, parse
from doghouse.queries.functions.anomalies.lagging import bands
from doghouse.queries.functions.anomalies.medians import MAD_TO_SIGMA


def with_band(query: str, values: list[float | None], end: int | None = None, **kind: object) -> ResultSeries:
    found = source(series(every(60, values, -60 * len(values)), **kind))  # type: ignore[arg-type]
    (expression,) = parse(query)
    (one,) = evaluate(expression, found, Window(T0 - 600, T0 if end is None else end, 60))
    return one


def outside(one: ResultSeries) -> list[int]:
    """How many minutes before T0 the points outside the band lie."""
    assert one.bounds is not None
    wrong = (one.values < one.bounds[0]) | (one.values > one.bounds[1])
    return [int(T0 - t) // 60 for t in one.ts[wrong]]


NOISE = np.random.default_rng(3).normal(100, 2, 120).tolist()


def test_the_band_lies_around_the_trailing_median() -> None:
    one = with_band("anomalies(avg:m{*}, 'basic', 2)", NOISE)
    assert one.bounds is not None
    before = np.array(NOISE[-75 - 1 : -1])  # five alert windows of 15 minutes before the last point
    middle = np.median(before)
    spread = 2 * MAD_TO_SIGMA * np.median(np.abs(before - middle))
    assert (one.bounds[0][-1], one.bounds[1][-1]) == pytest.approx((middle - spread, middle + spread))


def test_the_series_itself_stays_and_the_answer_says_that_it_is_an_approximation() -> None:
    one = with_band("anomalies(avg:m{*}, 'basic', 2)", NOISE)
    assert one.values.tolist() == NOISE[-10:]
    assert one.approximate is not None
    assert "approximation" in one.approximate


def test_a_spike_is_outside_and_does_not_move_its_own_band() -> None:
    spiked = [*NOISE[:-3], 150.0, *NOISE[-2:]]
    assert outside(with_band("anomalies(avg:m{*}, 'basic', 4)", spiked)) == [3]


def test_a_wider_band_lets_more_through() -> None:
    narrow = outside(with_band("anomalies(avg:m{*}, 'basic', 0.5)", NOISE))
    assert len(narrow) > 0
    assert outside(with_band("anomalies(avg:m{*}, 'basic', 6)", NOISE)) == []


def test_without_history_there_is_no_band() -> None:
    one = with_band("anomalies(avg:m{*}, 'basic', 2)", [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
    assert one.bounds is not None
    assert np.isnan(one.bounds[0]).tolist() == [True] * 5 + [False] * 2


def test_a_constant_series_is_never_anomalous() -> None:
    assert outside(with_band("anomalies(avg:m{*}, 'basic', 2)", [5.0] * 120)) == []


def test_missing_counts_are_zero_where_the_call_says_so() -> None:
    sparse: list[float | None] = [3.0, *[None if n % 3 else 1.0 for n in range(119)]]
    query = "anomalies(sum:m{*}.as_count(), 'basic', 2, count_default_zero='true')"
    assert len(with_band(query, sparse, type="count").ts) == 10
    assert len(with_band(query.replace("true", "false"), sparse, type="count").ts) < 10


def test_the_interval_of_the_call_is_the_bucket() -> None:
    found = source(series(every(10, [1.0] * 600, -6000)))
    (one,) = ask(found, "anomalies(avg:m{*}, 'basic', 2, interval=120, alert_window='last_15m')", -1200, 0)
    assert one.interval == 120


def test_groups_have_bands_of_their_own() -> None:
    hosts = source(series(every(60, [1.0] * 100, -6000), host="a"), series(every(60, [9.0] * 100, -6000), host="b"))
    first, second = ask(hosts, "anomalies(avg:m{*} by {host}, 'basic', 2)", -600, 0, 60)
    assert first.bounds is not None
    assert second.bounds is not None
    assert (first.bounds[1][-1], second.bounds[1][-1]) == (1, 9)


def test_nothing_found_has_no_band() -> None:
    assert ask(source(), "anomalies(avg:m{*}, 'basic', 2)", 0, 600) == []


def test_many_groups_are_looked_at_in_parts_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(1).normal(0, 1, (7, 60))
    whole = bands(values, 20, 2)
    monkeypatch.setattr("doghouse.queries.functions.anomalies.lagging.MOST_CELLS", 60 * 20 * 2)
    np.testing.assert_array_equal(whole, bands(values, 20, 2))
