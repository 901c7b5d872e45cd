"""What an SLO counts: minutes, slices, groups, what is missing, and what is corrected."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory_points import T0, Given, minutely, source

from doghouse.slos import budget
from doghouse.slos.api.history import interval, labels
from doghouse.slos.corrections import Correction
from doghouse.slos.measuring import measured
from doghouse.slos.reading import read
from doghouse.slos.tally import Tally

HITS, ERRORS = "sum:hits{*}.as_count()", "sum:errors{*}.as_count()"
BY_ZONE = "sum:hits{*} by {az}.as_count()", "sum:errors{*} by {az}.as_count()"


def no_monitors(monitor: int, start: int, end: int) -> Any:
    raise AssertionError("no monitor is asked")


def slo(type: str, **more: Any) -> Any:
    return read({"type": type, "name": "s", "thresholds": [{"timeframe": "7d", "target": 99}], **more})


def metric(good: str, total: str) -> Any:
    return slo("metric", query={"numerator": good, "denominator": total})


def slices(query: str, condition: str = "< 5", every: int = 60, formula: str = "q") -> Any:
    comparator, threshold = condition.split()
    asked = {
        "query": {
            "formulas": [{"formula": formula}],
            "queries": [{"name": "q", "data_source": "metrics", "query": query}],
        },
        "comparator": comparator,
        "threshold": float(threshold),
        "query_interval_seconds": every,
    }
    return slo("time_slice", sli_specification={"time_slice": asked})


def whole(objective: Any, *points: Given, minutes: int = 10) -> tuple[float, float]:
    return measured(objective, source(*points), no_monitors, T0, T0 + 60 * minutes).overall.whole()


def count(name: str, *values: float | None, tags: tuple[str, ...] = ()) -> Given:
    return minutely(values, metric=name, tags=tags, type="count", interval=60)


def test_every_query_is_asked_for_counts_where_one_of_its_side_says_so() -> None:
    points = [Given({0: 4, 10: 6, 20: 10}, "hits", type="count", interval=10)]
    assert whole(metric(f"{HITS} + sum:hits{{*}}", HITS), *points) == (40, 20)


def test_an_error_count_without_points_takes_nothing_away() -> None:
    objective = metric(f"{HITS} - {ERRORS}", HITS)
    assert whole(objective, count("hits", 10, 10)) == (20, 20)
    assert whole(objective, count("hits", 10, 10), count("errors", None, 3)) == (17, 20)


@pytest.mark.parametrize(
    ("good", "events"),
    [
        *((f"{HITS} - 1", 17), (f"{HITS} * 0.5", 10), (f"3 - {ERRORS}", 6), (f"-{ERRORS} + {HITS}", 17)),
        *((f"abs(-{HITS})", 20), (f"cumsum({HITS})", 30), (f"({HITS} - {ERRORS}) / 2", 8.5)),
    ],
)
def test_events_are_reckoned_with_minute_by_minute(good: str, events: float) -> None:
    """A minute without events counts 0, and a number stands in each minute."""
    points = [count("hits", 10, 10, None), count("errors", None, 3)]
    assert whole(metric(good, HITS), *points, minutes=3)[0] == events


def test_a_group_that_one_side_lacks_counts_zero_there() -> None:
    objective = metric(f"{BY_ZONE[0]} - {BY_ZONE[1]}", BY_ZONE[0])
    points = source(
        count("hits", 10, tags=("az:a",)), count("hits", 20, tags=("az:b",)), count("errors", 5, tags=("az:b",))
    )
    made = measured(objective, points, no_monitors, T0, T0 + 600)
    assert {name: row.whole() for name, row in made.rows.items()} == {"az:a": (10, 10), "az:b": (15, 20)}
    assert (made.overall.whole(), made.by) == ((25, 30), ("az",))


def test_total_events_may_be_given_as_good_and_bad_ones() -> None:
    queries = [
        {"name": "h", "data_source": "metrics", "query": HITS},
        {"name": "e", "data_source": "metrics", "query": ERRORS},
    ]
    count_by = {"queries": queries, "good_events_formula": {"formula": "h - e"}, "bad_events_formula": {"formula": "e"}}
    objective = slo("metric", sli_specification={"count": count_by})
    assert whole(objective, count("hits", 10, 10), count("errors", 1, 3)) == (16, 20)


@pytest.mark.parametrize(("condition", "up"), [("< 5", 120), ("<= 5", 180), ("> 5", 60), (">= 5", 120)])
def test_a_slice_is_up_where_its_value_is_on_the_right_side(condition: str, up: int) -> None:
    values = minutely([1, 5, 9, 4])
    assert whole(slices("avg:m{*}", condition), values, minutes=4) == (up, 240)


def test_slices_without_data_are_up() -> None:
    assert whole(slices("avg:m{*}"), minutely([9, None, None, 9]), minutes=4) == (120, 240)
    assert whole(slices("avg:m{*}"), minutes=4) == (240, 240)


def test_the_whole_of_grouped_slices_is_up_only_where_every_group_is() -> None:
    points = source(minutely([9, 1, 1, 1], host="a"), minutely([1, 1, 9, 1], host="b"))
    made = measured(slices("avg:m{*} by {host}"), points, no_monitors, T0, T0 + 240)
    assert {name: row.whole()[0] for name, row in made.rows.items()} == {"host:a": 180, "host:b": 180}
    assert made.overall.whole() == (120, 240)


def test_slices_of_five_minutes_have_one_value_each() -> None:
    values = minutely([1] * 5 + [1, 1, 1, 1, 96] + [1] * 5)  # the second slice's mean is 20
    assert whole(slices("avg:m{*}", "< 5", 300), values, minutes=15) == (600, 900)


def test_a_correction_makes_slices_up() -> None:
    objective = slices("avg:m{*}").corrected_by((Correction(T0 + 60, T0 + 120),))
    assert whole(objective, minutely([9, 9, 1, 1]), minutes=4) == (180, 240)


def test_a_correction_that_recurs_covers_each_occurrence_on_its_zones_clocks() -> None:
    daily = Correction(T0, None, "FREQ=DAILY;COUNT=3", 600, "Europe/Berlin")
    week = list(daily.stretches(T0 - 86_400, T0 + 7 * 86_400))
    assert week == [(T0 + day * 86_400, T0 + day * 86_400 + 600) for day in range(3)]


windows = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=40, max_size=40), windows)
def test_a_window_of_a_tally_is_the_sum_of_its_steps(steps: list[tuple[int, int]], window: list[int]) -> None:
    good, bad = (np.array(column, np.float64) for column in zip(*steps, strict=True))
    tally = Tally(T0, 60, good, good + bad)
    low, high = window
    starts, ends = np.array([T0 + 60 * low]), np.array([T0 + 60 * high])
    sums = tally.between(starts, ends)
    assert (sums[0][0], sums[1][0]) == (good[low:high].sum(), (good + bad)[low:high].sum())


targets = st.integers(1, 99_999).map(lambda thousandths: thousandths / 1000)


@given(st.integers(0, 10**6), st.integers(1, 10**6), targets)
def test_remaining_and_consumed_make_one_hundred_and_a_breach_is_an_overdrawn_budget(
    bad: int, more: int, target: float
) -> None:
    total = bad + more
    good = total - bad
    remaining, consumed = budget.remaining(good, total, target), budget.consumed(good, total, target)
    assert remaining + consumed == pytest.approx(100, rel=1e-9, abs=1e-9)
    assert (budget.state(good, total, target, None) == "breached") == (remaining < 0)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(99.995, 2, "99.99"), (99.0079, 2, "99.00"), (100.0, 2, "100.00"), (-50.0, 1, "-50.0")],
)
def test_a_percentage_is_cut_off_and_not_rounded(value: float, decimals: int, text: str) -> None:
    assert budget.printed(value, decimals) == text


@pytest.mark.parametrize(
    ("type", "target", "span", "decimals"),
    [
        ("monitor", 99.0, 7, 2),
        ("monitor", 99.0, 90, 3),
        ("metric", 99.0, 7, 1),
        ("metric", 99.95, 7, 3),
        ("metric", 99.999, 7, 4),
    ],
)
def test_so_many_decimals_are_shown(type: str, target: float, span: int, decimals: int) -> None:
    assert budget.decimals(type, target, span * 86_400) == decimals


def test_h2_a_history_keeps_its_first_bucket_whose_label_is_cut_to_five_minutes() -> None:
    start, end = 1_704_236_088, 1_704_322_488  # recorded: get_an_slos_history_returns_ok_response
    assert interval(end - start) == 7200
    assert labels(start, end).tolist() == [1_704_235_800, *range(1_704_240_000, end, 7200)]
    assert len(labels(start, end)) == 13
