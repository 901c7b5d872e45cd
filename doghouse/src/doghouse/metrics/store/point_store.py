"""The store of points: one door for the rest of the house. Append columns, find series, read columns of a range, forget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from doghouse.metrics.distributions.sketches import Sketches
from doghouse.metrics.model import Columns, Ints, Rollup, Sent, Series, no_columns
from doghouse.metrics.store.finding import Finder
from doghouse.metrics.store.index import SeriesIndex
from doghouse.metrics.store.journal import Journal
from doghouse.metrics.store.lateness import NEVER
from doghouse.metrics.store.pipeline import Pipeline
from doghouse.metrics.store.points import Points
from doghouse.storage.failures import FROM_BACKUP, StorageError
from doghouse.storage.manifest import POINTS, SERIES, Manifest


class PointStore:
    """Points and series over the files of one folder; a `Source` for queries.

    `owner` is the manifest of the data folder, for files of one.
    `host_tags` gives a host's own tags, which are joined when series are found, so that they apply to history too.
    What `append` acknowledged survives `kill -9`, and every later `read` sees it.
    """

    def __init__(
        self,
        folder: Path,
        host_tags: Callable[[str], Sequence[str]] = lambda _: (),
        owner: Manifest | None = None,
    ) -> None:
        self._journal = Journal(folder, owner)
        self._points = Points(folder / POINTS, owner)
        entries = self._journal.entries(self._points.moved())
        newest = {
            series.id: series
            for series in [*self._journal.series(), *(series for entry in entries for series in entry.fresh)]
        }
        self._index = SeriesIndex(newest.values())
        if (highest := self._points.tips.highest()) >= len(self._index):
            raise StorageError(
                f"{folder / POINTS} holds points of series {highest}, which {folder / SERIES} does not know: "
                f"the two are not of one moment; {FROM_BACKUP}"
            )
        self._finder = Finder(self._index, host_tags)
        self._pipeline = Pipeline(self._journal, self._points, self._index, entries)

    def numbers(self, sent: Sequence[Sent]) -> Ints:
        """See `SeriesList.numbers`."""
        return self._index.numbers(sent)

    def append(self, columns: Columns, patience: float = 0) -> None:
        """See `Points.append`; it takes 1,000 points 0.03 ms."""
        self._pipeline.put(columns, patience)

    def find(self, metric: str) -> list[Series]:
        """Every series of a metric, with its effective tags."""
        return self._finder.find(metric)

    def of_metric(self, metric: str) -> list[Series]:
        """Every series of a metric, as submitted."""
        return self._index.of_metric(metric)

    def metrics(self, since: float | None = None) -> list[str]:
        """See `SeriesList.metrics`."""
        if since is None:
            return self._index.metrics()
        return list({self._index[number].metric for number in (self._newest() >= since).nonzero()[0].tolist()})

    def read(self, ids: Ints, start: int, end: int, rollup: Rollup | None = None) -> Columns:
        """See `Source.read`. What was acknowledged before the call is in the answer."""
        ids = np.asarray(ids, np.int64)
        self._pipeline.settle(ids)
        return self._points.read(ids, start, end, rollup)

    def append_sketches(self, sketches: Sketches) -> None:
        """See `Points.append_sketches`."""
        self.append(no_columns())  # their series first
        self._points.insert_sketches(sketches)

    def read_sketches(self, ids: Ints, groups: Ints, start: int, end: int, interval: int) -> Sketches:
        """See `SketchSource.read_sketches`."""
        return self._points.read_sketches(np.asarray(ids, np.int64), np.asarray(groups, np.int64), start, end, interval)

    def counts(self) -> dict[str, int]:
        """How many series, points (in order and as they arrived) and sketches there are."""
        self.settle()
        return {"series": len(self._index), **self._points.counts()}

    def _newest(self) -> Ints:
        """The newest second of each series, by number (NEVER where there is none)."""
        self.settle()
        return self._points.tips.of(np.arange(len(self._index)))

    def hosts(self) -> dict[str, int]:
        """Each host that has points, and the second of its newest one (UTC)."""
        hosts = dict[str, int]()
        for number, ts in enumerate(self._newest().tolist()):
            if ts != NEVER and (host := self._index[number].host):
                hosts[host] = max(ts, hosts.get(host, 0))
        return hosts

    def compact(self, now: float) -> bool:
        """Put the points of a week in order that has ended, or got many more; whether there was one. Answers stay the same."""
        self.settle()
        return self._points.compact(now)

    def tend(self, now: float, retention: float | None = None) -> None:
        """What a store does beside serving: forget what is older than `retention` (s; None: nothing), put in order what is due, give back disk."""
        if retention is not None:
            self.forget(int(now - retention))
        compacted = 0
        while self.compact(now):
            compacted += 1
        if compacted:
            self.shrink()

    def shrink(self) -> None:
        """Give the disk back what it can do without."""
        self._points.shrink()

    def forget(self, before: int) -> None:
        """Delete the points of every hour that ended before `before` (s UTC)."""
        self.settle()
        self._points.forget(before)

    def copy(self, folder: Path, manifest: Manifest) -> None:
        """Put a copy of the files, of one moment, into another data folder; points go on coming in meanwhile."""
        self.settle()
        self._points.copy(folder / POINTS, manifest, lambda: self._journal.copy(folder, manifest))

    def settle(self) -> None:
        """Wait until DuckDB has all that is acknowledged. Raises what keeps it from there."""
        self._pipeline.settle()

    def close(self) -> None:
        """Put everything where it belongs, and close the files."""
        self._pipeline.close()
        self._points.close()
        self._journal.close()
