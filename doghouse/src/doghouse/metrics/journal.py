"""What was acknowledged, on disk before it is: points that DuckDB does not have yet, and the series that are new with them.

Appending to a log costs much less than a commit (measured for 1,000 points, by itself: 0.03 ms against 0.1 ms in SQLite and 1.5 ms in DuckDB), so points
are acknowledged from here and moved to DuckDB many at a time. What is written survives the end of the process at once, and a power cut once it is moved.
"""

from __future__ import annotations

import logging
import shutil
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import msgspec
import numpy as np

from doghouse.metrics.model import Columns, Series
from doghouse.storage import failures
from doghouse.storage.sqlite import Database

SERIES_FILE, LOGS_FOLDER = "journal.sqlite", "journal"
TABLES = """
CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY, metric TEXT, type TEXT, interval INTEGER, host TEXT, tags TEXT) STRICT;
"""
# Of an entry: its last row, the length of its series and of its points (bytes), their CRC.
HEAD = struct.Struct("<QIII")
CHECK = struct.Struct("<I")  # the head's own CRC
START = HEAD.size + CHECK.size
POINT_BYTES = 4 + 8 + 8
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """What was written at once. Its points have consecutive row numbers, `last_row` being the last one's: who has the higher wins."""

    fresh: Sequence[Series]
    last_row: int
    columns: Columns


