"""A plain Parquet file of series: all its points, or a source that reads them row group by row group when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doghouse.metrics.distributions.sketches import no_sketches
from doghouse.metrics.files.ahead import WORKERS, Decoded
from doghouse.metrics.files.encodings import Unusual
from doghouse.metrics.files.parquet import PlainFile
from doghouse.metrics.files.rows import OPTIONAL, check_columns, check_rows, numbered, series_of
from doghouse.metrics.memory import MemorySource, Recorded, distinct, effective, roll_up, sort
from doghouse.metrics.model import Columns, Ints, Rollup, Series, joined_columns, no_columns

WORTH_THREADS = 500_000  # rows: fewer are read before threads have started
LARGE_ROWS = 2_000_000  # what is smaller is read at once
SCATTERED = 16  # rows a run at least; a file with shorter ones is not sorted by series
MOST_COUNTED = 100_000  # different texts of a row, beyond which they are sorted instead
AGAIN = 3  # how often a file is read in parts before it is read whole


class Runs(Struct, frozen=True, eq=False):
    """Rows of one series that follow each other, an entry a run in the file's order: the series' id, the row group, its first row there and the one after
    the last."""

    series: Ints
    group: Ints
    first: Ints
    last: Ints


class Opened(Struct, frozen=True, eq=False):
    """A file with its series (ids count from 0, as they appear). For each row group: the rows at which another series begins, and which."""

    file: PlainFile
    decoded: Decoded
    series: Sequence[Series]
    firsts: Sequence[NDArray[np.int32]]
    ids: Sequence[NDArray[np.int32]]

    @property
    def rows(self) -> int:
        """How many there are."""
        return sum(self.file.sizes)

    @property
    def worth_parts(self) -> bool:
        """Whether to read it in parts: it is large, and the rows of a series mostly follow each other."""
        spread = any(timeseries.type == "distribution" for timeseries in self.series)  # whose values are taken together
        return not spread and self.rows > LARGE_ROWS and sum(map(len, self.firsts)) * SCATTERED < self.rows

    def runs(self) -> Runs:
        """The rows of each series, in the file's order."""
        sizes = self.file.sizes
        lasts = [np.append(first[1:], size) for first, size in zip(self.firsts, sizes, strict=True) if size]
        groups = np.repeat(np.arange(len(sizes)), [len(first) for first in self.firsts])
        return Runs(_whole(self.ids), groups, _whole(self.firsts), _whole(lasts))


def _whole(parts: Sequence[NDArray[np.int32]]) -> Ints:
    return np.concatenate([np.empty(0, np.int32), *parts]).astype(np.int64)


def opened(path: Path, soon: tuple[int, int] | None = None) -> Opened:
    """Open a file. With `soon` (from when to when, s UTC) a large one's points begin to be read while its series are found.

    Raises Unusual, and ValueError with what is wrong with a series.
    """
    file = PlainFile(path, ("timestamp", "value"), ("metric", *OPTIONAL))
    if "metric" not in file.texts:
        raise Unusual("no column metric")
    check_columns(file.columns)
    decoded = Decoded(file)
    if soon and sum(file.sizes) > LARGE_ROWS:
        decoded.begin(*soon)
    known: dict[tuple[str, ...], int] = {}
    distinct: dict[Series, int] = {}
    firsts, ids = [], []
    for group, size in enumerate(file.sizes):
        first, numbers, keys = _keys(file, group, size)
        for key in keys:
            if key not in known:
                row = {**OPTIONAL, **dict(zip(file.texts, key, strict=True))}
                series = series_of(0, *(row[name] for name in ("metric", *OPTIONAL)))
                known[key] = distinct.setdefault(series, len(distinct))
        firsts.append(first)
        ids.append(np.array([known[key] for key in keys], np.int32)[numbers])
    return Opened(file, decoded, numbered(distinct), firsts, ids)


def _keys(file: PlainFile, group: int, size: int) -> tuple[NDArray[np.int32], Ints, list[tuple[str, ...]]]:
    """Where in a row group the texts of a series change; which texts there are, in the order in which they appear; and which stand there."""
    words = [file.words(group, name) for name in file.texts] if size else []
    if all(codes is None for _, codes in words):
        return (
            np.zeros(min(size, 1), np.int32),
            np.zeros(min(size, 1), np.int64),
            [tuple(word[0] for word, _ in words)][:size],
        )
    coded = [(len(dictionary), codes) for dictionary, codes in words if codes is not None]
    most: int
    mixed: NDArray[Any]  # one number for a row's texts
    most, mixed = coded[0]
    for many, codes in coded[1:]:
        mixed, most = mixed.astype(np.int64) * many + codes, most * many
    first = np.flatnonzero(np.append(True, mixed[1:] != mixed[:-1]))
    places, numbers = _appearing(mixed[first].astype(np.int64), most)
    rows = first[places]
    columns = [
        [dictionary[0]] * len(rows) if codes is None else [dictionary[code] for code in codes[rows].tolist()]
        for dictionary, codes in words
    ]
    return first.astype(np.int32), numbers, list(zip(*columns, strict=True))


