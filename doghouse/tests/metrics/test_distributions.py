"""Sketches: what a percentile of them is worth, and that merging is adding."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doghouse.metrics.distributions.sketches import (
    RELATIVE_ERROR,
    concatenated,
    keys_of,
    no_sketches,
    of_values,
    values_of,
)

NUMBERS = st.floats(-1e9, 1e9).map(lambda x: 0.0 if abs(x) < 1e-6 else x)


@settings(deadline=None)
@given(st.lists(NUMBERS, min_size=1))
def test_a_bucket_stands_for_a_value_within_the_relative_error(values: list[float]) -> None:
    sent = np.array(values)
    np.testing.assert_allclose(values_of(keys_of(sent)), sent, rtol=RELATIVE_ERROR * 1.01)


@settings(deadline=None)
@given(st.lists(NUMBERS, min_size=1), st.floats(0, 1))
def test_a_percentile_is_the_value_of_its_rank_within_the_relative_error(values: list[float], share: float) -> None:
    sent = np.array(values)
    [got] = of_values(np.zeros(len(sent), np.int64), np.zeros(len(sent), np.int64), sent).percentile(share)
    exact = np.sort(sent)[int(np.floor(share * (len(sent) - 1) + 1e-9))]
    assert got == pytest.approx(exact, rel=RELATIVE_ERROR * 1.01)


def test_the_documented_sample_has_the_documented_percentiles() -> None:
    """metrics/types: the values 1,1,1,1,1,2,2,2,2,3,3 have p50 2, p75 2, p90 3."""
    values = np.array([1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3], float)
    sketch = of_values(np.zeros(11, np.int64), np.full(11, 100), values)
    got = [sketch.percentile(share)[0] for share in (0.5, 0.75, 0.9)]
    assert got == pytest.approx([2, 2, 3], rel=0.01)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), NUMBERS), min_size=1))
def test_merged_sketches_are_the_sketch_of_all_their_values(points: list[tuple[int, int, float]]) -> None:
    group, ts, value = (np.array(column) for column in zip(*points, strict=True))
    fine = of_values(group, ts, value)
    coarse = fine.merged(fine.group // 2, fine.ts // 5)
    direct = of_values(group // 2, ts // 5, value)
    assert coarse.group.tolist() == direct.group.tolist()
    assert coarse.ts.tolist() == direct.ts.tolist()
    for name in ("count", "min", "max", "sketch", "key", "n"):
        assert getattr(coarse, name).tolist() == getattr(direct, name).tolist()
    np.testing.assert_allclose(coarse.sum, direct.sum, rtol=1e-9, atol=1e-3)


def test_no_sketches_have_no_percentiles() -> None:
    assert len(no_sketches().percentile(0.5)) == 0
    assert len(concatenated([])) == 0
