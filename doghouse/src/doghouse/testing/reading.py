"""What a unit test gives and its monitor does not read: a test whose series have a misspelt name must not pass for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from doghouse.metrics.distributions.sketches import Sketches
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Ints, Rollup, Series
from doghouse.monitors import Definition
from doghouse.search.record import Record
from doghouse.search.records import Lines, Selected
from doghouse.search.tree import Node
from doghouse.testing.comparing import Difference
from doghouse.testing.file import Loaded


class WatchedPoints(MemorySource):
    """The samples of a test. `read_ids` are the series that were read so far."""

    def __init__(self, series: Sequence[Series], columns: Columns, host_tags: Mapping[str, Sequence[str]]) -> None:
        super().__init__(series, columns, host_tags)
        self.read_ids: set[int] = set()

    def read(self, ids: Ints, start: int, end: int, rollup: Rollup | None = None) -> Columns:
        """See `Source.read`."""
        self.read_ids.update(ids.tolist())
        return super().read(ids, start, end, rollup)

    def read_sketches(self, ids: Ints, groups: Ints, start: int, end: int, interval: int) -> Sketches:
        """See `SketchSource.read_sketches`."""
        self.read_ids.update(ids.tolist())
        return super().read_sketches(ids, groups, start, end, interval)


class WatchedRecords(Lines):
    """The logs, events or spans of a test. `is_read` says whether a search matched any of them so far."""

    def __init__(self, records: Iterable[tuple[int, Record]]) -> None:
        super().__init__(records)
        self.is_read = False

    def select(self, search: Node, start: int, end: int, fields: Sequence[str]) -> Selected:
        """See Records."""
        selected = super().select(search, start, end, fields)
        self.is_read = self.is_read or len(selected.times) > 0
        return selected


def unread(
    loaded: Loaded,
    number: int,
    monitors: Sequence[Definition],
    points: WatchedPoints,
    records: Mapping[str, WatchedRecords],
) -> Iterator[Difference]:
    """What of test `number` its monitors did not read: series, and logs or events of which no search matches any. `records` are by their key in the file."""
    yield from _unread_series(loaded, number, monitors, points)
    for key, watched in records.items():
        if getattr(loaded.file.tests[number], key) and not watched.is_read:
            line = loaded.line(f".tests[{number}].{key}")
            yield Difference(
                line, [f"a search matches some of the {key}"], [f"none matches any of the {key}", *map(_asks, monitors)]
            )


def _unread_series(
    loaded: Loaded, number: int, monitors: Sequence[Definition], points: WatchedPoints
) -> Iterator[Difference]:
    """Each series of test `number` that no query read, but those that the test says are `unread`, and of these each that was read.

    `unread: ['*']` lets any be unread: series that many tests share.
    """
    case, place = loaded.file.tests[number], f".tests[{number}]"
    if case.unread == ["*"]:
        return
    for key in case.unread:
        if key not in case.series:
            raise loaded.wrong(f"{place}.unread", f"'{key}' is none of the test's series")
    for id, key in enumerate(case.series):
        if (id in points.read_ids) == (key in case.unread):
            line = loaded.line(f"{place}.series.{key}")
            if key in case.unread:
                yield Difference(line, [f"no query reads {key}"], ["a query reads it"])
            else:
                yield Difference(line, [f"a query reads {key}"], ["no query reads this series", *map(_asks, monitors)])


def _asks(monitor: Definition) -> str:
    return f"the monitor reads {' '.join(monitor.query.split())}"
