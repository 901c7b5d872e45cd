"""When each check runs: every interval from its first time on, on a grid that does not drift. Time is an argument, in seconds."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

SPREAD_S = 0.1  # first runs of instances that start together are this far apart, or less where there are many


class Schedule:
    """Says which ids are due. A run that comes late, or is skipped, does not move the ones after it."""

    def __init__(self) -> None:
        self._queue: list[tuple[float, str]] = []
        self._grid: dict[str, tuple[float, int]] = {}  # id → first time, interval

    def add(self, ids: dict[str, int], now: float) -> None:
        """Schedule instances (id → interval in s): the first at once, the others spread behind it within their interval."""
        for place, (id, interval) in enumerate(ids.items()):
            first = now + place * min(SPREAD_S, interval / (2 * len(ids)))
            self._grid[id] = (first, interval)
            heapq.heappush(self._queue, (first, id))

    def remove(self, id: str) -> None:
        """Take an instance off the schedule."""
        self._grid.pop(id, None)
        self._queue = [entry for entry in self._queue if entry[1] != id]
        heapq.heapify(self._queue)

    def due(self, now: float) -> Iterator[str]:
        """The ids that are due, each once; times that were missed are skipped."""
        while self._queue and self._queue[0][0] <= now:
            _, id = heapq.heappop(self._queue)
            first, interval = self._grid[id]
            turn = int((now - first) // interval) + 1
            if first + turn * interval <= now:  # the division may round down
                turn += 1
            heapq.heappush(self._queue, (first + turn * interval, id))
            yield id

    def next(self) -> float | None:
        """When the next id is due (s); None if nothing is scheduled."""
        return self._queue[0][0] if self._queue else None
