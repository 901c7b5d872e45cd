"""The store of logs gives what the plain way in memory gives, for any logs and any search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from log_searches import logs, outcome, searched, searches, shown, values_of

from doghouse.logs.errors import Full
from doghouse.logs.model import Log
from doghouse.logs.search import record
from doghouse.logs.store import conditions, fields, log_store, reading
from doghouse.logs.store.log_store import LogStore
from doghouse.search.records import Lines, Selected
from doghouse.search.tree import Node

EVER, STEP = 10_000, 2000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LogStore]:
    opened = LogStore(tmp_path)
    yield opened
    opened.close()


def in_memory(kept: list[Log]) -> Lines:
    return Lines((round(log.timestamp * 1000), record(log)) for log in kept)


def pieces(selected: Any) -> Any:
    """How many logs there are in each piece of time with which values."""
    if not isinstance(selected, Selected):
        return selected  # an error
    columns, count = dict(selected.columns), len(selected.times)
    counted = columns.pop(reading.LOGS, None)
    weights = [1] * count if counted is None else [counted.values[code] for code in counted.codes.tolist()]
    of_rows: list[list[tuple[str, str]]] = [[] for _ in range(count)]
    for field, column in columns.items():
        for row, value in values_of(column):
            of_rows[row].append((field, value))
    total = Counter[Any]()
    for time, row, weight in zip(selected.times.tolist(), of_rows, weights, strict=True):
        total[time // STEP, tuple(row)] += weight
    return total


@given(
    kept=st.lists(logs, max_size=8),
    more=st.lists(searches, min_size=1, max_size=12),
    asked=st.lists(searched, max_size=3, unique=True),
    span=st.tuples(st.sampled_from((0, 0, 0, 2000, 3001)), st.sampled_from((EVER, EVER, 7000, 0))),
    most_columns=st.sampled_from((fields.MOST, fields.MOST, 7)),
    few=st.sampled_from((reading.FEW, 1)),
)
@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=40)
def test_the_store_selects_what_the_plain_way_selects(
    tmp_path_factory: pytest.TempPathFactory,
    kept: list[Log],
    more: list[Node],
    asked: list[str],
    span: tuple[int, int],
    most_columns: int,
    few: int,
) -> None:
    plain = in_memory(kept)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fields, "MOST", most_columns)  # the rest of the fields is then looked up in each log
        patch.setattr(reading, "FEW", few)  # of more logs the values are read in another way
        patch.setattr(conditions, "FEW", min(few, conditions.FEW))  # and so many conditions become SQL in another way
        store = LogStore(tmp_path_factory.mktemp("logs"))
        try:
            for log in kept:
                store.add([log])
            for search in more:
                expected = outcome(lambda search=search: shown(plain.select(search, *span, asked)))
                assert outcome(lambda search=search: shown(store.select(search, *span, asked))) == expected
                if (counts := outcome(lambda search=search: store.counts(search, *span, asked, STEP))) is not None:
                    assert outcome(lambda: pieces(counts)) == outcome(
                        lambda search=search: pieces(plain.select(search, *span, asked))
                    )
                newest = outcome(
                    lambda search=search: [(t, r.message, r.attributes) for t, r in plain.newest(search, *span, 3)]
                )
                assert (
                    outcome(
                        lambda search=search: [(t, r.message, r.attributes) for t, r in store.newest(search, *span, 3)]
                    )
                    == newest
                )
        finally:
            store.close()


def test_an_intake_that_is_faster_than_the_columns_is_told_to_wait_and_nothing_is_lost(
    store: LogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_store, "MOST_WAITING", 3)
    sent = [[Log(timestamp=float(second), message=f"{second} {number}") for number in range(2)] for second in range(9)]
    refused = []
    with store._mover.dropping:  # nothing gets out of the inbox meanwhile
        for batch in sent:
            try:
                store.add(batch)
            except Full:
                refused.append(batch)
    assert refused == sent[2:]
    store.settle()
    for batch in refused:
        store.add(batch)
        store.settle()
    assert sorted(log.message for log in store.between(0, 10)) == sorted(log.message for batch in sent for log in batch)
