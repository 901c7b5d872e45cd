"""SQLite files: WAL, one writer at a time, readers beside it. The one that holds everything but points is synchronous FULL."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from doghouse.storage import failures


class Database:
    """One file, a connection a thread. Writes are serialised; what a `transaction` block did is on disk when it ends, or undone.

    `pragmas` are set besides, and may weaken that: see https://sqlite.org/pragma.html.
    """

    def __init__(self, path: Path, pragmas: Sequence[str] = ()) -> None:
        self.path = path
        self._pragmas = (*pragmas, "journal_mode=WAL", "foreign_keys=ON")
        if not any(one.startswith("synchronous") for one in pragmas):
            self._pragmas += ("synchronous=FULL",)
        self._writing = threading.RLock()
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []

    def connection(self) -> sqlite3.Connection:
        """This thread's connection, for reads. Rows can be read by name."""
        existing: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if existing is not None:
            return existing
        try:
            connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=30)
            connection.row_factory = sqlite3.Row
            for pragma in self._pragmas:
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.DatabaseError as error:
            raise failures.unusable(self.path, error) from error
        self._local.connection = connection
        self._all.append(connection)
        return connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A write transaction: committed when the block ends, rolled back when it raises. Nested blocks join the outer one."""
        connection = self.connection()
        with self._writing:
            if connection.in_transaction:
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def copy(self, path: Path) -> None:
        """Write what is committed now to a new file."""
        self.connection().execute("VACUUM INTO ?", (str(path),))

    def close(self) -> None:
        """Close every thread's connection."""
        for connection in self._all:
            connection.close()
        self._all.clear()
