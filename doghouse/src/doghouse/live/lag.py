"""How far the monitors are behind: what a pass over them takes, and what earlier passes left of their minutes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

MINUTE_S = 60
METRIC = "doghouse.monitors.lag"


def is_behind(lag: float) -> bool:
    """Whether a lag (s) means that there are more monitors than a minute has time for."""
    return lag >= MINUTE_S


def sentence(lag: float) -> str:
    """What an operator is to know of it."""
    return (
        f"the monitors are {lag:.0f} s behind: to evaluate them takes longer than the minute that there is for it. "
        "Every one is still evaluated, later; fewer monitors, fewer groups or a faster machine help"
    )


class Lag:
    """Lindley's recursion: a pass waits for what the passes before it took beyond their minutes, and adds its own time.

    By the machine's own clock, so that time travel is no lag. `clock` gives s.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._minute: int | None = None
        self._waited = 0.0
        self._began: float | None = None
        self._last = 0.0

    def begin(self, minute: int) -> None:
        """A pass begins, of this minute since 1970."""
        with self._lock:
            between = MINUTE_S * (minute - self._minute) if self._minute is not None else self._last
            self._waited = max(0.0, self._last - max(between, 0.0))
            self._minute, self._began = minute, self._clock()

    def end(self) -> None:
        """The pass is done."""
        with self._lock:
            self._last, self._began = self._so_far(), None

    def now(self) -> float:
        """The lag (s) of the pass that is under way, else of the last one."""
        with self._lock:
            return self._so_far()

    def _so_far(self) -> float:
        return self._last if self._began is None else self._waited + self._clock() - self._began
