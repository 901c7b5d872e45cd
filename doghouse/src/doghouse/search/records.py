"""Records over time, as searches read them: those that match, as columns, or the newest of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Protocol, runtime_checkable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doghouse.search import matching
from doghouse.search.record import Record
from doghouse.search.tree import Node

Ints = NDArray[np.int64]


class Column(Struct, frozen=True, eq=False):
    """The values of one field. `rows` (int64[k], ascending) is the record of each value, an index into `Selected.times`.

    A record with several values (tags, arrays) has several rows, one without the field has none. `values[codes[i]]` is the value of row i: values may be
    there once for many rows.
    """

    rows: Ints
    codes: Ints
    values: Sequence[Any]


class Selected(Struct, frozen=True, eq=False):
    """The records that a search matches: their times (int64[n], ms UTC, ascending), and the fields that were asked for."""

    times: Ints
    columns: Mapping[str, Column]

    def between(self, start: int, end: int, fields: Iterable[str]) -> Selected:
        """Those with start <= time < end (ms UTC), with some of the fields."""
        low, high = (int(place) for place in np.searchsorted(self.times, (start, end)))
        return Selected(self.times[low:high], {field: _between(self.columns[field], low, high) for field in fields})


def _between(column: Column, low: int, high: int) -> Column:
    """The values of the records from `low` to `high`, and no others."""
    mine = slice(*np.searchsorted(column.rows, (low, high)))
    used, codes = np.unique(column.codes[mine], return_inverse=True)
    return Column(column.rows[mine] - low, codes, [column.values[code] for code in used.tolist()])


class Records(Protocol):
    """Logs, events or spans of one place: a store, a file, the lines of a unit test."""

    def select(self, search: Node, start: int, end: int, fields: Sequence[str]) -> Selected:
        """The records with start <= time < end (ms UTC) that match. A field is `@path`, a reserved name such as `host`, or the key of a tag.

        Raises ApiError 400 where a range of the search has units.
        """

    def newest(self, search: Node, start: int, end: int, limit: int) -> Sequence[tuple[int, Record]]:
        """The last `limit` of these records and their times (ms UTC), the newest first."""


@runtime_checkable
class Tallied(Records, Protocol):
    """Records of which each stands for as many as its field `tally` says: a count of them is that field's sum."""

    tally: str


class Lines:
    """Records in memory, looked at one by one: the plain way, to which every store is held."""

    def __init__(self, records: Iterable[tuple[int, Record]]) -> None:
        """`records` are times (ms UTC) and records, in any order; those of one time stay in theirs."""
        self._lines = sorted(records, key=lambda line: line[0])
        self._times = np.array([time for time, _ in self._lines], np.int64)

    def select(self, search: Node, start: int, end: int, fields: Sequence[str]) -> Selected:
        """See Records."""
        lines = self._matching(search, start, end)
        times = np.array([time for time, _ in lines], np.int64)
        return Selected(times, {field: column([record.values(field) for _, record in lines]) for field in fields})

    def newest(self, search: Node, start: int, end: int, limit: int) -> Sequence[tuple[int, Record]]:
        """See Records."""
        return self._matching(search, start, end)[::-1][:limit]

    def _matching(self, search: Node, start: int, end: int) -> list[tuple[int, Record]]:
        fits: Callable[[Record], bool] = matching.predicate(search)
        first, last = np.searchsorted(self._times, (start, end))
        return [line for line in self._lines[first:last] if fits(line[1])]


class Stored:
    """Records of a store that reads those of a stretch of time from an index: only these are looked at, one by one."""

    def __init__(self, between: Callable[[int, int], Iterable[tuple[int, Record]]]) -> None:
        """`between(start, end)` gives the records with start <= time < end (ms UTC) and their times, the newest first."""
        self._between = between

    def select(self, search: Node, start: int, end: int, fields: Sequence[str]) -> Selected:
        """See Records."""
        oldest_first = reversed(list(self._between(start, end)))
        return Lines(oldest_first).select(search, start, end, fields)

    def newest(self, search: Node, start: int, end: int, limit: int) -> Sequence[tuple[int, Record]]:
        """See Records. No more records are read than it takes to find them."""
        fits = matching.predicate(search)
        return list(islice((line for line in self._between(start, end) if fits(line[1])), limit))


class Rewritten(Struct, frozen=True):
    """Records that are asked something else than was searched for: `rewrite` makes it."""

    records: Records
    rewrite: Callable[[Node], Node]

    def select(self, search: Node, start: int, end: int, fields: Sequence[str]) -> Selected:
        """See Records."""
        return self.records.select(self.rewrite(search), start, end, fields)

    def newest(self, search: Node, start: int, end: int, limit: int) -> Sequence[tuple[int, Record]]:
        """See Records."""
        return self.records.newest(self.rewrite(search), start, end, limit)


def column(values: Sequence[Sequence[Any]]) -> Column:
    """A column of each record's values. Equal values of one type get one code, in the order in which they first appear."""
    codes: dict[tuple[type, Any], int] = {}
    rows: list[int] = []
    coded: list[int] = []
    for row, of_record in enumerate(values):
        for value in of_record:
            if not isinstance(value, Mapping):  # an object is no value to group or to compute by
                rows.append(row)
                coded.append(codes.setdefault((type(value), value), len(codes)))
    return Column(np.array(rows, np.int64), np.array(coded, np.int64), [value for _, value in codes])
