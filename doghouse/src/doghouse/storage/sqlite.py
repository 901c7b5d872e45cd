"""SQLite files: WAL, one writer at a time, readers beside it. The one that holds everything but points is synchronous FULL."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from doghouse.storage import failures
from doghouse.storage.failures import FROM_BACKUP, StorageError
from doghouse.storage.manifest import TABLE, Manifest, Mark

# a larger file is checked beside the server: a start takes 1.1 ms for each MB (from memory)
CHECKED_BYTES = 32 * 1024 * 1024

T = TypeVar("T")


class Database:
    """One file, a connection a thread. Writes are serialised; what a `transaction` block did is on disk when it ends, or undone.

    `pragmas` are set besides, and may weaken that: see https://sqlite.org/pragma.html.
    """

    def __init__(self, path: Path, pragmas: Sequence[str] = ()) -> None:
        self.path = path
        self._pragmas = (*pragmas, "journal_mode=WAL", "foreign_keys=ON")
        if not any(pragma.startswith("synchronous") for pragma in pragmas):
            self._pragmas += ("synchronous=FULL",)
        self._writing = threading.RLock()
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._damage = ""
        self._checker: tuple[threading.Thread, sqlite3.Connection] | None = None

    def connection(self) -> sqlite3.Connection:
        """This thread's connection, for reads. Rows can be read by name. Raises StorageError where the file is damaged."""
        if self._damage:
            raise StorageError(self._damage)
        existing: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if existing is not None:
            return existing
        connection = self._local.connection = self._connect()
        self._all.append(connection)
        return connection

    def rows(self, query: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        """The rows that a query finds, on this thread's connection."""
        return self.connection().execute(query, values)

    def row(self, query: str, values: Sequence[object] = ()) -> sqlite3.Row | None:
        """The first row that a query finds."""
        row: sqlite3.Row | None = self.rows(query, values).fetchone()
        return row

    def documents(self, kind: type[T], query: str, values: Sequence[object] = ()) -> Iterator[T]:
        """What a query finds in its first column: JSON of such values."""
        return (msgspec.json.decode(row[0], type=kind) for row in self.rows(query, values))

    def document(self, kind: type[T], query: str, values: Sequence[object] = ()) -> T | None:
        """The first of them."""
        return next(self.documents(kind, query, values), None)

    def change(self, statement: str, values: Sequence[object] = ()) -> int:
        """Run one statement in a transaction; how many rows it changed."""
        with self.transaction() as connection:
            return connection.execute(statement, values).rowcount

    def _connect(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=30)
            connection.row_factory = sqlite3.Row
            for pragma in self._pragmas:
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.DatabaseError as error:
            raise failures.unusable(self.path, error, failures.is_damage(error)) from error
        return connection

    def admit(self, manifest: Manifest) -> None:
        """Make sure that the file is whole and of this data folder; a new one gets its mark. A large one is checked while the server runs.

        Raises StorageError.
        """
        if self.path.exists() and self.path.stat().st_size > CHECKED_BYTES:
            connection = self._connect()
            thread = threading.Thread(target=self._check_beside, args=(connection,), name="check", daemon=True)
            self._checker = thread, connection
            thread.start()
        elif damage := self._check(self.connection()):
            raise StorageError(damage)
        with self.transaction() as connection:
            row = None
            if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (TABLE,)).fetchone():
                row = connection.execute(f"SELECT identity, file FROM {TABLE}").fetchone()
            if manifest.needs_mark(self.path, Mark(*row) if row else None):
                mark(connection, manifest.mark(self.path))

    def _check(self, connection: sqlite3.Connection) -> str:
        """Look at every page of the file; the damage in one sentence, or nothing."""
        try:
            [(verdict,)] = connection.execute("PRAGMA quick_check(1)").fetchall()
        except sqlite3.DatabaseError as error:
            if not failures.is_damage(error):  # such as the end of the server, which interrupts it
                return ""
            verdict = failures.first_line(error)
        return "" if verdict == "ok" else f"{self.path} is damaged: {verdict.strip().splitlines()[-1]}; {FROM_BACKUP}"

    def _check_beside(self, connection: sqlite3.Connection) -> None:
        """The check of a large file. Once damage is known, nobody gets a connection any more."""
        self._damage = self._check(connection)
        if self._damage:
            failures.reported(StorageError(self._damage))

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
                if connection.in_transaction:  # else SQLite has undone it already, as for a damaged file
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def copy(self, folder: Path, manifest: Manifest) -> None:
        """Write what is committed now to a new file of the same name in another data folder."""
        path = folder / self.path.name
        self.connection().execute("VACUUM INTO ?", (str(path),))
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            mark(connection, manifest.mark(path))
        finally:
            connection.close()

    def close(self) -> None:
        """Close every thread's connection."""
        if self._checker:
            thread, connection = self._checker
            while thread.is_alive():
                connection.interrupt()
                thread.join(0.05)
            connection.close()
        for connection in self._all:
            connection.close()
        self._all.clear()


def mark(connection: sqlite3.Connection, mark: Mark) -> None:
    """Put a mark into a database, in the place of another."""
    connection.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} (identity TEXT, file TEXT)")
    connection.execute(f"DELETE FROM {TABLE}")
    connection.execute(f"INSERT INTO {TABLE} VALUES (?, ?)", (mark.identity, mark.file))
