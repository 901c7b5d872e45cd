"""Windows over a group of several series: the values around a window's edges depend on the window, those inside are worked out once for all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doghouse.monitors.windows import spatial
from doghouse.monitors.windows.spatial import NEVER, Part, reduce_group

T0, MINUTES = 600_000, 20
ENDS = T0 + 60 * np.arange(1, MINUTES + 1)


def part(drawn: dict[int, float]) -> Part:
    """A series' buckets, from seconds since T0."""
    at = sorted(drawn)
    return T0 + np.array(at, np.int64), np.array([drawn[one] for one in at], np.float64)


values = st.floats(-1e6, 1e6)
scattered = st.dictionaries(st.integers(0, 60 * MINUTES), values, max_size=40)
regular = st.builds(
    lambda phase, every, first: {second: first + second % 7 for second in range(phase, 60 * MINUTES, every)},
    *(st.integers(0, 44), st.sampled_from([15, 45, 60]), values),
)
several = st.lists(st.one_of(scattered, regular).map(part), min_size=2, max_size=12)
ways = st.tuples(st.sampled_from(["avg", "sum", "min", "max"]), st.sampled_from(["avg", "sum", "min", "max"]))


@settings(max_examples=150, deadline=None)
@given(several, ways, st.sampled_from([60, 300, 900]), st.sampled_from([-1, 300]))
def test_a_window_has_the_same_bits_alone_as_among_others(
    parts: list[Part], ways: tuple[str, str], span: int, limit: int
) -> None:
    among = reduce_group(parts, ENDS, span, spatial=ways[0], how=ways[1], limit=limit)
    alone = [reduce_group(parts, ENDS[at : at + 1], span, spatial=ways[0], how=ways[1], limit=limit)[0] for at in range(len(ENDS))]  # fmt: skip

    np.testing.assert_array_equal(among, alone)


@settings(max_examples=100, deadline=None)
@given(several, st.sampled_from([60, 300, 900]), st.sampled_from([-1, 300]))
def test_a_window_is_what_its_own_points_give(parts: list[Part], span: int, limit: int) -> None:
    sums = reduce_group(parts, ENDS, span, spatial="sum", how="sum", limit=limit)

    for end, got in zip(ENDS.tolist(), sums.tolist(), strict=True):
        inside = [spatial._between(one, end - span, end) for one in parts]
        matrix = spatial._matrix(inside, limit)
        expected = spatial._combined(matrix, slice(None), end - span, NEVER, "sum").sum() if len(matrix.ts) else np.nan
        assert got == pytest.approx(expected, rel=1e-9, abs=1e-6, nan_ok=True)
