"""Points on their way from the journal to DuckDB: what fails on that way is told, tried again, and loses or doubles nothing."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from doghouse.metrics.door import Full
from doghouse.metrics.model import Columns
from doghouse.metrics.store import pipeline
from doghouse.metrics.store.point_store import PointStore

DAY = 20_000 * 86400


class NoLuckError(Exception):
    pass


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "MOVE_AFTER_S", 0.02)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PointStore]:
    opened = PointStore(tmp_path)
    yield opened
    opened.close()


def series_of(store: PointStore, metric: str = "m") -> int:
    return int(store.numbers([(metric, None, None, None, None)])[0])


def append(store: PointStore, first: int, count: int, metric: str = "m") -> None:
    seconds = DAY + np.arange(first, first + count)
    store.append(Columns(np.full(count, series_of(store, metric)), seconds, np.arange(first, first + count) * 1.0))


def values(store: PointStore) -> list[float]:
    return store.read(np.array([series_of(store)]), DAY, DAY + 100).value.tolist()


def failing(work: Callable[..., Any], while_set: threading.Event) -> Callable[..., Any]:
    """The work, which fails while the event is set."""

    def tried(*arguments: Any) -> Any:
        if while_set.is_set():
            raise NoLuckError("no luck")
        return work(*arguments)

    return tried


def test_a_move_that_failed_is_told_and_tried_again(
    store: PointStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = threading.Event()
    broken.set()
    monkeypatch.setattr(store._points, "insert", failing(store._points.insert, broken))
    append(store, 0, 3)
    with pytest.raises(NoLuckError):
        values(store)
    append(store, 3, 2)
    broken.clear()
    with contextlib.suppress(NoLuckError):  # of a try that was under way
        values(store)
    assert values(store) == [0, 1, 2, 3, 4]
    messages = {record.getMessage() for record in caplog.records if record.levelno == logging.ERROR}
    assert messages == {"points could not be moved from the journal to DuckDB"}


def test_what_could_not_be_dropped_from_the_journal_is_there_once_and_dropped_by_the_next_move(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = PointStore(tmp_path)
    broken = threading.Event()
    broken.set()
    monkeypatch.setattr(store._pipeline._journal, "drop", failing(store._pipeline._journal.drop, broken))
    append(store, 0, 3)
    assert values(store) == [0, 1, 2]
    assert "moved points could not be dropped from the journal" in caplog.text
    broken.clear()
    append(store, 3, 1)
    assert values(store) == [0, 1, 2, 3]
    store.close()
    assert list((tmp_path / "journal").iterdir()) == []
    again = PointStore(tmp_path)
    assert values(again) == [0, 1, 2, 3]
    again.close()


def test_nothing_is_taken_once_it_is_closed(tmp_path: Path) -> None:
    store = PointStore(tmp_path)
    append(store, 0, 1)
    store.close()
    with pytest.raises(Full):
        append(store, 1, 1)
    again = PointStore(tmp_path)
    assert values(again) == [0]
    again.close()


@pytest.mark.parametrize(("waits", "count", "is_taken"), [(0, 11, True), (1, 9, True), (1, 10, False), (2, 9, False)])
def test_more_is_refused_than_may_be_on_its_way_but_for_one_batch_that_is_alone(
    store: PointStore, monkeypatch: pytest.MonkeyPatch, waits: int, count: int, is_taken: bool
) -> None:
    monkeypatch.setattr(pipeline, "FULL_POINTS", 10)
    expected = waits + count if is_taken else waits
    with store._points._writing:  # DuckDB's writer waits for this
        if waits:
            append(store, 0, waits)
        if is_taken:
            append(store, waits, count)
        else:
            with pytest.raises(Full):
                append(store, waits, count)
    assert values(store) == list(range(expected))
