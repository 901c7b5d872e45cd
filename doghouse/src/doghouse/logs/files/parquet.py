"""Logs in a Parquet file, read as columns of codes: ten million of them are too many to be made one by one.

Each field that a search names is read once: a small number a row, and its different values, at each of which `search.matching` looks once. Only the words
of messages are compared row by row, by DuckDB. What such columns cannot tell (messages that are JSON, times that are texts) is read as lines are; a
property holds both to the same. Ten million logs: see docs/benchmarks.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache, reduce
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct

from doghouse.files.places import Entry, Folder
from doghouse.logs.files.columns import Bools, Ints, ParquetFile, ParquetFiles
from doghouse.logs.files.fields import Fields, HostTags
from doghouse.logs.files.lines import log_of, searched
from doghouse.logs.model import Log
from doghouse.logs.store.conditions import in_words
from doghouse.logs.store.reading import NOWHERE, exploded
from doghouse.search import matching, tokens
from doghouse.search.record import FREE_TEXT_ATTRIBUTES, Record, texts
from doghouse.search.records import Column, Lines, Records, Selected
from doghouse.search.tree import FULL_TEXT, And, Cidr, Everything, Exists, Leaf, Match, Node, Not, Or, Phrase, Word

MOST_MASKS = 64  # of conditions, a byte a row: the monitors of a folder ask the same again and again
ALONE = ("trace_id", "message", FULL_TEXT)  # what is of each log its own: they are looked at one by one


def open_parquet(path: Path, host_tags: HostTags) -> Records:
    """The logs of a Parquet file. Raises LogFileError."""
    return _opened(ParquetFile(path), Written(path, path.stat().st_mtime), host_tags)


def open_several(folder: Folder, files: Sequence[Entry], host_tags: HostTags) -> Records:
    """The logs of some Parquet files of a folder. Raises LogFileError, FileError."""
    written = Written(folder, max(file.modified for file in files))
    return _opened(ParquetFiles(folder, files), written, host_tags)


def _opened(file: ParquetFile, written: Written, host_tags: HostTags) -> Records:
    if not file.tells_all():
        return Lines(searched(_logs(file, written, file.rows()), host_tags))
    return ParquetLogs(file, written, host_tags)


class Written(Struct, frozen=True):
    """Where logs come from, for messages, and when they were written (s UTC): a date without a year is of the last one before."""

    where: object
    at: float


def _logs(file: ParquetFile, written: Written, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> Iterator[Log]:
    return (log_of(row, written.at, written.where, number + 1) for number, row in rows)


class ParquetLogs:
    """The logs of a file whose columns tell all, as Records."""

    def __init__(self, file: ParquetFile, written: Written, host_tags: HostTags) -> None:
        self._file, self._written, self._host_tags = file, written, host_tags
        self._times = file.times()
        self._mask = lru_cache(MOST_MASKS)(self._of_leaf)
        self._field = Fields(file, self._times, host_tags).column

    def select(self, search: Node, start: int, end: int, fields: Sequence[str]) -> Selected:
        """See Records."""
        if any(field in ALONE for field in (*_fields(search), *fields)):
            return self.plain.select(search, start, end, fields)
        rows = self._rows(search, start, end)
        return Selected(self._times[rows], {field: self._column(field, rows) for field in fields})

    def newest(self, search: Node, start: int, end: int, limit: int) -> Sequence[tuple[int, Record]]:
        """See Records."""
        if any(field in ALONE for field in _fields(search)):
            return self.plain.newest(search, start, end, limit)
        rows = self._rows(search, start, end)[::-1][:limit]
        logs = _logs(self._file, self._written, sorted(self._file.rows(rows.tolist())))
        return Lines(searched(logs, self._host_tags)).newest(Everything(), start, end, limit)

    @cached_property
    def plain(self) -> Lines:
        """All of them one by one."""
        return Lines(searched(_logs(self._file, self._written, self._file.rows()), self._host_tags))

    def _rows(self, search: Node, start: int, end: int) -> Ints:
        """The rows that match, by time."""
        matching.predicate(search)  # raises whatever is wrong with it
        first, last = np.searchsorted(self._times, (start, end))
        rows: Ints = np.flatnonzero(self._matches(search)[first:last]) + first
        return rows

    def _matches(self, node: Node) -> Bools:
        match node:
            case Everything():
                return np.ones(len(self._times), np.bool_)
            case Not(part):
                return ~self._matches(part)
            case And(parts):
                return reduce(np.logical_and, map(self._matches, parts))
            case Or(parts):
                return reduce(np.logical_or, map(self._matches, parts))
            case _:
                return self._mask(node)

    def _of_leaf(self, leaf: Leaf) -> Bools:
        match leaf:
            case Exists(field):
                return self._any(field, lambda _: True)
            case Match(None, Word() | Phrase() as value):
                beside = (self._any(f"@{path}", _finding(value)) for path in FREE_TEXT_ATTRIBUTES)
                return reduce(np.logical_or, beside, self._words(value))
            case _:
                return self._any(str(leaf.field), matching.of_value(leaf))

    def _any(self, field: str, same: Callable[[Any], bool]) -> Bools:
        """Whether any of a row's values of a field is what is looked for."""
        column = self._field(field)
        if column is None:
            return np.zeros(len(self._times), np.bool_)
        return np.array([any(map(same, values)) for values in column.values], np.bool_)[column.codes]

    def _words(self, value: Word | Phrase) -> Bools:
        call = in_words(value)
        if call is None:
            return np.zeros(len(self._times), np.bool_)
        mask = self._file.has_words(*call)
        rows, joined = self._file.beyond_ascii()
        mask[rows] = [tokens.finder(value)(text) for text in joined]
        return mask

    def _column(self, field: str, rows: Ints) -> Column:
        column = self._field(field)
        return NOWHERE if column is None else exploded(column.codes[rows].astype(np.int64), column.values)


def _fields(search: Node) -> Iterator[str]:
    """The fields that a search names."""
    match search:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _fields(part)
        case Not(part):
            yield from _fields(part)
        case Exists(field) | Cidr(field, _):
            yield field
        case Match(field, _):
            yield field or ""


def _finding(value: Word | Phrase) -> Callable[[Any], bool]:
    find = tokens.finder(value)
    return lambda value: any(find(tokens.joined(text)) for text in texts([value]))
