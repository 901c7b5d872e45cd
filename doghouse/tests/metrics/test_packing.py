"""Points and sketches as bytes: what was packed comes out, and what is no such bytes is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from doghouse.metrics.distributions.sketches import LARGEST_KEY, Sketches, no_sketches, of_values
from doghouse.metrics.model import Columns, no_columns
from doghouse.metrics.packing import POINT_BYTES, joined, pack, pack_sketches, unpack, unpack_sketches


def columns(points: list[tuple[int, int, float]]) -> Columns:
    series, ts, value = zip(*points, strict=True) if points else ((), (), ())
    return Columns(np.array(series, np.int64), np.array(ts, np.int64), np.array(value, np.float64))


def rows(points: Columns) -> list[tuple[int, int, float]]:
    return list(zip(points.series.tolist(), points.ts.tolist(), points.value.tolist(), strict=True))


points = st.lists(st.tuples(st.integers(-1, 2**31 - 1), st.integers(-(2**40), 2**40), st.floats(allow_nan=False)))


@given(points)
def test_points_come_out_as_they_were_packed(listed: list[tuple[int, int, float]]) -> None:
    packed = pack(columns(listed))
    assert (len(packed), rows(unpack(packed))) == (POINT_BYTES * len(listed), listed)


@given(st.lists(points, min_size=1, max_size=4))
def test_parts_are_joined_in_their_order(parts: list[list[tuple[int, int, float]]]) -> None:
    assert rows(joined([columns(part) for part in parts])) == [point for part in parts for point in part]


SKETCHES = of_values(np.array([0, 0, 1]), np.array([5, 5, 6]), np.array([1.0, 2.0, 3.0]))


def same(sketches: Sketches, others: Sketches) -> bool:
    return all(np.array_equal(getattr(sketches, name), getattr(others, name)) for name in Sketches.__struct_fields__)


def test_sketches_come_out_as_they_were_packed() -> None:
    assert same(unpack_sketches(pack_sketches(SKETCHES)), SKETCHES)
    assert same(unpack_sketches(pack_sketches(no_sketches())), no_sketches())
    assert same(unpack_sketches([]), no_sketches())
    largest = replace(SKETCHES, key=np.array([LARGEST_KEY, 0, -LARGEST_KEY]))
    assert same(unpack_sketches(pack_sketches(largest)), largest)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (replace(SKETCHES, key=SKETCHES.key[:2]), "differ in length"),
        (replace(SKETCHES, ts=SKETCHES.ts[:1]), "differ in length"),
        (replace(SKETCHES, sketch=np.array([0, 1, 0])), "a bucket belongs to no sketch"),
        (replace(SKETCHES, sketch=np.array([-1, 0, 1])), "a bucket belongs to no sketch"),
        (replace(SKETCHES, sketch=np.array([0, 0, 2])), "a bucket belongs to no sketch"),
        (replace(SKETCHES, key=np.array([0, 0, LARGEST_KEY + 1])), "there is no such bucket"),
        (replace(SKETCHES, key=np.array([-LARGEST_KEY - 1, 0, 0])), "there is no such bucket"),
    ],
)
def test_what_are_no_sketches_is_refused(changed: Sketches, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        unpack_sketches(pack_sketches(changed))


def test_no_points_are_no_bytes() -> None:
    assert pack(no_columns()) == b""
