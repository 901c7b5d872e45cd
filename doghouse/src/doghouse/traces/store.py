"""Stores traces, and the counts of spans until their bucket is closed, in an SQLite file of their own."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from doghouse.storage.sqlite import Database
from doghouse.traces.model import Chunk, Span, entries, in_order, root, trace_id
from doghouse.traces.normalize import LATEST_NS, status_of
from doghouse.traces.stats import NS, Key, Tallies, Tally

TABLES = """
CREATE TABLE IF NOT EXISTS chunks (
    id INTEGER PRIMARY KEY,
    trace TEXT NOT NULL,  -- 32 hex digits
    ts REAL NOT NULL,     -- start, s UTC
    first INTEGER NOT NULL,  -- when the first of its spans ended, ns UTC
    last INTEGER NOT NULL,   -- and when the last of them did
    spans BLOB NOT NULL   -- msgpack
);
CREATE INDEX IF NOT EXISTS chunks_trace ON chunks (trace);
CREATE INDEX IF NOT EXISTS chunks_ts ON chunks (ts);
CREATE INDEX IF NOT EXISTS chunks_ends ON chunks (last, first);
CREATE TABLE IF NOT EXISTS entries (  -- service-entry spans: what a trace is searched by
    chunk INTEGER NOT NULL REFERENCES chunks (id) ON DELETE CASCADE,
    ts REAL NOT NULL,
    service TEXT NOT NULL,
    name TEXT NOT NULL,
    resource TEXT NOT NULL,
    env TEXT NOT NULL,
    duration REAL NOT NULL,  -- s
    error INTEGER NOT NULL,
    status TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS entries_ts ON entries (ts);
CREATE INDEX IF NOT EXISTS entries_service ON entries (service, ts);
CREATE INDEX IF NOT EXISTS entries_chunk ON entries (chunk);
CREATE TABLE IF NOT EXISTS counted (  -- spans that are counted and whose bucket is not yet given out
    id INTEGER PRIMARY KEY,
    bucket INTEGER NOT NULL,
    key BLOB NOT NULL,
    hits REAL NOT NULL,
    errors REAL NOT NULL,
    duration REAL NOT NULL,
    durations BLOB NOT NULL,
    counts BLOB NOT NULL
);
"""
PRAGMAS = (
    "synchronous=NORMAL",  # survives `kill -9`; a power cut may lose the last traces, as it would in an Agent
    "page_size=8192",  # of a new file: a chunk takes some 2 KB, of which 4096 bytes hold one (47 against 36 MB on the disk)
)
_encode = msgspec.msgpack.Encoder().encode
_spans = msgspec.msgpack.Decoder(list[Span])
_key = msgspec.msgpack.Decoder(Key)


class Entry(msgspec.Struct, frozen=True):
    """A service-entry span of a stored trace. `ts` in s UTC, `duration` in s; `status` is the HTTP status code, or empty."""

    trace_id: str
    ts: float
    service: str
    name: str
    resource: str
    env: str
    duration: float
    error: bool
    status: str


class Search(msgspec.Struct, frozen=True):
    """Which traces are wanted. An empty field is no condition."""

    service: str = ""
    resource: str = ""
    name: str = ""
    env: str = ""
    errors: bool = False
    slower_than: float = 0.0  # s


class TraceStore:
    """The stored traces."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.transaction() as connection:
            _take_over(connection)
        database.connection().executescript(TABLES)

    def add(self, chunks: Sequence[Chunk], marked: bool, tallies: Tallies) -> None:
        """Store chunks, and the counts of all chunks, also of those that are not stored. Either all is stored or nothing."""
        with self._database.transaction() as connection:
            first = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM chunks").fetchone()[0]
            numbered = list(enumerate(chunks, first))
            connection.executemany(
                "INSERT INTO chunks (id, trace, ts, first, last, spans) VALUES (?, ?, ?, ?, ?, ?)",
                ((id, trace_id(chunk), chunk[0].start / NS, *_ends(chunk), _encode(chunk)) for id, chunk in numbered),
            )
            connection.executemany(
                "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [_row(id, span) for id, chunk in numbered for span in entries(chunk, marked) or [root(chunk)]],
            )
            connection.executemany(
                "INSERT INTO counted (bucket, key, hits, errors, duration, durations, counts) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        start,
                        _encode(key),
                        tally.hits,
                        tally.errors,
                        tally.duration,
                        bytes(tally.values),
                        bytes(tally.counts),
                    )
                    for (start, key), tally in tallies.items()
                ],
            )

    def find(self, search: Search, start: float, end: float, limit: int = 100) -> list[Entry]:
        """The wanted entries with start <= ts < end (s UTC), the newest first."""
        columns = {"service": search.service, "resource": search.resource, "name": search.name, "env": search.env}
        filters = {column: value for column, value in columns.items() if value}
        where = "".join(f" AND entries.{column} = ?" for column in filters)
        rows = self._database.rows(
            "SELECT trace AS trace_id, entries.ts, service, name, resource, env, duration, error, status"
            " FROM entries JOIN chunks ON chunks.id = entries.chunk"
            f" WHERE entries.ts >= ? AND entries.ts < ? AND duration >= ? AND error >= ?{where}"
            " ORDER BY entries.ts DESC LIMIT ?",
            (start, end, search.slower_than, int(search.errors), *filters.values(), limit),
        )
        return [msgspec.convert(dict(row), Entry, strict=False) for row in rows]

    def spans(self, trace: str) -> list[Span]:
        """The stored spans of a trace (32 hex digits), by start; empty where the trace is not known."""
        rows = self._database.rows("SELECT spans FROM chunks WHERE trace = ? ORDER BY id", (trace,))
        return in_order(span for row in rows for span in _spans.decode(row["spans"]))

    def ended(self, start: int, end: int) -> Iterator[tuple[str, Span]]:
        """The spans that ended at start <= time < end (ns UTC), as they came, each with its trace (32 hex digits)."""
        rows = self._database.rows(
            "SELECT trace, spans FROM chunks WHERE last >= ? AND first < ? ORDER BY id",
            (min(start, LATEST_NS), min(end, LATEST_NS)),
        )
        for row in rows:
            for span in _spans.decode(row["spans"]):
                if start <= span.end < end:
                    yield row["trace"], span

    def known(self, traces: Iterable[str]) -> set[str]:
        """Which of these traces are stored."""
        ask = "SELECT 1 FROM chunks WHERE trace = ? LIMIT 1"
        return {trace for trace in traces if self._database.row(ask, (trace,))}

    def due(self, before: int) -> tuple[Tallies, int]:
        """The sum of the counts in buckets that start before a time (s UTC), and the last row that is part of it."""
        rows = self._database.rows("SELECT * FROM counted WHERE bucket < ? ORDER BY id", (before,))
        tallies: Tallies = {}
        last = 0
        for row in rows:
            last = row["id"]
            tally = tallies.setdefault((row["bucket"], _key.decode(row["key"])), Tally())
            tally.hits += row["hits"]
            tally.errors += row["errors"]
            tally.duration += row["duration"]
            tally.values.extend(array("d", row["durations"]))
            tally.counts.extend(array("d", row["counts"]))
        return tallies, last

    def given_out(self, before: int, last: int) -> None:
        """Delete the counts that `due` returned: they are points now."""
        self._database.change("DELETE FROM counted WHERE bucket < ? AND id <= ?", (before, last))

    def forget(self, before: float) -> int:
        """Delete the chunks that started before a time (s UTC); returns how many."""
        return self._database.change("DELETE FROM chunks WHERE ts < ?", (before,))


def _ends(chunk: Chunk) -> tuple[int, int]:
    """When the first and the last of a chunk's spans ended (ns UTC)."""
    ends = [span.start + span.duration for span in chunk]
    return min(ends), max(ends)


def _take_over(connection: sqlite3.Connection) -> None:
    """Say of the chunks of a data folder when their spans ended, where it was written before that was kept."""
    columns = {row["name"] for row in connection.execute("PRAGMA table_info(chunks)")}
    if not columns or "last" in columns:
        return
    for name in ("first", "last"):
        connection.execute(f"ALTER TABLE chunks ADD COLUMN {name} INTEGER NOT NULL DEFAULT 0")
    rows = connection.execute("SELECT id, spans FROM chunks")
    ends = [(*_ends(_spans.decode(row["spans"])), row["id"]) for row in rows]
    connection.executemany("UPDATE chunks SET first = ?, last = ? WHERE id = ?", ends)


def _row(chunk: int, span: Span) -> tuple[int, float, str, str, str, str, float, int, str]:
    return (
        chunk,
        span.start / NS,
        span.service or "",
        span.name,
        span.resource or "",
        span.tag("env"),
        span.duration / NS,
        1 if span.error else 0,
        str(status_of(span) or ""),
    )