def _appearing(values: Ints, most: int) -> tuple[Ints, Ints]:
    """Where each value below `most` appears first, in that order, and for every value its place among these."""
    if most > len(values) + MOST_COUNTED:
        _, values = np.unique(values, return_inverse=True)
        most = len(values)
    where = np.full(most, -1, np.int64)
    where[values[::-1]] = np.arange(len(values))[::-1]
    places = np.sort(where[where >= 0])
    rank = np.empty(most, np.int64)
    rank[values[places]] = np.arange(len(places))
    return places, rank[values]


def read_all(opened: Opened) -> Recorded:
    """Every series and point, in the file's order. Raises Unusual, ValueError."""
    file = opened.file
    ends = np.cumsum(file.sizes)
    count = int(ends[-1]) if len(ends) else 0
    check_rows(count)
    series, times, values = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.float64)

    def read(group: int) -> None:
        mine = slice(int(ends[group]) - file.sizes[group], int(ends[group]))
        series[mine] = np.repeat(opened.ids[group], np.diff(opened.firsts[group], append=file.sizes[group]))
        times[mine], values[mine] = opened.decoded.read_once(group)

    if count < WORTH_THREADS:
        for group in range(len(file.sizes)):
            read(group)
    else:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(read, range(len(file.sizes))))
    return Recorded(opened.series, Columns(series, times, values), no_sketches())


class RowGroups:
    """A Source that reads a file's row groups when they are asked for: a few are kept, and the next ones are read in the background."""

    def __init__(
        self, opened: Opened, host_tags: Mapping[str, Sequence[str]] | None, failed: Callable[[str], Exception]
    ) -> None:
        """`failed` makes the exception to raise from what is wrong with points that are read."""
        hosts = host_tags or {}
        self._opened, self._hosts, self._failed = opened, hosts, failed
        self._series = [effective(series, hosts.get(series.host, ())) for series in opened.series]
        runs = opened.runs()
        order = np.argsort(runs.series, kind="stable")
        self._runs = Runs(*(getattr(runs, name)[order] for name in Runs.__struct_fields__))
        self._whole: MemorySource | None = None

    def find(self, metric: str) -> Sequence[Series]:
        """Every series of the metric, with its effective tags."""
        return [series for series in self._series if series.metric == metric]

    def read(self, ids: Ints, start: int, end: int, rollup: Rollup | None = None) -> Columns:
        """See `Source.read`."""
        try:
            picked = self._read(distinct(ids), start, end)
        except (ValueError, Unusual) as error:
            raise self._failed(str(error)) from None
        return picked if rollup is None else roll_up(picked, rollup)

    def whole(self) -> MemorySource:
        """All of it, in memory: for many that read it again and again, or from processes that are forked."""
        try:
            return self._whole or self._read_whole()
        except (ValueError, Unusual) as error:
            raise self._failed(str(error)) from None

    def _read_whole(self) -> MemorySource:
        self._opened.decoded.readings.clear()
        recorded = read_all(self._opened)
        self._whole = MemorySource(recorded.series, recorded.columns, self._hosts)
        return self._whole

    def _read(self, ids: Ints, start: int, end: int) -> Columns:
        if self._whole is None and self._opened.decoded.begun > AGAIN * len(self._opened.file.sizes):
            self._read_whole()
        if self._whole is not None:
            return self._whole.read(ids, start, end)
        parts = [part for number in ids.tolist() if len(part := self._of_series(number, start, end))]
        if len(parts) < 2:
            return parts[0] if parts else no_columns()
        return joined_columns(parts)

    def _of_series(self, series: int, start: int, end: int) -> Columns:
        """One series' points with start <= ts < end."""
        runs, parts = self._runs, []
        low, high = np.searchsorted(runs.series, (series, series + 1)).tolist()
        for run in range(low, high):
            group = int(runs.group[run])
            if self._opened.decoded.touches(group, start, end):
                times, values = self._opened.decoded.of(group)
                mine = slice(int(runs.first[run]), int(runs.last[run]))
                parts.append((times[mine], values[mine]))
        if not parts:
            return no_columns()
        ts, value = (np.concatenate(column) if len(parts) > 1 else column[0] for column in zip(*parts, strict=True))
        points = Columns(np.broadcast_to(np.int64(series), len(ts)), ts, value)
        if not np.all(ts[1:] > ts[:-1]):
            points = sort(points)
        first, last = np.searchsorted(points.ts, (start, end))
        return Columns(points.series[first:last], points.ts[first:last], points.value[first:last])
