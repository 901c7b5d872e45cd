"""Pairs of numbers become columns, whatever the numbers and however many."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.metrics.intake.batch import FUTURE_LIMIT_S, LATEST_TS, PAST_LIMIT_S, Numbered, columns, split
from doghouse.metrics.model import NO_SERIES

numbers = st.floats()


@given(st.lists(st.tuples(numbers, numbers), max_size=40))
def test_pairs_become_two_columns_of_the_same_numbers(pairs: list[tuple[float, float]]) -> None:
    ts, value = split(pairs)
    assert np.array_equal(ts, np.array([one for one, _ in pairs], np.float64), equal_nan=True)
    assert np.array_equal(value, np.array([one for _, one in pairs], np.float64), equal_nan=True)


@pytest.mark.parametrize("count", [0, 1, 15, 16, 65_535, 65_536])  # where MessagePack's head of a list gets longer
def test_any_number_of_pairs_can_be_split(count: int) -> None:
    ts, value = split([(float(place), -float(place)) for place in range(count)])
    assert ts.tolist() == list(range(count))
    assert value.tolist() == [-place for place in range(count)]


NOW = 1_772_445_600.5


@pytest.mark.parametrize(
    ("now", "ts", "is_taken"),
    [
        *((NOW, NOW - PAST_LIMIT_S, True), (NOW, NOW - PAST_LIMIT_S - 1, False)),
        *((NOW, NOW + FUTURE_LIMIT_S, True), (NOW, NOW + FUTURE_LIMIT_S + 1, False)),
        *((None, 0.0, True), (None, -1.0, False), (None, float(LATEST_TS), True), (None, LATEST_TS + 1.0, False)),
    ],
)
def test_the_first_and_the_last_second_that_is_taken(now: float | None, ts: float, is_taken: bool) -> None:
    """A point stands before it and one after it, each of a series of its own, so that what is dropped is seen."""
    middle = NOW if now is not None else 10.0
    batch = Numbered(np.array([4, 5, 6]), np.array([1, 1, 1]), np.array([middle, ts, middle + 1]), np.array([1.0, 2.0, 3.0]))  # fmt: skip
    taken = columns(batch, now)
    expected = [(4, int(middle), 1.0), (5, int(ts), 2.0), (6, int(middle + 1), 3.0)]
    assert list(zip(taken.series, taken.ts, taken.value, strict=True)) == [
        row for row in expected if is_taken or row[0] != 5
    ]


@pytest.mark.parametrize(
    ("series", "value"), [(NO_SERIES, 2.0), (5, np.nan), (5, np.inf), (5, -np.inf)], ids=["nameless", "nan", "inf", "-inf"]
)  # fmt: skip
def test_points_without_a_name_or_a_finite_value_are_dropped(series: int, value: float) -> None:
    batch = Numbered(np.array([4, series]), np.array([2, 1]), np.array([NOW] * 3), np.array([1.0, 3.0, value]))
    taken = columns(batch, NOW)
    assert (taken.series.tolist(), taken.value.tolist()) == ([4, 4], [1.0, 3.0])


def test_series_without_points_have_none() -> None:
    empty = np.empty(0)
    taken = columns(Numbered(np.array([4]), np.array([0]), empty, empty), NOW)
    assert (len(taken.series), len(taken.ts), len(taken.value)) == (0, 0, 0)
