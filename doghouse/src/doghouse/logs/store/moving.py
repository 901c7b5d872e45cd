"""From the inbox to the columns: a thread moves what is there, many logs at a time."""

from __future__ import annotations

import logging
import threading

from doghouse.logs.store.columns import LogColumns
from doghouse.logs.store.inbox import Inbox
from doghouse.storage import failures

MOST = 20_000  # logs that are moved at once; one takes some 50 µs and 2 kB of memory
MOVE_AFTER_S = 1.0  # what has waited so long is moved; at once, if somebody reads or there are MOST
log = logging.getLogger(__name__)


class Mover:
    """Moves logs. What is in the inbox up to the last id that `grew` was told is in the columns when `settle` returns."""

    def __init__(self, inbox: Inbox, columns: LogColumns, moved: int) -> None:
        self._inbox, self._columns = inbox, columns
        self._changed = threading.Condition()
        self._moved, self._last = moved, inbox.last()
        self._asked = self._closing = False
        self._failure: Exception | None = None
        self.dropping = threading.Lock()  # whoever has it sees to it that nothing leaves the inbox
        self._thread = threading.Thread(target=self._run, name="move logs", daemon=True)
        self._thread.start()

    def grew(self, last: int) -> None:
        """There are logs in the inbox up to this id."""
        with self._changed:
            self._last = max(self._last, last)
            self._changed.notify_all()

    def waiting(self) -> int:
        """How many logs are in the inbox and not in the columns."""
        with self._changed:
            return self._last - self._moved

    def settle(self) -> None:
        """Wait until all that was acknowledged is in the columns. Raises what keeps it from there."""
        with self._changed:
            target = self._last
            while self._moved < target:
                self._asked = True
                self._changed.notify_all()
                self._changed.wait()
                if self._failure and self._moved < target:
                    raise self._failure

    def close(self) -> None:
        """Move everything, and end the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._moved < self._last or self._closing)
                self._changed.wait_for(
                    lambda: self._asked or self._closing or self._last - self._moved >= MOST, MOVE_AFTER_S
                )
                if self._moved >= self._last:
                    return
                last = self._last
            failure = self._moving(last)
            with self._changed:
                self._failure = failure
                self._asked = self._asked and self._moved < self._last
                self._changed.notify_all()
                if failure and (self._changed.wait_for(lambda: self._closing, MOVE_AFTER_S)):
                    return

    def _moving(self, last: int) -> Exception | None:
        """Move what there is up to an id, or say why not: it then stays in the inbox."""
        try:
            while self._moved < last:
                logs = self._inbox.after(self._moved, MOST)
                until = logs[-1][0] if logs else last  # a release without columns may have deleted some
                self._columns.insert(logs, until)
                with self.dropping:
                    self._inbox.drop(until)
                with self._changed:
                    self._moved = until
                    self._changed.notify_all()
        except Exception as error:
            if not failures.reported(error):
                log.exception("logs could not be moved from the inbox to the columns")
            return error
        return None
