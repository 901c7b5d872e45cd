"""From a request to disk: a queue, the journal (acknowledged from there), and DuckDB, each with a thread that takes all that is there at once."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future

from doghouse import storage
from doghouse.metrics.index import SeriesIndex
from doghouse.metrics.journal import Journal, joined
from doghouse.metrics.model import Columns
from doghouse.metrics.points import Points

QUEUE_POINTS = 2_000_000  # accepted and not yet on disk; more is refused
TAIL_POINTS = 4_000_000  # on disk in the journal and not yet in DuckDB; the queue waits beyond this
MOVE_POINTS = 250_000  # moved to DuckDB at once when so many wait …
MOVE_AFTER_S = 1.0  # … or when one has waited so long, or somebody reads
log = logging.getLogger(__name__)


class Full(Exception):
    """More points are on their way to disk than the store holds: try again later."""


class Pipeline:
    """What is acknowledged survives `kill -9`; `settle` waits until DuckDB has it. Rows are numbered from 1 in the order of acknowledgement."""

    def __init__(self, journal: Journal, points: Points, index: SeriesIndex) -> None:
        self._journal, self._points, self._index = journal, points, index
        lock = threading.Lock()
        self._queue_grew, self._tail_grew, self._tail_shrank = (threading.Condition(lock) for _ in range(3))
        self._queue: list[tuple[Columns, Future[None]]] = []
        self._queued = 0
        self._moved = points.moved()
        left = journal.entries(self._moved)
        self._tail = [columns for _, columns in left]
        self._last_row = left[-1][0] if left else self._moved
        self._asked = bool(left)  # somebody wants the tail to be in DuckDB now
        self._closing = self._complete = False  # told to close; nothing more will be acknowledged
        self._failure: Exception | None = None
        works = (self._acknowledge, self._move)
        self._threads = [threading.Thread(target=work, name=work.__name__, daemon=True) for work in works]
        for thread in self._threads:
            thread.start()

    def put(self, columns: Columns) -> Future[None]:
        """Take points; the future is done once they, and the index's new series, are on disk. Raises Full."""
        done: Future[None] = Future()
        with self._queue_grew:
            if self._closing or (self._queue and self._queued + len(columns) > QUEUE_POINTS):
                raise Full
            self._queue.append((columns, done))
            self._queued += len(columns)
            self._queue_grew.notify()
        return done

    def settle(self) -> None:
        """Wait until DuckDB has all that is acknowledged. Raises what keeps it from there."""
        with self._tail_shrank:
            target = self._last_row
            while self._moved < target:
                self._asked = True
                self._tail_grew.notify()
                self._tail_shrank.wait()
                if self._failure and self._moved < target:
                    raise self._failure

    def close(self) -> None:
        """Move everything to where it belongs, and end the threads."""
        with self._queue_grew:
            self._closing = True
            self._queue_grew.notify()
        for thread in self._threads:
            thread.join()

    def _acknowledge(self) -> None:
        """The thread that writes the journal: whatever is queued, in one commit."""
        while taken := self._next_batch():
            columns = joined([one for one, _ in taken])
            fresh = self._index.take_fresh()
            try:
                self._journal.write(fresh.values(), self._last_row + len(columns), columns)
            except Exception as error:
                self._index.give_back(fresh)
                for _, done in taken:
                    done.set_exception(error)
                continue
            if len(columns):
                self._grow_tail(columns)
            for _, done in taken:
                done.set_result(None)
        with self._tail_grew:
            self._complete = True
            self._tail_grew.notify()

    def _next_batch(self) -> list[tuple[Columns, Future[None]]]:
        """All that is queued, once there is something; nothing when the store closes."""
        with self._queue_grew:
            self._queue_grew.wait_for(lambda: self._queue or self._closing)
            self._tail_shrank.wait_for(lambda: self._waiting() < TAIL_POINTS or self._closing)
            taken, self._queue, self._queued = self._queue, [], 0
        return taken

    def _grow_tail(self, columns: Columns) -> None:
        with self._tail_grew:
            before = self._waiting()
            self._last_row += len(columns)
            self._tail.append(columns)
            if not before or before < MOVE_POINTS <= self._waiting():
                self._tail_grew.notify()

    def _move(self) -> None:
        """The thread that moves points from the journal to DuckDB, many at a time."""
        while True:
            with self._tail_grew:
                self._tail_grew.wait_for(lambda: self._waiting() or self._complete)
                self._tail_grew.wait_for(
                    lambda: self._asked or self._complete or self._waiting() >= MOVE_POINTS, MOVE_AFTER_S
                )
                taken, last_row, self._asked = list(self._tail), self._last_row, False
            if last_row == self._moved:
                return
            failure = self._moving(joined(taken), last_row)
            with self._tail_shrank:
                self._failure = failure
                if failure is None:
                    self._moved = last_row
                    del self._tail[: len(taken)]
                self._tail_shrank.notify_all()
                if failure and self._tail_grew.wait_for(lambda: self._complete, MOVE_AFTER_S):
                    return

    def _moving(self, columns: Columns, last_row: int) -> Exception | None:
        """Put points into DuckDB and drop them from the journal, or say why not: they then stay in the journal."""
        try:
            self._journal.sync()  # DuckDB must not keep points of a series that a power cut undoes
            self._points.insert(columns, last_row)
        except Exception as error:
            if not storage.reported(error):
                log.exception("points could not be moved from the journal to DuckDB")
            return error
        try:
            self._journal.drop(last_row)
        except Exception as error:  # the next move drops them
            if not storage.reported(error):
                log.exception("moved points could not be dropped from the journal")
        return None

    def _waiting(self) -> int:
        return self._last_row - self._moved
