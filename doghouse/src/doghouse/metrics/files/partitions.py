"""A folder of Parquet files as a source of points: a company's history, here or in an object store, of which a few metrics and days are read.

Files have a row a point (`series_files`), and may be partitioned as Hive has it: `metric=`, and `date=` (or `year=`, `month=`, `day=`). Files whose names
say another metric or day are not opened; of the others the row groups are read that may hold what is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from msgspec.structs import replace

from doghouse.files import FileError
from doghouse.files.places import Entry, Folder, on_days, parquet_files, says
from doghouse.metrics.distributions.sketches import Sketches, concatenated, no_sketches
from doghouse.metrics.files.series_files import SeriesFileError
from doghouse.metrics.memory import MemorySource, Recorded, sort
from doghouse.metrics.model import Columns, Ints, Rollup, Series, joined_columns, no_columns

METRICS = "metrics"  # the folder of them in what `doghouse export` writes
Stretch = tuple[int | None, int]  # from when (s UTC; None: the beginning) to before when


class Loaded:
    """What was read of one metric: its series as they are found, and their points of a stretch."""

    def __init__(self, source: MemorySource, stretch: Stretch) -> None:
        self.source, self.stretch = source, stretch

    def covers(self, start: int, end: int) -> bool:
        """Whether all points of [start, end) are there."""
        first, last = self.stretch
        return (first is None or first <= start) and end <= last


class History:
    """A Source that reads a metric when it is first asked for: all of it that `stretches` says will be asked, or all before `end` (s UTC)."""

    def __init__(
        self, folder: Folder, host_tags: Mapping[str, Sequence[str]], stretches: Mapping[str, Stretch], end: int
    ) -> None:
        self._folder, self._host_tags, self._stretches, self._end = folder, host_tags, stretches, end
        self._loaded: dict[str, Loaded] = {}
        self._metrics: list[str] = []  # of each series, by its number
        self._numbers: dict[Series, int] = {}
        self._entries: dict[str, list[Entry]] = {}
        self._root: str | None = None  # the folder in it whose files are of points
        self._parted: set[str] = set()  # the folders there that are of one metric each

    def find(self, metric: str) -> Sequence[Series]:
        """Every series of the metric that has points in its stretch, with its effective tags."""
        return self._of(metric).source.find(metric)

    def read(self, ids: Ints, start: int, end: int, rollup: Rollup | None = None) -> Columns:
        """See `Source.read`."""
        parts = [source.read(ids, start, end, rollup) for source in self._sources(ids, start, end)]
        if len(parts) < 2:
            return parts[0] if parts else no_columns()
        return sort(joined_columns(parts))

    def read_sketches(self, ids: Ints, groups: Ints, start: int, end: int, interval: int) -> Sketches:
        """See `SketchSource.read_sketches`."""
        sources = self._sources(ids, start, end)
        every = concatenated([source.read_sketches(ids, groups, start, end, interval) for source in sources])
        return every.merged(every.group, every.ts)

    def _sources(self, ids: Ints, start: int, end: int) -> Iterator[MemorySource]:
        """Of each metric that has some of these series what is read of it: at least [start, end)."""
        for metric in dict.fromkeys(self._metrics[number] for number in ids.tolist()):
            loaded = self._of(metric)
            if not loaded.covers(start, end):
                first = loaded.stretch[0]
                loaded = self._load(metric, (None if first is None else min(first, start), max(loaded.stretch[1], end)))
            yield loaded.source

    def read_ahead(self) -> None:
        """Read all that `stretches` names, so that processes that are forked need not."""
        for metric in self._stretches:
            self._of(metric)

    def _of(self, metric: str) -> Loaded:
        return self._loaded.get(metric) or self._load(metric, self._stretches.get(metric, (None, self._end)))

    def _load(self, metric: str, stretch: Stretch) -> Loaded:
        try:
            series, columns, sketches = self._read(metric, stretch)
        except (FileError, ValueError) as error:
            text = str(error)
            raise SeriesFileError(self._folder, text) from None
        numbers = np.array([self._number(timeseries) for timeseries in series], np.int64)
        numbered = [replace(timeseries, id=int(numbers[timeseries.id])) for timeseries in series]
        ids = numbers[columns.series] if len(columns) else columns.series
        spread = replace(sketches, group=numbers[sketches.group]) if len(sketches) else sketches
        source = MemorySource(numbered, Columns(ids, columns.ts, columns.value), self._host_tags, spread)
        self._loaded[metric] = Loaded(source, stretch)
        return self._loaded[metric]

    def _number(self, series: Series) -> int:
        own = replace(series, id=0)
        if own not in self._numbers:
            self._numbers[own] = len(self._metrics)
            self._metrics.append(series.metric)
        return self._numbers[own]

    def _read(self, metric: str, stretch: Stretch) -> Recorded:
        """Raises FileError, ValueError."""
        from doghouse.metrics.files import queried

        files = [file for file in self._files(metric) if on_days(file.name, *stretch)]
        if not files:
            return Recorded([], no_columns(), no_sketches())
        return queried.of_metric(self._folder, files, metric, *stretch)

    def _files(self, metric: str) -> list[Entry]:
        """The files that may hold points of a metric."""
        if self._root is None:
            self._root = METRICS if METRICS in self._folder.folders() else ""
            self._parted = {name for name in self._folder.folders(self._root) if says(f"{name}/", "metric") is not None}
        within = self._root
        if self._parted:
            own = {name for name in self._parted if says(f"{name}/", "metric") == metric}
            if not own:
                return []
            within = "/".join(part for part in (self._root, own.pop()) if part)
        if within not in self._entries:
            self._entries[within] = parquet_files(self._folder, within)
        return [entry for entry in self._entries[within] if says(entry.name, "metric") in (None, metric)]
