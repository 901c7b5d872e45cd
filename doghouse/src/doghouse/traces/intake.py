"""What happens to traces that come in: all are counted, those that the sampling keeps are kept, and counts become points in time."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from doghouse.metrics.model import MetricStore
from doghouse.traces import client_stats, publishing, sampling, stats
from doghouse.traces.model import Chunk
from doghouse.traces.store import TraceStore

GIVE_OUT_S = 1  # how often it is looked for buckets that count no more


class TraceIntake:
    """The Agent's part in traces. `host` is the Agent's hostname, for spans that name no other."""

    def __init__(self, store: TraceStore, points: MetricStore, host: str) -> None:
        self.store = store
        self._points = points
        self._host = host
        self._giving = threading.Lock()

    def take(self, chunks: Sequence[Chunk], marked: bool, counted: bool, now: float) -> dict[str, float]:
        """Count and keep; on disk when this returns. Gives the rates that the tracer is to sample at.

        `marked`: the tracer says which spans are service entries. `counted`: the tracer counts itself, and sends that beside the traces.
        """
        tallies: stats.Tallies = {}
        if not counted:
            stats.count(chunks, marked, self._host, now, tallies)
        kept = [left for chunk in chunks if (left := sampling.kept(chunk))]
        if kept or tallies:
            self.store.add(kept, marked, tallies)
        return sampling.rates({(chunk[0].service or "", chunk[0].tag("env")) for chunk in chunks})

    def take_stats(self, body: bytes, now: float) -> None:
        """Take what a tracer counted. Raises TracesError."""
        tallies: stats.Tallies = {}
        client_stats.count(body, self._host, now, tallies)
        self.store.add([], True, tallies)

    def give_out(self, now: float) -> None:
        """Write the points of every bucket that counts no more at `now` (s UTC).

        Interrupted between points and forgetting, it is repeated: counts then stay the same, latencies of that bucket are added once more.
        """
        with self._giving:
            before = stats.oldest(now)
            tallies, last = self.store.due(before)
            if tallies:
                publishing.publish(self._points, tallies)
                self.store.given_out(before, last)
