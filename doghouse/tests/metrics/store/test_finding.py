"""What is kept of series between queries is what would be found anew, whatever was submitted and whatever tags hosts got meanwhile."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from doghouse.metrics.memory import MANY, MemorySource, effective
from doghouse.metrics.model import Columns, Sent, Series
from doghouse.metrics.store import finding
from doghouse.metrics.store.finding import Finder
from doghouse.metrics.store.index import SeriesIndex

METRICS, HOSTS = ("a", "b", "c"), ("x", "y", "")
submitted: st.SearchStrategy[Sent] = st.tuples(
    st.sampled_from(METRICS),
    st.sampled_from(HOSTS),
    st.sampled_from(["gauge", "count"]),
    st.sampled_from([0, 10]),
    st.sampled_from([(), ("env:a",), ("env:b", "az:1")]),
)
tagged = st.tuples(st.sampled_from(HOSTS[:2]), st.sampled_from([(), ("role:db",), ("role:web", "env:a")]))


@given(st.lists(st.one_of(submitted, tagged, st.sampled_from(METRICS)), max_size=30))
def test_what_is_found_is_what_is_there_now(acts: list[Sent | tuple[str, tuple[str, ...]] | str]) -> None:
    index, tags = SeriesIndex(), dict[str, tuple[str, ...]]()
    finder = Finder(index, lambda host: tags.get(host, ()))
    for act in acts:
        if isinstance(act, str):
            fresh = [effective(one, tags.get(one.host, ())) for one in index.of_metric(act)]
            assert finder.find(act) == fresh
        elif len(act) == 2:
            tags[act[0]] = act[1]
        else:
            index.numbers([act])


def test_what_is_kept_is_bounded_but_for_what_was_asked_for_last() -> None:
    index = SeriesIndex()
    index.numbers([(metric, f"h{number}", "gauge", 0, ()) for metric in "ab" for number in range(3)])
    finder, kept = Finder(index, lambda _: ()), finding.KEPT_SERIES
    finding.KEPT_SERIES = 2
    try:
        [first, *_] = finder.find("a")
        assert finder.find("a")[0] is first
        finder.find("b")
        assert finder.find("a")[0] is not first
    finally:
        finding.KEPT_SERIES = kept


@given(st.integers(0, 9), st.integers(0, 9), st.sets(st.integers(0, 30), max_size=5))
def test_many_series_are_read_as_each_alone(start: int, length: int, empty: set[int]) -> None:
    count = MANY + 30
    ids = np.array([number for number in range(count) if number % 31 not in empty], np.int64)
    times = np.arange(3, 7)
    columns = Columns(np.repeat(ids, 4), np.tile(times, len(ids)), np.arange(4.0 * len(ids)))
    source = MemorySource([Series(number, "m", "gauge", 0, "", ()) for number in range(count)], columns)
    wanted = np.arange(0, count, dtype=np.int64)
    read = source.read(wanted, start, start + length)
    inside = (columns.ts >= start) & (columns.ts < start + length)
    assert read.value.tolist() == columns.value[inside].tolist()
    assert read.series.tolist() == columns.series[inside].tolist()
