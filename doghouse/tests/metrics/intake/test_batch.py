"""Pairs of numbers become columns, whatever the numbers and however many."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.metrics.intake.batch import split

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
