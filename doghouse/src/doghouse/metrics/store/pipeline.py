"""From a request to disk: the journal, acknowledged from there, and DuckDB, to which a thread moves all that is there at once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from doghouse.metrics.door import Full
from doghouse.metrics.model import Columns, Ints
from doghouse.metrics.packing import joined
from doghouse.metrics.store.index import SeriesIndex
from doghouse.metrics.store.journal import Entry, Journal
from doghouse.metrics.store.points import Points
from doghouse.storage import failures

TAIL_POINTS = 4_000_000  # in the journal and not yet in DuckDB; who can wait does beyond this …
FULL_POINTS = 6_000_000  # … and who cannot is refused beyond this
MOVE_POINTS = 250_000  # moved to DuckDB at once when so many wait …
MOVE_AFTER_S = 1.0  # … or when one has waited so long, or somebody reads
log = logging.getLogger(__name__)


class Pipeline:
    """What is acknowledged survives `kill -9`; `settle` waits until DuckDB has it. Rows are numbered from 1 in the order of acknowledgement.

    `left` is what an earlier process left in the journal.
    """

    def __init__(self, journal: Journal, points: Points, index: SeriesIndex, entries: Sequence[Entry]) -> None:
        self._journal, self._points, self._index = journal, points, index
        lock = threading.Lock()  # the journal's too
        self._tail_grew, self._tail_shrank = threading.Condition(lock), threading.Condition(lock)
        self._moved = points.moved()
        self._tail = list(entries)
        self._last_row = max([self._moved, *(entry.last_row for entry in entries)])
        self._asked = bool(entries)  # somebody wants the tail to be in DuckDB now
        self._closing = False
        self._failure: Exception | None = None
        self._mover = threading.Thread(target=self._move, name="move", daemon=True)
        self._mover.start()

    def put(self, columns: Columns, patience: float = 0) -> None:
        """Take points: they, and the index's new series, are on disk when this returns. Waits for room for `patience` (s). Raises Full and OSError."""
        with self._tail_grew:
            if patience:
                self._tail_shrank.wait_for(lambda: self._waiting() < TAIL_POINTS or self._closing, patience)
            before, fresh = self._waiting(), self._index.take_fresh()
            last_row = self._last_row + len(columns)
            try:
                if self._closing or (before and before + len(columns) > FULL_POINTS):
                    raise Full
                if not fresh and not len(columns):
                    return
                entry = Entry(list(fresh.values()), last_row, columns)
                self._journal.write(entry)
            except BaseException:
                self._index.give_back(fresh)
                raise
            self._last_row = last_row
            self._tail.append(entry)
            if len(self._tail) == 1 or before < MOVE_POINTS <= self._waiting():
                self._tail_grew.notify()

    def settle(self, series: Ints | None = None) -> None:
        """Wait until DuckDB has all that is acknowledged, or all of these series. Raises what keeps it from there."""
        target = self._last_row if series is None else self._last_row_of(series)
        with self._tail_shrank:
            while self._moved < target:
                self._asked = True
                self._tail_grew.notify()
                self._tail_shrank.wait()
                if self._failure and self._moved < target:
                    raise self._failure

    def _last_row_of(self, series: Ints) -> int:
        """The last row of the newest entry that has points of these series; 0 where none is on its way: who reads them need not wait for others."""
        with self._tail_grew:
            tail = list(self._tail)
        is_asked = np.zeros(len(self._index), np.bool_)
        is_asked[series[series < len(is_asked)]] = True
        return next((entry.last_row for entry in reversed(tail) if is_asked[entry.columns.series].any()), 0)

    def close(self) -> None:
        """Move everything to where it belongs, and end the thread."""
        with self._tail_grew:
            self._closing = True
            self._tail_grew.notify()
            self._tail_shrank.notify_all()
        self._mover.join()

    def _move(self) -> None:
        """The thread that moves points from the journal to DuckDB, many at a time."""
        while True:
            with self._tail_grew:
                self._tail_grew.wait_for(lambda: self._tail or self._closing)
                self._tail_grew.wait_for(
                    lambda: self._asked or self._closing or self._waiting() >= MOVE_POINTS, MOVE_AFTER_S
                )
                if not self._tail:
                    return
                entries, logs, self._asked = list(self._tail), self._journal.turn(), False
            failure = self._moving(entries, logs)
            with self._tail_shrank:
                self._failure = failure
                if failure is None:
                    self._moved = entries[-1].last_row
                    del self._tail[: len(entries)]
                self._tail_shrank.notify_all()
                if failure and self._tail_grew.wait_for(lambda: self._closing, MOVE_AFTER_S):
                    return

    def _moving(self, entries: Sequence[Entry], logs: Sequence[Path]) -> Exception | None:
        """Put points into DuckDB and drop them from the journal, or say why not: they then stay in the journal."""
        try:
            # First, for DuckDB must not have points of a series that a power cut undoes.
            self._journal.keep({series.id: series for entry in entries for series in entry.fresh}.values())
            self._points.insert(joined([entry.columns for entry in entries]), entries[-1].last_row)
        except Exception as error:
            if not failures.reported(error):
                log.exception("points could not be moved from the journal to DuckDB")
            return error
        try:
            self._journal.drop(logs)
        except Exception as error:  # the next move drops them
            if not failures.reported(error):
                log.exception("moved points could not be dropped from the journal")
        return None

    def _waiting(self) -> int:
        return self._last_row - self._moved
