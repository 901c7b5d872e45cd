"""Selected records by the values of some fields, with the measure that is aggregated: what an aggregation works on, group by group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doghouse.search import matching
from doghouse.search.aggregation import Aggregation
from doghouse.search.record import text_of
from doghouse.search.records import Column, Selected

Ints = NDArray[np.int64]
Values = tuple[str, ...]  # one for each field


class Grouped(Struct, frozen=True, eq=False):
    """Records by group. Group i is called `groups[i]` and has the entries from `first[i]` to `first[i + 1]` of the columns, oldest first.

    `times` (int64, ms UTC) and `measure` (what the aggregation reads) have one entry for each record of each group that it is in; a record with several
    values of the measure has several.
    """

    groups: Sequence[Values]
    first: Ints
    times: Ints
    measure: NDArray[Any]

    def of(self, index: int) -> tuple[Ints, NDArray[Any]]:
        """Times and measure of a group."""
        mine = slice(int(self.first[index]), int(self.first[index + 1]))
        return self.times[mine], self.measure[mine]


def grouped(selected: Selected, fields: Sequence[str], aggregation: Aggregation, measure: str | None) -> Grouped:
    """The records by the values of `fields`, those that have them all; groups by name. Without fields there is one group, even of no records.

    A record with several values of a field is in a group for each (logs/explorer/analytics). One without the measure is in none, but to a count.
    """
    rows, codes, groups = _places(selected, fields)
    read = np.zeros(len(rows), np.int64)
    if aggregation.reads != "nothing":
        assert measure is not None  # the query's reader has checked it
        own, values = _measured(selected.columns[measure], aggregation)
        left, right = _joined(rows, own)
        rows, codes, read = rows[left], codes[left], values[right]
    order = np.argsort(codes, kind="stable")
    first = np.searchsorted(codes[order], np.arange(len(groups) + 1))
    return Grouped(groups, first, selected.times[rows[order]], read[order])


def _places(selected: Selected, fields: Sequence[str]) -> tuple[Ints, Ints, list[Values]]:
    """The row and the group's number of each entry, and the groups."""
    rows, codes = np.arange(len(selected.times)), np.zeros(len(selected.times), np.int64)
    groups: list[Values] = [()]
    for field in fields:
        column = selected.columns[field]
        texts, numbers = coded_texts(column)
        left, right = _joined(rows, column.rows)
        pairs = codes[left] * len(texts) + numbers[right]
        used, codes = np.unique(pairs, return_inverse=True)
        rows = rows[left]
        if np.any(rows[1:] == rows[:-1]):  # a record that has a value twice is in its group once
            _, once = np.unique(rows * len(used) + codes, return_index=True)
            rows, codes = rows[once], codes[once]
        groups = [(*groups[pair // len(texts)], texts[pair % len(texts)]) for pair in used.tolist()]
    return rows, codes, groups


def coded_texts(column: Column) -> tuple[list[str], Ints]:
    """The different values of a column as texts, sorted, and which of them each of its rows has. 200, 200.0 and "200" are one."""
    texts = [text_of(value) for value in column.values]
    distinct = sorted(set(texts))
    place = {text: number for number, text in enumerate(distinct)}
    return distinct, np.array([place[text] for text in texts], np.int64)[column.codes]


def _measured(column: Column, aggregation: Aggregation) -> tuple[Ints, NDArray[Any]]:
    """The rows that have something to aggregate, and what."""
    if aggregation.reads == "values":
        return column.rows, coded_texts(column)[1]
    numbers = np.array([number_of(value) for value in column.values], np.float64)[column.codes]
    numeric = ~np.isnan(numbers)
    return column.rows[numeric], numbers[numeric]


def number_of(value: Any) -> float:
    """A value as a number, NaN where it is none. GUESS: a text that is a number counts as one, as it does in a range of a search."""
    number = matching.number(value) if isinstance(value, str) else None if isinstance(value, bool) else float(value)
    return np.nan if number is None else number


def _joined(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """All pairs of places with the same row, of two lists of rows that ascend."""
    if len(left) == len(right) and np.array_equal(left, right) and not np.any(left[1:] == left[:-1]):
        place = np.arange(len(left))
        return place, place
    begins, ends = np.searchsorted(right, left), np.searchsorted(right, left, side="right")
    many = ends - begins
    places = np.repeat(np.arange(len(left)), many)
    behind = np.arange(len(places)) - np.repeat(np.cumsum(many) - many, many)
    return places, begins[places] + behind
