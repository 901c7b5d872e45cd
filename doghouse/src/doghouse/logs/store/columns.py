"""Logs on disk as columns: a DuckDB file, with a row a log and a column a field.

`words` holds the words of what free text is looked for in, `others` those of all other values, as `search.tokens.joined` makes them, a line a text.
`more` says that a log has fields without a column. `moved` is the id of the last log that came from the inbox, and whether any log has such fields.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from doghouse.logs.correlation import trace_of
from doghouse.logs.model import Log
from doghouse.logs.search import record
from doghouse.logs.store import encoding, fields
from doghouse.logs.store.fields import Fields, column, of_log
from doghouse.search import tokens
from doghouse.storage.duckfile import Cursor, DuckFile, execute
from doghouse.storage.manifest import Manifest

TABLES = """
CREATE TABLE IF NOT EXISTS logs (
    id BIGINT, ts BIGINT, message VARCHAR, tags VARCHAR, attributes VARCHAR, words VARCHAR, others VARCHAR, trace UUID, more BOOLEAN
);
CREATE TABLE IF NOT EXISTS fields (number INTEGER, name VARCHAR);
CREATE TABLE IF NOT EXISTS moved (id BIGINT, more BOOLEAN);
"""
Objects = NDArray[np.object_]


class LogColumns:
    """The file `logs.duckdb`: one writer, and readers with a cursor a thread."""

    def __init__(self, path: Path, owner: Manifest | None = None) -> None:
        self._file = DuckFile(path, owner)
        self._writing = threading.Lock()
        with self._file.transaction() as cursor:
            cursor.execute(TABLES)
            self._fields = _fields(cursor)

    def moved(self) -> int | None:
        """The id of the last log that is here; None where none ever was."""
        with self._file.cursor() as cursor:
            row = cursor.execute("SELECT id FROM moved").fetchone()
        return None if row is None else int(row[0])

    def insert(self, logs: Sequence[tuple[int, Log]], last: int) -> None:
        """Take logs in with their ids, and the id of the last that was looked at: all or none."""
        of_logs = [of_log(log) for _, log in logs]
        with self._writing:
            known = Fields(dict(self._fields.numbers), self._fields.has_more)
            fresh = known.new(chain(fields.OWN, *of_logs))
            batch = _columns(logs, of_logs, known)
            with self._file.transaction() as cursor:
                for name in fresh:
                    cursor.execute(f"ALTER TABLE logs ADD COLUMN {column(known.numbers[name])} VARCHAR")
                    cursor.execute("INSERT INTO fields VALUES (?, ?)", [known.numbers[name], name])
                if logs:
                    execute(
                        cursor, "INSERT INTO logs BY NAME SELECT * REPLACE (trace::UUID AS trace) FROM batch", batch
                    )
                cursor.execute("DELETE FROM moved")
                cursor.execute("INSERT INTO moved VALUES (?, ?)", [last, known.has_more])
            self._fields = known

    @contextmanager
    def reading(self) -> Iterator[tuple[Cursor, Fields]]:
        """All that the block reads is of one moment, whose fields these are."""
        with self._file.transaction() as cursor:
            known, row = (
                self._fields,
                cursor.execute("SELECT more, (SELECT count(*) FROM fields) FROM moved").fetchone(),
            )
            is_current = row is None or row == (known.has_more, len(known.numbers))
            yield cursor, known if is_current else _fields(cursor)

    def forget(self, before: int) -> int:
        """Delete the logs older than `before` (ms UTC); how many."""
        with self._writing, self._file.cursor() as cursor:
            [(count,)] = cursor.execute("DELETE FROM logs WHERE ts < ?", [before]).fetchall()
        return int(count)

    def shrink(self) -> None:
        """Give the disk back what deleted rows held, where it is much."""
        with self._writing:
            self._file.checkpoint()
            if self._file.unused():
                self._file.rewrite()

    def copy(self, path: Path, owner: Manifest) -> None:
        """Write what is here to a file of another data folder; nothing comes in meanwhile."""
        with self._writing:
            self._file.copy(path, owner)

    def close(self) -> None:
        """Write everything into the one file, and close it."""
        self._file.close()


def _fields(cursor: Cursor) -> Fields:
    rows = cursor.execute("SELECT name, number FROM fields ORDER BY number").fetchall()
    row = cursor.execute("SELECT more FROM moved").fetchone()
    return Fields(dict(rows), row is not None and row[0])


def columns_of_log(known: Fields) -> str:
    """The SQL of what `log` reads."""
    return ", ".join(["id", "ts", "message", "tags", "attributes", *(_stored(known, name) for name in fields.OWN)])


def log(row: Sequence[Any]) -> tuple[int, Log]:
    """A log and its id, from a row of `columns_of_log`."""
    id, ts, message, tags, attributes, *own = row
    values = {name: encoding.decoded(text)[0] for name, text in zip(fields.OWN, own, strict=True) if text is not None}
    return id, Log(
        timestamp=ts / 1000,
        message=message,
        tags=tuple(encoding.decoded(tags)) if tags is not None else (),
        attributes=msgspec.json.decode(attributes),
        **values,
    )


def _stored(known: Fields, name: str) -> str:
    number = known.numbers.get(name)
    return "NULL" if number is None else column(number)


def _columns(
    logs: Sequence[tuple[int, Log]], of_logs: Sequence[dict[str, str]], known: Fields
) -> dict[str, NDArray[Any]]:
    """The rows of these logs. Notes in `known` whether some have fields without a column."""
    count = len(logs)
    records = [record(log) for _, log in logs]
    columns: dict[str, NDArray[Any]] = {
        "id": np.fromiter((id for id, _ in logs), np.int64, count),
        "ts": np.fromiter((milliseconds(log.timestamp) for _, log in logs), np.int64, count),
        "message": _objects([log.message for _, log in logs]),
        "tags": _objects([encoding.encoded(log.tags) for _, log in logs]),
        "attributes": _objects([msgspec.json.encode(log.attributes).decode() for _, log in logs]),
        "words": _objects([tokens.lines((entry.message, *entry.described)) for entry in records]),
        "others": _objects([tokens.lines(entry.others) for entry in records]),
        "trace": _objects([trace_of(log) for _, log in logs]),
        "more": np.fromiter((not texts.keys() <= known.numbers.keys() for texts in of_logs), np.bool_, count),
    }
    known.has_more |= bool(columns["more"].any())
    used: dict[int, Objects] = {}
    for row, texts in enumerate(of_logs):
        for name, text in texts.items():
            if (number := known.numbers.get(name)) is not None:
                if number not in used:
                    used[number] = np.full(count, None, np.object_)
                used[number][row] = text
    return columns | {column(number): texts for number, texts in used.items()}


def milliseconds(timestamp: float) -> int:
    """A time in s as it is kept."""
    return round(timestamp * 1000)


def _objects(values: Sequence[str | None]) -> Objects:
    array = np.empty(len(values), np.object_)
    array[:] = values
    return array
