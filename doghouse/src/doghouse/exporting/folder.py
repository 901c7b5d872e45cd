"""Writes what a house has into a folder, day by day, and leaves what is there already as it is."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from doghouse.exporting.house import House
from doghouse.exporting.points import joined
from doghouse.files.places import Folder, check_writable
from doghouse.logs.files import writing as log_files
from doghouse.logs.files.partitions import LOGS
from doghouse.metrics.distributions.sketches import Sketches
from doghouse.metrics.files import writing as point_files
from doghouse.metrics.files.partitions import METRICS
from doghouse.metrics.files.series_files import read_series
from doghouse.metrics.model import Columns
from doghouse.time.lengths import DAY

Content = TypeVar("Content")


class Exported(Struct, frozen=True):
    """What an export came to: points and logs that were not there before (a second of a distribution is a point), files written, and files that had all of
    theirs already."""

    points: int
    logs: int
    written: int
    unchanged: int

    def and_(self, other: Exported) -> Exported:
        """Both together."""
        return Exported(*(getattr(self, name) + getattr(other, name) for name in Exported.__struct_fields__))


NOTHING = Exported(0, 0, 0, 0)


def export(
    house: House,
    folder: Folder,
    start: int,
    end: int,
    patterns: Sequence[str] = ("*",),
    with_logs: bool = True,
    tell: Callable[[str], None] = lambda _: None,
) -> Exported:
    """Add to a folder the points of the metrics whose names fit one of `patterns`, and the logs, with start <= time < end (s UTC).

    `tell` is told each day that is asked for. Raises FileError.
    """
    check_writable(folder)
    exported = NOTHING
    names = [name for name in house.metrics(start) if any(fnmatchcase(name, pattern) for pattern in patterns)]
    for number, name in enumerate(names, 1):
        for day in house.days(name, start, end):
            tell(f"{name}, metric {number} of {len(names)}: {_date(day)}")
            exported = exported.and_(_points(house, folder, name, max(day, start), min(day + DAY, end)))
    if with_logs:
        first = start
        while first < end:
            tell(f"logs: {_date(first)}")
            last = min(first // DAY * DAY + DAY, end)
            of_day = _logs(house, folder, first, last)
            exported = exported.and_(of_day)
            first = _next_log(house, last, end) if of_day == NOTHING else last
    return exported


def _next_log(house: House, start: int, end: int) -> int:
    """The second of the oldest log with start <= timestamp < end (s UTC), or `end`: to search each day of a year without logs took 367 requests."""
    return next((int(log.timestamp) for log in house.logs(start, end)), end)


def _date(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()


def _points(house: House, folder: Folder, metric: str, start: int, end: int) -> Exported:
    """Add a metric's points of one day. Of a second that is there already the house's value counts: it may have been imported anew."""
    recorded = house.points(metric, start, end)
    if not len(recorded.columns) + len(recorded.sketches):
        return NOTHING
    name = f"{METRICS}/metric={quote(metric, safe='')}/date={_date(start)}/points.parquet"
    content = folder.get(name)
    before = joined([] if content is None else [in_file(content, read_series)])
    both = joined([before, recorded])
    if _same(before.columns, both.columns) and _same(before.sketches, both.sketches):
        return replace(NOTHING, unchanged=1)
    folder.put(name, point_files.parquet(*both))
    before_that = len(before.columns) + len(before.sketches)
    return replace(NOTHING, points=len(both.columns) + len(both.sketches) - before_that, written=1)


def _same(old: Columns | Sketches, new: Columns | Sketches) -> bool:
    return all(np.array_equal(getattr(old, name), getattr(new, name)) for name in old.__struct_fields__)


def _logs(house: House, folder: Folder, start: int, end: int) -> Exported:
    """Add the logs of one day: of those that are equal as many as the file or the house has, whichever has more."""
    counts = Counter(log_files.row(log) for log in house.logs(start, end))
    if not counts:
        return NOTHING
    name = f"{LOGS}/date={_date(start)}/logs.parquet"
    content = folder.get(name)
    before = Counter(() if content is None else in_file(content, log_files.rows))
    both = before | counts
    if both == before:
        return replace(NOTHING, unchanged=1)
    folder.put(name, log_files.parquet(sorted(both.elements(), key=lambda row: row[0])))
    return replace(NOTHING, logs=both.total() - before.total(), written=1)


def in_file(content: bytes, read: Callable[[Path], Content]) -> Content:
    """What `read` makes of a file with this content."""
    with tempfile.TemporaryDirectory(prefix="doghouse-export-") as name:
        path = Path(name) / "before.parquet"
        path.write_bytes(content)
        return read(path)
