"""A plain Parquet file's row groups as times and values: some are read before they are asked for, in threads (zstd leaves the other core to them), and
some are kept for the next question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doghouse.metrics.files.encodings import Unusual
from doghouse.metrics.files.parquet import PlainFile
from doghouse.metrics.files.rows import check_seconds
from doghouse.metrics.model import Floats, Ints

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

WORKERS = 2
HELD_ROWS, AHEAD_ROWS = 2_000_000, 500_000  # that are kept for the next question, and read before there is one
FIRST_ROWS = 4_000_000  # that are read before the first question, while who asks still starts


class Decoded:
    """A file's row groups, read in the background."""

    def __init__(self, file: PlainFile) -> None:
        self.file = file
        self.begun = 0  # readings, of some groups perhaps several
        self.readings: dict[int, Future[tuple[Ints, Floats]]] = {}
        self._pool: ThreadPoolExecutor | None = None
        self._room = HELD_ROWS

    def begin(self, start: int, end: int) -> None:
        """Begin to read, in the background, the first row groups that have points in [start, end) (s UTC)."""
        rows = 0
        for group, size in enumerate(self.file.sizes):
            if rows < FIRST_ROWS and self.touches(group, start, end):
                self._begin(group)
                rows += size
        self._room += rows

    def touches(self, group: int, start: int, end: int) -> bool:
        """Whether a row group may have points in [start, end) (s UTC)."""
        extent = self.file.extent(group, "timestamp")
        return extent is None or (extent[0] < end and extent[1] >= start)

    def of(self, group: int) -> tuple[Ints, Floats]:
        """A row group's times and values; the next ones begin to be read. Raises Unusual, ValueError."""
        sizes = self.file.sizes
        self._begin(group)
        ahead, rows = group + 1, 0
        while ahead < len(sizes) and rows < AHEAD_ROWS:
            self._begin(ahead)
            rows += sizes[ahead]
            ahead += 1
        self._let_go(group, ahead)
        self._room = max(self._room - sizes[group], HELD_ROWS)
        return self.readings[group].result()

    def read_once(self, group: int) -> tuple[Ints, Floats]:
        """A row group's times and values, which are not kept. Raises Unusual, ValueError."""
        begun = self.readings.pop(group, None)
        return points(self.file, group) if begun is None else begun.result()

    def _let_go(self, group: int, ahead: int) -> None:
        """Forget what will be asked for last, if files are read from their beginning to their end, and then perhaps again."""
        sizes = self.file.sizes
        rows = sum(sizes[reading] for reading in self.readings)
        for reading in sorted(self.readings, key=lambda number: (number - group) % len(sizes), reverse=True):
            if rows <= self._room or group <= reading < ahead:
                return
            rows -= sizes[reading]
            del self.readings[reading]

    def _begin(self, group: int) -> None:
        if group in self.readings:
            return
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(WORKERS)
        self.begun += 1
        self.readings[group] = self._pool.submit(points, self.file, group)


def points(file: PlainFile, group: int) -> tuple[Ints, Floats]:
    """A row group's times and values. Raises Unusual, ValueError."""
    values = np.asarray(file.numbers(group, "value"), np.float64)
    if not np.isfinite(values).all():
        raise ValueError("a value is not a finite number")
    times = file.numbers(group, "timestamp")
    if times.dtype.kind != "i":
        raise Unusual("times with fractions")
    seconds = np.asarray(times, np.int64)
    check_seconds(seconds)
    return seconds, values
