"""When each check runs: every interval from its first time on, on a grid that does not drift. Time is an argument, in seconds."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

SPREAD_S = 0.1  # first runs of instances that start together are this far apart, or less where there are many


class Schedule:
    """Which ids are due. A run that comes late, or is skipped, does not move the ones after it."""

    def __init__(self) -> None:
        self._queue: list[tuple[float, str]] = []
        self._grid: dict[str, tuple[float, int]] = {}  # id → first time, interval

    def add(self, ids: dict[str, int], now: float) -> None:
        """Schedule instances (id → interval in s): the first at once, the others spread behind it within their interval."""
        for place, (one, interval) in enumerate(ids.items()):
            first = now + place * min(SPREAD_S, interval / (2 * len(ids)))
            self._grid[one] = (first, interval)
            heapq.heappush(self._queue, (first, one))

    def remove(self, one: str) -> None:
        """Run it no more."""
        self._grid.pop(one, None)
        self._queue = [entry for entry in self._queue if entry[1] != one]
        heapq.heapify(self._queue)

    def due(self, now: float) -> Iterator[str]:
        """What is to start now, each once; times that were missed are skipped."""
        while self._queue and self._queue[0][0] <= now:
            _, one = heapq.heappop(self._queue)
            first, interval = self._grid[one]
            turn = int((now - first) // interval) + 1
            if first + turn * interval <= now:  # the division may round down
                turn += 1
            heapq.heappush(self._queue, (first + turn * interval, one))
            yield one

    def next(self) -> float | None:
        """When something is due next; None if nothing is scheduled."""
        return self._queue[0][0] if self._queue else None
