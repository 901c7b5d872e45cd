"""Logs as they were acknowledged, on disk before they are: an SQLite file that holds those which are no columns yet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from doghouse.logs.model import Log
from doghouse.storage.manifest import Manifest
from doghouse.storage.sqlite import Database

TABLE = """
CREATE TABLE IF NOT EXISTS logs (id INTEGER PRIMARY KEY AUTOINCREMENT, log BLOB NOT NULL);
"""


class Inbox:
    """The file. Ids are consecutive, in the order of acknowledgement."""

    def __init__(self, path: Path, owner: Manifest | None = None) -> None:
        self._database = Database(path)
        if owner:
            self._database.admit(owner)
        self._database.connection().executescript(TABLE)

    def add(self, logs: Sequence[Log]) -> int:
        """Keep logs, all of them or none; the last one's id. They are on disk when this returns."""
        with self._database.transaction() as connection:
            last = self.last()
            rows = [(id, msgspec.json.encode(log)) for id, log in enumerate(logs, last + 1)]
            connection.executemany("INSERT INTO logs (id, log) VALUES (?, ?)", rows)
        return last + len(logs)

    def last(self) -> int:
        """The id of the last log that was ever acknowledged (0: none)."""
        row = self._database.row("SELECT seq FROM sqlite_sequence WHERE name = 'logs'")
        return int(row[0]) if row else 0

    def first(self) -> int | None:
        """The id of the first log that is here."""
        [(id,)] = self._database.rows("SELECT min(id) FROM logs")
        return None if id is None else int(id)

    def after(self, id: int, most: int) -> list[tuple[int, Log]]:
        """The next logs behind an id, and their ids."""
        query = "SELECT id, log FROM logs WHERE id > ? ORDER BY id LIMIT ?"
        rows = self._database.rows(query, (id, most))
        return [(row["id"], msgspec.json.decode(row["log"], type=Log)) for row in rows]

    def drop(self, until: int) -> None:
        """Forget the logs up to an id."""
        self._database.change("DELETE FROM logs WHERE id <= ?", (until,))

    def take_over(self, database: Database) -> None:
        """Take the logs of a data folder whose logs stood in another database, as they did before there were columns."""
        if not database.row("SELECT 1 FROM sqlite_schema WHERE name = 'log_traces'"):
            return
        rows = database.rows("SELECT id, log FROM logs ORDER BY id")
        with self._database.transaction() as connection:
            connection.executemany("INSERT OR IGNORE INTO logs (id, log) VALUES (?, ?)", map(tuple, rows))
        with database.transaction() as connection:
            connection.execute("DROP TABLE log_traces")
            connection.execute("DROP TABLE logs")

    def copy(self, folder: Path, owner: Manifest) -> None:
        """Write what is here now to another data folder."""
        self._database.copy(folder, owner)

    def close(self) -> None:
        """Close the file."""
        self._database.close()
