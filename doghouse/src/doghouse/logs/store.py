"""Where logs are kept, by their time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from doghouse.logs.correlation import trace_of
from doghouse.logs.model import Log
from doghouse.storage.sqlite import Database

TABLE = """
CREATE TABLE IF NOT EXISTS logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ts REAL NOT NULL,  -- s UTC
    log BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS logs_ts ON logs (ts);
CREATE TABLE IF NOT EXISTS log_traces (  -- logs that name a trace
    trace TEXT NOT NULL,  -- 32 hex digits
    log INTEGER NOT NULL REFERENCES logs (id) ON DELETE CASCADE,
    PRIMARY KEY (trace, log)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS log_traces_log ON log_traces (log);
"""


class LogStore:
    """Logs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.connection().executescript(TABLE)

    def add(self, logs: Sequence[Log]) -> None:
        """Keep logs, all of them or none."""
        with self._database.transaction() as connection:
            last = connection.execute(
                "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'logs'"
            ).fetchone()
            numbered = list(enumerate(logs, last[0] + 1))
            connection.executemany(
                "INSERT INTO logs (id, ts, log) VALUES (?, ?, ?)",
                [(id, log.timestamp, msgspec.json.encode(log)) for id, log in numbered],
            )
            connection.executemany(
                "INSERT INTO log_traces VALUES (?, ?)",
                [(found, id) for id, log in numbered if (found := trace_of(log))],
            )

    def between(self, start: float, end: float) -> Iterator[Log]:
        """Logs with start <= timestamp < end (s UTC), the newest first."""
        query = "SELECT log FROM logs WHERE ts >= ? AND ts < ? ORDER BY ts DESC, id DESC"
        for row in self._database.connection().execute(query, (start, end)):
            yield msgspec.json.decode(row["log"], type=Log)

    def of_trace(self, trace: str) -> list[Log]:
        """The logs that name a trace (32 hex digits), by their time."""
        query = "SELECT logs.log FROM logs JOIN log_traces ON log_traces.log = logs.id WHERE trace = ? ORDER BY ts, id"
        rows = self._database.connection().execute(query, (trace,))
        return [msgspec.json.decode(row["log"], type=Log) for row in rows]

    def forget(self, before: float) -> int:
        """Delete logs older than `before` (s UTC); returns how many."""
        with self._database.transaction() as connection:
            return connection.execute("DELETE FROM logs WHERE ts < ?", (before,)).rowcount
