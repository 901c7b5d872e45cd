"""The budget's arithmetic at its edges, and the measures that a query may ask of an SLO."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory_points import T0, Given, source

from doghouse.metrics.model import Source
from doghouse.queries.beyond.reading import MEASURES, QueryBody
from doghouse.slos import budget, queried
from doghouse.slos.api import access
from doghouse.slos.api.access import Slos
from doghouse.slos.reading import read
from doghouse.slos.store import SloStore
from doghouse.storage.sqlite import Database
from doghouse.time.lengths import DAY

targets = st.integers(1, 99_999).map(lambda thousandths: thousandths / 1000)


@given(st.integers(0, 10**6), st.integers(1, 10**6), targets)
def test_a_budget_is_what_exact_arithmetic_says(bad: int, more: int, target: float) -> None:
    total = bad + more
    good, allowed = total - bad, 100 - Fraction(repr(target))
    rate = Fraction(100 * bad, total) / allowed
    assert float(budget.sli(good, total)) == pytest.approx(float(Fraction(100 * good, total)), rel=1e-10)
    assert float(budget.burn_rate(good, total, target)) == pytest.approx(float(rate), rel=1e-10)
    assert float(budget.consumed(good, total, target)) == pytest.approx(float(100 * rate), rel=1e-10)
    assert budget.raw_remaining(good, total, target) == pytest.approx(float(total * allowed / 100 - bad), rel=1e-9, abs=1e-6)  # fmt: skip
    assert budget.longest_burn(target) == pytest.approx(float(100 / allowed), rel=1e-10)


def test_an_sli_that_equals_a_target_has_reached_it() -> None:
    states = [budget.state(good, 1000, 99, 99.5) for good in (989, 990, 994, 995, 1000)]
    assert states == ["breached", "warning", "warning", "ok", "ok"]
    assert [budget.state(good, 1000, 99, None) for good in (989, 990, 994)] == ["breached", "ok", "ok"]
    assert budget.state(0, 0, 99, 99.5) == "no_data"
    assert budget.state(-1, 1, 50, None) == "breached"


def test_more_good_events_than_events_leave_more_than_the_whole_budget() -> None:
    assert (budget.sli(110, 100), budget.remaining(110, 100, 90)) == (110, 200)


@pytest.mark.parametrize(
    ("number", "places"), [(99.0, 0), (100.0, 0), (99.5, 1), (0.125, 3), (1e-7, 7), (1e22, 0), (120.0, 0)]
)
def test_a_number_has_as_many_decimals_as_it_is_written_with(number: float, places: int) -> None:
    assert budget.places(number) == places


@pytest.mark.parametrize(
    ("type", "target", "span", "decimals"),
    [
        ("monitor", 99, 30 * DAY, 2),
        ("time_slice", 99, 30 * DAY + 1, 3),
        ("metric", 99, 90 * DAY, 1),
        ("metric", 99.9, 1, 2),
        ("metric", 99.99, 1, 3),
        ("metric", 99.9999, 1, 4),
    ],
)
def test_decimals_grow_with_the_time_or_with_the_targets_own(
    type: str, target: float, span: int, decimals: int
) -> None:
    assert budget.decimals(type, target, span) == decimals


def test_what_has_no_events_has_no_number_and_noise_is_rounded_away() -> None:
    good, total = np.array([0.0, 1.0, 3.0]), np.array([0.0, 3.0, 3.0])
    np.testing.assert_array_equal(budget.sli(good, total), [np.nan, 33.3333333333, 100])
    np.testing.assert_array_equal(budget.burn_rate(good, total, 99.9), [np.nan, 666.666666667, 0])
    np.testing.assert_array_equal(budget.remaining(good, total, 99.9), [np.nan, -66566.6666667, 100])
    assert budget.allowed(99.9) == 0.1


# -- over a store

BODY: dict[str, Any] = {
    "type": "metric",
    "name": "s",
    "query": {"numerator": "sum:good{*}.as_count()", "denominator": "sum:all{*}.as_count()"},
    "thresholds": [{"timeframe": "7d", "target": 90, "warning": 95}, {"timeframe": "30d", "target": 80}],
}


def counted(metric: str, minutes: dict[int, float], ago: int = 0) -> Given:
    return Given({60 * at - ago: value for at, value in minutes.items()}, metric, type="count", interval=60)


@pytest.fixture
def store(tmp_path: Path) -> SloStore:
    return SloStore(Database(tmp_path / "slos.sqlite"))


def made_of(store: SloStore, points: Source) -> Slos:
    return Slos(store, None, points, None, lambda _: ())  # type: ignore[arg-type]


@pytest.fixture
def slos(store: SloStore) -> Slos:
    """Ten events a minute for five minutes, of which 0, 1, 2, 3 and 10 are bad; a minute without any; ten good ones."""
    good = {0: 10.0, 1: 9.0, 2: 8.0, 3: 7.0, 4: 0.0, 6: 10.0}
    return made_of(store, source(counted("good", good), counted("all", dict.fromkeys(good, 10.0))))


def asked(slos: Slos, measure: str, start: int, end: int, step: int, body: dict[str, Any] = BODY) -> dict[int, Any]:
    made = slos.store.add(read(body), T0)
    query = QueryBody("slo", slo_id=made["id"], measure=measure)
    times, values = queried.values(slos, query, T0 + start, T0 + end, step)
    return {
        time - T0: None if np.isnan(value) else value
        for time, value in zip(times.tolist(), values.tolist(), strict=True)
    }


@pytest.mark.parametrize(
    ("measure", "values"),
    [
        ("good_events", [10, 9, 8, 7, 0, None, 10]),
        ("bad_events", [0, 1, 2, 3, 10, None, 0]),
        ("slo_status", [100, 90, 80, 70, 0, None, 100]),
        ("burn_rate", [0, 1, 2, 3, 10, None, 0]),
        ("error_budget_remaining", [100, 0, -100, -200, -900, None, 100]),
        ("error_budget_burndown", [100, 250 / 3, 50, 0, -500 / 3, -500 / 3, -500 / 3]),
    ],
)
def test_a_measure_of_each_minute(slos: Slos, measure: str, values: list[float | None]) -> None:
    made = asked(slos, measure, 0, 420, 60)
    assert list(made) == [60 * minute for minute in range(7)]
    assert list(made.values()) == [None if value is None else pytest.approx(value) for value in values]


def test_seconds_are_asked_for_as_minutes(slos: Slos) -> None:
    sli = {
        "query": {"formulas": [{"formula": "g"}], "queries": [{"name": "g", "query": "sum:good{*}.as_count()"}]},
        "comparator": ">",
        "threshold": 7.5,
        "query_interval_seconds": 60,
    }
    body = {**BODY, "type": "time_slice", "query": None, "sli_specification": {"time_slice": sli}}
    assert asked(slos, "good_minutes", 0, 420, 0, body) == {0: 5}
    assert asked(slos, "bad_minutes", 0, 420, 0, body) == {0: 2}
    assert asked(slos, "good_events", 0, 420, 180, body) == {0: 180, 180: 60, 360: 60}


def test_all_at_once_and_pieces_that_the_stretch_cuts(slos: Slos) -> None:
    assert asked(slos, "bad_events", 60, 300, 0) == {60: 16}
    assert asked(slos, "bad_events", 60, 300, 120) == {60: 1, 120: 5, 240: 10}
    assert asked(slos, "bad_events", 60, 240, 120) == {60: 1, 120: 5}
    assert asked(slos, "good_events", -600, -60, 0) == {-600: None}


def test_each_measure_that_may_be_asked_for_is_there(slos: Slos) -> None:
    assert all(len(asked(slos, measure, 0, 60, 60)) == 1 for measure in MEASURES)


def test_an_slo_stands_beside_each_target_over_its_own_timeframe(store: SloStore) -> None:
    end = T0 + 40
    week = 7 * DAY
    # one bad event of ten a minute after the week has begun, all ten a minute before, all ten 30 days ago
    points = source(
        counted("good", {1: 9.0, -1: 0.0}, week),
        counted("all", {1: 10.0, -1: 10.0}, week),
        counted("good", {0: 0.0, -1: 0.0}, 30 * DAY),
        counted("all", {0: 10.0, -1: 10.0}, 30 * DAY),
    )
    slos = made_of(store, points)
    objective = read(BODY)
    [(seven, why), (thirty, other)] = slos.stands(objective, end)
    assert (why, other) == ("", "")
    assert (seven.sli, seven.state, seven.remaining, seven.decimals) == (90, "warning", 0, 1)
    assert seven.raw == {"unit": "events", "value": 0}
    assert (thirty.sli, thirty.state, thirty.remaining) == (30, "breached", -250)
    assert thirty.raw == {"unit": "events", "value": -15}
    nothing = made_of(store, source()).stands(objective, end)
    assert nothing == [(access.Status(None, None, None, "no_data", 1), access.ZERO)] * 2
