"""What happens to traces that arrive: all are counted, those that sampling keeps are stored, and after a while the counts become points."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from doghouse.metrics.door import MetricStore
from doghouse.traces import client_stats, publishing, sampling, stats
from doghouse.traces.model import Chunk
from doghouse.traces.store import TraceStore

GIVE_OUT_S = 1  # how often we look for buckets that are closed


class TraceIntake:
    """The trace Agent's work. `host` is the Agent's hostname, for spans that name no host."""

    def __init__(self, store: TraceStore, points: MetricStore, host: str) -> None:
        self.store = store
        self._points = points
        self._host = host
        self._giving = threading.Lock()

    def take(self, chunks: Sequence[Chunk], marked: bool, counted: bool, now: float) -> dict[str, float]:
        """Count chunks and store those that are kept; all is on disk when this returns. Returns the rates at which the tracer should sample.

        `marked`: the tracer says which spans are service entries. `counted`: the tracer counts spans itself, and sends its counts beside the traces.
        """
        tallies: stats.Tallies = {}
        if not counted:
            stats.count(chunks, marked, self._host, now, tallies)
        stored = [spans for chunk in chunks if (spans := sampling.stored(chunk))]
        if stored or tallies:
            self.store.add(stored, marked, tallies)
        return sampling.rates({(chunk[0].service or "", chunk[0].tag("env")) for chunk in chunks})

    def take_stats(self, body: bytes, now: float) -> None:
        """Add the counts that a tracer sends. Raises TracesError."""
        tallies: stats.Tallies = {}
        client_stats.count(body, self._host, now, tallies)
        self.store.add([], True, tallies)

    def give_out(self, now: float) -> None:
        """Write the points of every bucket that is closed at `now` (s UTC).

        If the process ends after the points are written and before the bucket is deleted, this is done again: counts stay the same, the latencies of that
        bucket are added twice.
        """
        with self._giving:
            before = stats.oldest(now)
            tallies, last = self.store.due(before)
            if tallies:
                publishing.publish(self._points, tallies)
                self.store.given_out(before, last)
