"""What the live loop reads of records for several monitors at once is what each would read by itself, and each search is read once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from record_lines import T0, alert, lines

from doghouse.live.sources import ALIKE, RecordWindow, shared
from doghouse.monitors.records.alert import RecordAlert
from doghouse.search.records import Lines, Selected
from doghouse.search.tree import Node

COMPUTES = ['"count"', '"cardinality", "@usr"', '"avg", "@took"', '"count").by("service"', '"max", "@took").by("team"']


class Counted(Lines):
    """Lines that note what is selected of them."""

    def __init__(self, records: Any) -> None:
        super().__init__(records)
        self.searches: list[Node] = []

    def select(self, search: Node, start: int, end: int, fields: Sequence[str]) -> Selected:
        self.searches.append(search)
        return super().select(search, start, end, fields)


def windows(text: str) -> list[RecordWindow]:
    monitor = alert(text)
    assert isinstance(monitor, RecordAlert)
    return list(monitor.record_windows(T0 + 3600))


def content(selected: Selected) -> Any:
    columns = {
        field: [
            (row, column.values[code]) for row, code in zip(column.rows.tolist(), column.codes.tolist(), strict=True)
        ]
        for field, column in selected.columns.items()
    }
    return selected.times.tolist(), columns


def unused(selected: Selected) -> bool:
    return any(len(set(column.codes.tolist())) < len(column.values) for column in selected.columns.values())


queries = st.builds(
    lambda search, compute, window: f'logs("{search}").rollup({compute}).last("{window}") > 1',
    st.sampled_from(["*", "service:a", "-service:a"]),
    st.sampled_from(COMPUTES),
    st.sampled_from(["1m", "5m", "30m", "1h"]),
)
records = st.lists(
    st.builds(
        lambda at, service, usr, took: lines(
            at, service=service, usr=usr, took=took, tags=["team:x", "team:y"] if usr else []
        )[0],
        st.integers(-60, 3700),
        st.sampled_from("abc"),
        st.sampled_from(["", "u", ["v", "w"]]),
        st.integers(0, 3),
    ),
    max_size=30,
)


@given(records, st.lists(queries, min_size=1, max_size=8))
def test_each_query_gets_what_it_would_read_alone(made: Any, texts: list[str]) -> None:
    reads = [read for text in texts for read in windows(text)]
    there = shared(lambda _: Lines(made), reads)
    for query, start, end in reads:
        alone = Lines(made).select(query.search, start, end, query.fields)
        together = there(query).select(query.search, start, end, query.fields)
        assert content(together) == content(alone)
        assert not unused(together)


def test_a_search_is_read_once_for_alike_windows_and_fields() -> None:
    counted = Counted(lines(10))
    reads = [
        read
        for compute in COMPUTES
        for window in ("5m", "1h")
        for read in windows(f'logs("a").rollup({compute}).last("{window}") > 1')
    ]
    there = shared(lambda _: counted, reads)
    for query, start, end in reads:
        there(query).select(query.search, start, end, query.fields)
    assert len(counted.searches) == 1


def test_a_window_that_is_much_longer_is_read_by_itself() -> None:
    counted = Counted(lines(10))
    reads = [
        *windows('logs("a").rollup("count").last("1m") > 1'),
        *windows(f'logs("a").rollup("count").last("{ALIKE + 1}m") > 1'),
    ]
    there = shared(lambda _: counted, reads)
    for query, start, end in (*reads, (reads[0][0], 0, 1)):  # and so is what was not announced
        there(query).select(query.search, start, end, query.fields)
    assert len(counted.searches) == 3
