"""The Agent's sketches: laws of the buckets."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from doghouse.agent.aggregation.sketches import BIN_LIMIT, Sketch, key, value_of
from doghouse.metrics.distributions.sketches import RELATIVE_ERROR, SMALLEST, keys_of, values_of

values = st.floats(-1e12, 1e12, allow_nan=False)


@given(values)
def test_a_bucket_stands_for_its_values_within_the_relative_error(value):
    if abs(value) < SMALLEST:
        assert value_of(key(value)) == 0
    else:
        assert math.isclose(value_of(key(value)), value, rel_tol=RELATIVE_ERROR * 1.01)


@given(st.lists(values))
def test_the_buckets_are_those_of_the_store(several):
    keys = keys_of(np.array(several, np.float64))
    assert [key(value) for value in several] == keys.tolist()
    assert np.allclose([value_of(one) for one in keys.tolist()], values_of(keys))


@given(values, values)
def test_buckets_are_in_the_order_of_their_values(one, other):
    low, high = sorted((one, other))
    assert key(low) <= key(high)


@given(st.lists(values, min_size=1))
def test_count_sum_least_and_greatest_are_exact(inserted):
    sketch = Sketch()
    for value in inserted:
        sketch.insert(value)
    assert (sketch.count, sketch.min, sketch.max) == (len(inserted), min(inserted), max(inserted))
    assert math.isclose(sketch.sum, sum(inserted), abs_tol=1e-3)
    assert sum(sketch.columns()[1]) == len(inserted)


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.integers(1, 10_000))
def test_an_interpolated_bucket_has_all_its_values_between_its_bounds(lower, width, times):
    sketch = Sketch()
    sketch.interpolate(lower, lower + width, times)
    assert sketch.count == times
    assert sketch.min >= lower
    assert sketch.max <= lower + width


def test_an_interpolated_bucket_is_spread_evenly():
    sketch = Sketch()
    sketch.interpolate(0, 100, 1000)
    below = sum(count for bucket, count in sketch.bins.items() if value_of(bucket) <= 50)
    assert abs(below - 500) <= 1000 * RELATIVE_ERROR
    assert math.isclose(sketch.sum / 1000, 50, rel_tol=0.02)


def test_the_lowest_buckets_are_merged_above_the_limit():
    sketch = Sketch()
    for place in range(-3000, 3000):
        sketch.insert(math.copysign(1.02 ** (abs(place) / 2), place))
        sketch.bins[place + 10_000] = 1
    keys, amounts = sketch.columns()
    assert len(keys) <= BIN_LIMIT
    assert sum(amounts) == sum(sketch.bins.values())
