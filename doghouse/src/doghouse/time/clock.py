"""The one place that reads the wall clock. Everything else is given its time."""

import threading
import time


class Clock:
    """The server's time, in seconds since 1970 UTC. It can be set, for tests and `--time-travel`."""

    def __init__(self, start: float | None = None) -> None:
        self._lock = threading.Lock()
        self._fixed = start

    def now(self) -> float:
        """The time in seconds (UTC, fractional)."""
        with self._lock:
            return time.time() if self._fixed is None else self._fixed

    def set(self, when: float | None) -> None:
        """Stop the clock at `when` (s, UTC); None lets it follow the wall clock again."""
        with self._lock:
            self._fixed = when
