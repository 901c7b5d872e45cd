"""A source in memory against a plain reading of its points: which are read, which of a second counts, what a bucket comes to, which tags a series has."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.metrics import memory
from doghouse.metrics.memory import MemorySource, Subset, distinct, effective
from doghouse.metrics.model import Columns, Rollup, Series, TimeAggregator

Row = tuple[int, int, int]
rows = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 30), st.integers(-9, 9)), max_size=40)
AGGREGATORS: dict[TimeAggregator, object] = {
    "sum": sum,
    "min": min,
    "max": max,
    "count": len,
    "last": lambda values: values[-1],
    "avg": lambda values: sum(values) / len(values),
}


def source(given_rows: Sequence[Row], scale: int = 1) -> MemorySource:
    columns = [np.array([row[place] for row in given_rows], np.int64) for place in range(3)]
    known = [Series(number * scale, "m", "gauge", 0, "", ()) for number in range(5)]
    return MemorySource(known, Columns(columns[0] * scale, columns[1], columns[2].astype(np.float64)))


def plainly(given_rows: Sequence[Row], ids: Sequence[int], start: int, end: int) -> list[Row]:
    last = {row[:2]: row[2] for row in given_rows}
    return sorted((number, ts, value) for (number, ts), value in last.items() if number in ids and start <= ts < end)


def read(columns: Columns) -> list[tuple[float, ...]]:
    return list(zip(columns.series.tolist(), columns.ts.tolist(), columns.value.tolist(), strict=True))


@given(
    rows,
    st.lists(st.integers(0, 6), max_size=8),
    st.integers(-1, 31),
    st.integers(-1, 32),
    st.booleans(),
    st.sampled_from([1, 20_000]),
)
def test_the_points_of_some_series_and_a_time_are_read_the_last_of_a_second(
    given_rows: list[Row], ids: list[int], start: int, end: int, many: bool, scale: int
) -> None:
    """However many series there are: where they are many, all at once, and where their numbers are high."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "MANY", 0 if many else 1000)
        columns = source(given_rows, scale).read(np.array(ids, np.int64) * scale, start, max(start, end))
    wanted = [(number * scale, ts, value) for number, ts, value in plainly(given_rows, ids, start, max(start, end))]
    assert read(columns) == wanted


@given(rows, st.sampled_from(list(AGGREGATORS)), st.integers(1, 12))
def test_a_bucket_is_worth_what_its_points_come_to(
    given_rows: list[Row], aggregator: TimeAggregator, interval: int
) -> None:
    columns = source(given_rows).read(np.arange(5), 0, 31, Rollup(interval, aggregator))
    buckets: dict[tuple[int, int], list[int]] = {}
    for number, ts, value in plainly(given_rows, range(5), 0, 31):
        buckets.setdefault((number, ts // interval * interval), []).append(value)
    combine = AGGREGATORS[aggregator]
    assert read(columns) == [(*key, pytest.approx(combine(values))) for key, values in sorted(buckets.items())]  # type: ignore[operator]


@given(st.lists(st.integers(-5, 5)))
def test_ids_are_each_there_once(ids: list[int]) -> None:
    assert distinct(np.array(ids, np.int64)).tolist() == sorted(set(ids))


def test_a_series_has_its_hosts_tags_and_its_host_as_tags_sorted_each_once() -> None:
    made = effective(Series(1, "m", "count", 10, "a", ("z:1", "b:2")), ("b:2", "c:3"))
    assert made == Series(1, "m", "count", 10, "a", ("b:2", "c:3", "host:a", "z:1"))
    assert effective(Series(1, "m", "count", 10, "", ("z:1",)), ()).tags == ("z:1",)
    none = Columns(np.array([], np.int64), np.array([], np.int64), np.array([]))
    there = MemorySource(
        [Series(1, "m", "gauge", 0, "a", ()), Series(2, "n", "gauge", 0, "b", ())], none, {"a": ["x:y"], "b": ["u:v"]}
    )
    assert [one.tags for one in there.find("m")] == [("host:a", "x:y")]
    assert there.find("o") == []


def test_some_series_of_a_source_are_a_source() -> None:
    there = source([(0, 1, 5), (1, 1, 6)])
    some = Subset(there, frozenset({1}))
    assert [one.id for one in some.find("m")] == [1]
    assert read(some.read(np.array([1]), 0, 2)) == [(1, 1, 6)]
