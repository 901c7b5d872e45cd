"""The worked examples of SLOs: each row's arithmetic, by the functions that the API, the monitors and the pages go by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from memory_points import T0, Given, source

from doghouse.metrics.model import Source
from doghouse.slos import budget
from doghouse.slos.corrections import Correction
from doghouse.slos.measuring import DOWN, UP, States, measured
from doghouse.slos.reading import read
from doghouse.slos.tally import Measured

WEEK_MINUTES = 10_080


def nothing(monitor: int, start: int, end: int) -> Any:
    raise AssertionError("no monitor is asked")


def metric_slo(good: str = "sum:good{*}.as_count()", total: str = "sum:all{*}.as_count()", **more: Any) -> Any:
    return read(
        {
            "type": "metric",
            "name": "s",
            "query": {"numerator": good, "denominator": total},
            "thresholds": [{"timeframe": "7d", "target": 99.5}],
            **more,
        }
    )


def monitor_slo(*monitors: int, **more: Any) -> Any:
    thresholds = [{"timeframe": "7d", "target": 99}]
    return read({"type": "monitor", "name": "s", "monitor_ids": list(monitors), "thresholds": thresholds, **more})


def down(minutes: Mapping[int, Sequence[int]]) -> States:
    """Monitors by id, each down in some minutes and up in all others."""

    def states(monitor: int, start: int, end: int) -> tuple[str, Mapping[str, Any]]:
        codes = np.full((end - start) // 60, UP, np.int8)
        codes[list(minutes[monitor])] = DOWN
        return f"M{monitor}", {"": codes}

    return states


def counts(metric: str, minutes: Mapping[int, float], tags: tuple[str, ...] = ()) -> Given:
    return Given(
        {60 * minute: value for minute, value in minutes.items()}, metric, tags=tags, type="count", interval=60
    )


def over(objective: Any, points: Source, minutes: int, states: States = nothing) -> Measured:
    return measured(objective, points, states, T0, T0 + 60 * minutes)


@pytest.mark.parametrize(
    ("good", "total", "target", "sli", "remaining", "consumed", "raw", "state"),
    [
        pytest.param(999_400, 1_000_000, 99.9, 99.94, 40, 60, 400, "ok", id="W01"),
        pytest.param(998_500, 1_000_000, 99.9, 99.85, -50, 150, -500, "breached", id="W02"),
    ],
)
def test_the_budget_of_a_metric_slo(
    good: int, total: int, target: float, sli: float, remaining: float, consumed: float, raw: float, state: str
) -> None:
    assert budget.sli(good, total) == sli
    assert budget.remaining(good, total, target) == remaining
    assert budget.consumed(good, total, target) == consumed
    assert budget.raw_remaining(good, total, target) == raw
    assert budget.state(good, total, target, None) == state


def test_w03_without_events_there_is_no_sli_no_budget_and_no_state() -> None:
    whole = over(metric_slo(), source(), WEEK_MINUTES).overall.whole()
    assert whole == (0, 0)
    assert np.isnan(budget.sli(*whole))
    assert np.isnan(budget.consumed(*whole, 99.5))
    assert budget.state(*whole, 99.5, None) == "no_data"


def test_w04_a_monitor_that_alerts_for_100_minutes_of_a_week() -> None:
    whole = over(monitor_slo(1), source(), WEEK_MINUTES, down({1: range(100)})).overall.whole()
    assert whole == (60 * 9_980, 60 * 10_080)
    assert budget.sli(*whole) == pytest.approx(99.0079, abs=1e-4)
    assert budget.printed(float(budget.sli(*whole)), budget.decimals("monitor", 99, 7 * 86_400)) == "99.00"
    assert budget.remaining(*whole, 99) == pytest.approx(0.79, abs=0.005)
    assert budget.raw_remaining(*whole, 99) == pytest.approx(0.8 * 60)


def test_w05_several_monitors_are_up_only_where_all_are() -> None:
    made = over(monitor_slo(1, 2, 3), source(), 10, down({1: [5], 2: [9], 3: [3, 5]}))
    assert [float(budget.sli(*row.whole())) for row in made.rows.values()] == [90, 90, 80]
    assert budget.sli(*made.overall.whole()) == 70


def test_w06_the_whole_of_a_grouped_slo_is_one_ratio_of_sums() -> None:
    points = source(
        counts("good", {0: 95}, ("az:a",)),
        counts("all", {0: 100}, ("az:a",)),
        counts("good", {3: 180}, ("az:b",)),
        counts("all", {3: 200}, ("az:b",)),
    )
    made = over(metric_slo("sum:good{*} by {az}.as_count()", "sum:all{*} by {az}.as_count()"), points, 10)
    assert {name: float(budget.sli(*row.whole())) for name, row in made.rows.items()} == {"az:a": 95, "az:b": 90}
    assert made.overall.whole() == (275, 300)
    assert float(budget.sli(*made.overall.whole())) == pytest.approx(91.667, abs=1e-3)


@pytest.mark.parametrize(
    ("long", "short", "rates"),
    [
        pytest.param((98_200, 100_000), (4_900, 5_000), (18, 20), id="W07"),
        pytest.param((98_200, 100_000), (4_990, 5_000), (18, 2), id="W07 later"),
        pytest.param((59, 60), (4, 5), (16.6666666667, 200), id="W08"),
    ],
)
def test_burn_rates(long: tuple[int, int], short: tuple[int, int], rates: tuple[float, float]) -> None:
    assert (budget.burn_rate(*long, 99.9), budget.burn_rate(*short, 99.9)) == rates


@pytest.mark.parametrize(("target", "most"), [(99.9, 1000), (96, 25), (95, 20), (90, 10)])
def test_w09_the_highest_burn_rate_there_can_be(target: float, most: float) -> None:
    assert budget.longest_burn(target) == most


def test_w10_a_correction_takes_events_away_good_and_bad() -> None:
    points = source(counts("good", {0: 8_980, 5: 920}), counts("all", {0: 9_000, 5: 1_000}))
    plain = metric_slo()
    whole = over(plain, points, 10).overall.whole()
    assert (budget.sli(*whole), budget.remaining(*whole, 99.5)) == (99, -100)
    corrected = plain.corrected_by((Correction(T0 + 300, T0 + 360),))
    whole = over(corrected, points, 10).overall.whole()
    assert whole == (8_980, 9_000)
    assert float(budget.sli(*whole)) == pytest.approx(99.7778, abs=1e-4)
    assert float(budget.remaining(*whole, 99.5)) == pytest.approx(55.56, abs=0.01)


def test_w11_a_correction_takes_time_away() -> None:
    states = down({1: range(60)})
    plain = monitor_slo(1)
    assert float(budget.sli(*over(plain, source(), WEEK_MINUTES, states).overall.whole())) == pytest.approx(
        99.4048, abs=1e-4
    )
    corrected = plain.corrected_by((Correction(T0 + 60 * 10, T0 + 60 * 130),))
    whole = over(corrected, source(), WEEK_MINUTES, states).overall.whole()
    assert whole == (60 * 9_950, 60 * 9_960)
    assert float(budget.sli(*whole)) == pytest.approx(99.8996, abs=1e-4)


@pytest.mark.parametrize(
    ("days", "rate", "hours", "used"),
    [
        (7, 16.8, 1, 10),
        (7, 5.6, 6, 20),
        (7, 2.8, 24, 40),
        (30, 14.4, 1, 2),
        (30, 6, 6, 5),
        (30, 3, 24, 10),
        (90, 21.6, 1, 1),
        (90, 10.8, 6, 3),
        (90, 4.5, 24, 5),
    ],
)
def test_w12_what_a_burn_rate_over_a_long_window_uses_of_the_budget(
    days: int, rate: float, hours: int, used: float
) -> None:
    """Events come evenly; in the long window as many are bad as the rate says, elsewhere none."""
    total, target = 1_000_000.0 * 24 * days, 99.0
    bad = rate * (1 - target / 100) * 1_000_000 * hours
    assert budget.burn_rate(1_000_000 * hours - bad, 1_000_000 * hours, target) == pytest.approx(rate)
    assert budget.consumed(total - bad, total, target) == pytest.approx(used)