class Journal:
    """Every series in `journal.sqlite`, and logs in the folder `journal`: a log is only ever appended to, and deleted whole.

    `write` and `turn` exclude each other: whoever calls them sees to that.
    """

    def __init__(self, folder: Path) -> None:
        self._database = Database(folder / SERIES_FILE)
        connection = self._database.connection()
        connection.executescript(TABLES)
        self._has_old = bool(connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'entries'").fetchall())
        self._folder = folder / LOGS_FOLDER
        self._folder.mkdir(exist_ok=True)
        self._written = self._logs()  # logs that are complete, oldest first
        self._next = int(self._written[-1].stem) + 1 if self._written else 1
        self._log: _Log | None = None

    def _logs(self) -> list[Path]:
        return sorted(self._folder.glob("*.log"))

    def series(self) -> list[Series]:
        """Every series that was moved, by number."""
        rows = self._database.connection().execute(
            "SELECT id, metric, type, interval, host, tags FROM series ORDER BY id"
        )
        return [
            Series(number, metric, kind, interval, host, msgspec.json.decode(tags, type=tuple[str, ...]))
            for number, metric, kind, interval, host, tags in rows
        ]

    def entries(self, after: int) -> list[Entry]:
        """What an earlier process left: entries without points, and those whose points come after row `after`, oldest first.

        Raises StorageError where a log is damaged.
        """
        found, row = [], None
        for entry in [*self._old(), *(entry for path in self._written for entry in _read(path))]:
            first = entry.last_row - len(entry.columns)
            if row is not None and first != row:
                raise failures.StorageError(
                    f"{self._folder} lacks rows {row + 1} to {first}; put a backup in its place"
                )
            row = entry.last_row
            if row > after or not len(entry.columns):
                found.append(entry)
        return found

    def _old(self) -> list[Entry]:
        """Points that an older version left, which kept them in SQLite; `drop` takes them away."""
        if not self._has_old:
            return []
        rows = self._database.connection().execute("SELECT last_row, columns FROM entries ORDER BY last_row")
        return [Entry((), last_row, unpack(packed)) for last_row, packed in rows]

    def write(self, entry: Entry) -> None:
        """Keep new or changed series and points: on disk when this returns. Raises OSError, and has then kept nothing."""
        series = msgspec.msgpack.encode(entry.fresh) if entry.fresh else b""
        points = packed(entry.columns)
        check = crc32(series)
        for column in points:
            check = crc32(column, check)
        head = HEAD.pack(entry.last_row, len(series), sum(column.nbytes for column in points), check)
        if self._log is None:
            self._log = _Log(self._folder / f"{self._next:010}.log")
            self._next += 1
        self._log.append(b"".join((head, CHECK.pack(crc32(head)), series, *points)))

    def turn(self) -> list[Path]:
        """Let later entries go to another log; the logs before it, for `drop`."""
        if self._log is not None:
            self._log.close()
            self._written.append(self._log.path)
            self._log = None
        return list(self._written)

    def keep(self, series: Iterable[Series]) -> None:
        """Keep new or changed series for good, whatever becomes of the logs."""
        rows = [
            (one.id, one.metric, one.type, one.interval, one.host, msgspec.json.encode(one.tags).decode())
            for one in series
        ]
        if rows:
            with self._database.transaction() as connection:
                connection.executemany("INSERT OR REPLACE INTO series VALUES (?, ?, ?, ?, ?, ?)", rows)

    def drop(self, logs: Iterable[Path]) -> None:
        """Forget what these logs hold, and whatever came before: it is elsewhere by now."""
        for path in logs:
            path.unlink(missing_ok=True)
            self._written.remove(path)
        if self._has_old:
            self._database.connection().executescript("DROP TABLE entries; VACUUM")
            self._has_old = False

    def copy(self, folder: Path) -> None:
        """Write what is there now to a new folder. Entries may come in meanwhile; logs must not be dropped unless they are copied elsewhere."""
        (folder / LOGS_FOLDER).mkdir()
        for path in self._logs():
            with suppress(FileNotFoundError):  # what was in it is moved, and its series are copied below
                shutil.copy(path, folder / LOGS_FOLDER)
        self._database.copy(folder / SERIES_FILE)

    def close(self) -> None:
        """Close the files."""
        self.turn()
        self._database.close()


class _Log:
    """A new file that is appended to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("ab", buffering=0)
        self._size = 0

    def append(self, entry: bytes) -> None:
        """All of it, or nothing where it raises OSError: what is torn must not stand before the next."""
        rest = memoryview(entry)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError:
            self._file.truncate(self._size)
            raise
        self._size += len(entry)

    def close(self) -> None:
        """Append no more."""
        self._file.close()


def _read(path: Path) -> Iterator[Entry]:
    """The entries of a log. A last one that is torn was never acknowledged, and is left out. Raises StorageError at one that is damaged."""
    held = memoryview(path.read_bytes())
    at = 0
    while at < len(held):
        head, checked = held[at : at + HEAD.size], held[at + HEAD.size : at + START]
        if len(checked) < CHECK.size or not any(held[at:]):  # a power cut can leave zeros
            break
        last_row, series_bytes, points_bytes, check = HEAD.unpack(head)
        if crc32(head) != CHECK.unpack(checked)[0]:
            raise _damaged(path, at)
        points = at + START + series_bytes
        end = points + points_bytes
        if end > len(held):
            break
        if crc32(held[at + START : end]) != check:
            raise _damaged(path, at)
        series = msgspec.msgpack.decode(held[at + START : points], type=list[Series]) if series_bytes else []
        yield Entry(series, last_row, unpack(held[points:end]))
        at = end
    if at < len(held):
        log.warning("doghouse: %s ends in the midst of an entry, at byte %d; it was never acknowledged", path, at)


def _damaged(path: Path, at: int) -> failures.StorageError:
    return failures.StorageError(
        f"{path} is damaged at byte {at} of {path.stat().st_size}; put a backup of it in its place, "
        f"or give up the points from there on with `truncate -s {at}`"
    )


def packed(columns: Columns) -> list[memoryview]:
    """The three columns as bytes."""
    kinds = ((columns.series, "<i4"), (columns.ts, "<i8"), (columns.value, "<f8"))
    return [np.ascontiguousarray(column, kind).data for column, kind in kinds]


def pack(columns: Columns) -> bytes:
    """Points as bytes: the three columns, one after another."""
    return b"".join(packed(columns))


def unpack(packed: bytes | memoryview) -> Columns:
    """The points that `pack` made bytes of."""
    count = len(packed) // POINT_BYTES
    series, ts, value = (
        np.frombuffer(packed, kind, count, offset)
        for kind, offset in (("<i4", 0), ("<i8", 4 * count), ("<f8", 12 * count))
    )
    return Columns(series.astype(np.int64), ts.astype(np.int64), value.astype(np.float64))


def joined(parts: Sequence[Columns]) -> Columns:
    """Columns one after another."""
    if len(parts) == 1:
        return parts[0]
    return Columns(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("series", "ts", "value")))
