"""Ranges of a metric that were simulated, not lived: whoever fills history says so, and graphs hatch it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from doghouse.storage.sqlite import Database
from doghouse.web.errors import ApiError
from doghouse.web.http import Call, Reply

TABLE = """
CREATE TABLE IF NOT EXISTS simulated (
    metric TEXT NOT NULL,
    start INTEGER NOT NULL,  -- s UTC
    "end" INTEGER NOT NULL,
    PRIMARY KEY (metric, start, "end")
)
"""


class Range(msgspec.Struct, rename={"start": "from", "end": "to"}):
    """The body of `POST /doghouse/simulated`: points of `metric` with from <= ts < to (s UTC) were simulated."""

    metric: str
    start: float
    end: float


class SimulatedStore:
    """The simulated ranges of each metric."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.change(TABLE)

    def add(self, metric: str, start: int, end: int) -> None:
        """Mark [start, end) (s UTC) of the metric. Marking it again changes nothing."""
        self._database.change("INSERT OR IGNORE INTO simulated VALUES (?, ?, ?)", (metric, start, end))

    def ranges(self, metrics: Iterable[str], start: int, end: int) -> list[tuple[int, int]]:
        """The ranges that overlap [start, end) of any of these metrics, sorted."""
        overlapping: set[tuple[int, int]] = set()
        for metric in set(metrics):
            rows = self._database.rows(
                'SELECT start, "end" FROM simulated WHERE metric = ? AND start < ? AND "end" > ?', (metric, end, start)
            )
            overlapping.update((row[0], row[1]) for row in rows)
        return sorted(overlapping)


def mark(store: SimulatedStore, call: Call) -> Reply:
    """`POST /doghouse/simulated`."""
    body = call.json(Range)
    if not body.metric or body.end <= body.start:
        raise ApiError(400, "'from' should be before 'to', and 'metric' a metric's name")
    store.add(body.metric, int(body.start), int(body.end))
    return Reply({"status": "ok"})
