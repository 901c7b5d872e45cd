"""Series with their effective tags, kept from one query to the next: to join those of a million takes two seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from doghouse.metrics.memory import effective
from doghouse.metrics.model import Series
from doghouse.metrics.store.index import SeriesIndex

KEPT_SERIES = 1_200_000  # of all metrics together, or those of the one that was asked for last; 1,000 take some 0.2 MB


class _Entry(Struct, frozen=True):
    """What was found, from which state of the index, and the tags that hosts had."""

    stamp: int
    hosts: Mapping[str, Sequence[str]]
    series: Sequence[Series]


class Finder:
    """Finds series in an index. `host_tags` gives a host's own tags."""

    def __init__(self, index: SeriesIndex, host_tags: Callable[[str], Sequence[str]]) -> None:
        self._index, self._host_tags = index, host_tags
        self._entries: dict[str, _Entry] = {}
        self._lock = threading.Lock()

    def find(self, metric: str) -> list[Series]:
        """Every series of a metric, with its effective tags."""
        entry, stamp = self._entries.get(metric), self._index.stamp(metric)
        if (
            entry is None
            or entry.stamp != stamp
            or any(self._host_tags(host) != tags for host, tags in entry.hosts.items())
        ):
            with self._lock:
                self._entries.pop(metric, None)  # first, for the memory
            entry = self._entry(metric, stamp)
            if not entry.series:
                return []
            with self._lock:
                self._entries[metric] = entry
                while (
                    len(self._entries) > 1 and sum(len(entry.series) for entry in self._entries.values()) > KEPT_SERIES
                ):
                    del self._entries[next(iter(self._entries))]
        return list(entry.series)

    def _entry(self, metric: str, stamp: int) -> _Entry:
        submitted = self._index.of_metric(metric)
        hosts = {host: self._host_tags(host) for host in {timeseries.host for timeseries in submitted} if host}
        joined = {host: (*tags, f"host:{host}") for host, tags in hosts.items()}  # one text for all series of a host
        return _Entry(
            stamp, hosts, tuple(effective(timeseries, joined.get(timeseries.host, ())) for timeseries in submitted)
        )
