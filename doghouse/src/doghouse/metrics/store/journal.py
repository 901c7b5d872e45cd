"""What was acknowledged, on disk before it is: points that DuckDB does not have yet, and the series that are new with them.

Appending to a log costs much less than a commit (measured for 1,000 points, by itself: 0.03 ms against 0.1 ms in SQLite and 1.5 ms in DuckDB), so points
are acknowledged from here and moved to DuckDB many at a time. What is written survives the end of the process at once, and a power cut once it is moved.
"""

from __future__ import annotations

import logging
import re
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from zlib import crc32

import msgspec

from doghouse.metrics.model import Columns, Series
from doghouse.metrics.packing import packed, unpack
from doghouse.storage import manifest
from doghouse.storage.failures import FROM_BACKUP, StorageError
from doghouse.storage.manifest import LOGS, SERIES, Manifest, Mark
from doghouse.storage.sqlite import Database

TABLES = """
CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY, metric TEXT, type TEXT, interval INTEGER, host TEXT, tags TEXT) STRICT;
"""
# Of an entry: its last row, the length of its series and of its points (bytes), their CRC.
HEAD = struct.Struct("<QIII")
CHECK = struct.Struct("<I")  # the head's own CRC
START = HEAD.size + CHECK.size
# Of a log of a data folder: what it is, the folder's identity, its own number. As a row number the first eight bytes would be beyond any.
LOG_HEAD, LOG_MAGIC = struct.Struct("<8s16sQ"), b"doglog\0\1"
LOG_NAME = re.compile(r"[0-9]{10}\.log")
log = logging.getLogger(__name__)


class Entry(msgspec.Struct, frozen=True, eq=False):
    """What was written at once. Its points have consecutive row numbers, `last_row` being the last one's: who has the higher wins."""

    fresh: Sequence[Series]
    last_row: int
    columns: Columns


class Journal:
    """Every series in `journal.sqlite`, and logs in the folder `journal`: a log is only ever appended to, and deleted whole.

    `write` and `turn` exclude each other: whoever calls them sees to that.
    """

    def __init__(self, folder: Path, owner: Manifest | None = None) -> None:
        self._database = Database(folder / SERIES)
        self._owner = owner
        if owner:
            self._database.admit(owner)
        self._database.connection().executescript(TABLES)
        self._folder = folder / LOGS
        self._folder.mkdir(exist_ok=True)
        self._written = self._logs()  # logs that are complete, oldest first
        if owner:
            for path in self._written:
                _admit(path, owner)
        self._next = int(self._written[-1].stem) + 1 if self._written else 1
        self._log: _Log | None = None

    def _logs(self) -> list[Path]:
        logs = sorted(self._folder.glob("*.log"))
        for path in logs:
            if not LOG_NAME.fullmatch(path.name):
                raise StorageError(
                    f"{path} is no log of doghouse's (those are called {_name(1)}, …); move it elsewhere"
                )
        return logs

    def series(self) -> list[Series]:
        """Every series that was moved, by number."""
        rows = self._database.rows("SELECT id, metric, type, interval, host, tags FROM series ORDER BY id")
        return [
            Series(number, metric, kind, interval, host, msgspec.json.decode(tags, type=tuple[str, ...]))
            for number, metric, kind, interval, host, tags in rows
        ]

    def entries(self, after: int) -> list[Entry]:
        """What an earlier process left: entries without points, and those whose points come after row `after`, oldest first.

        Raises StorageError where a log is damaged or missing.
        """
        entries, row = [], None
        for entry in (entry for path in self._written for entry in _read(path)):
            first = entry.last_row - len(entry.columns)
            if first > after if row is None else first != row:
                lacking = (after if row is None else row) + 1
                raise StorageError(f"{self._folder} lacks rows {lacking} to {first}; {FROM_BACKUP}")
            row = entry.last_row
            if row > after or not len(entry.columns):
                entries.append(entry)
        return entries

    def write(self, entry: Entry) -> None:
        """Keep new or changed series and points: on disk when this returns. Raises OSError, and has then kept nothing."""
        series = msgspec.msgpack.encode(entry.fresh) if entry.fresh else b""
        points = packed(entry.columns)
        check = crc32(series)
        for column in points:
            check = crc32(column, check)
        head = HEAD.pack(entry.last_row, len(series), sum(column.nbytes for column in points), check)
        if self._log is None:
            path = self._folder / _name(self._next)
            self._log = _Log(path, _log_head(path, self._owner) if self._owner else b"")
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
            (entry.id, entry.metric, entry.type, entry.interval, entry.host, msgspec.json.encode(entry.tags).decode())
            for entry in series
        ]
        if rows:
            with self._database.transaction() as connection:
                connection.executemany("INSERT OR REPLACE INTO series VALUES (?, ?, ?, ?, ?, ?)", rows)

    def drop(self, logs: Iterable[Path]) -> None:
        """Forget what these logs hold, and whatever came before: it is elsewhere by now."""
        for path in logs:
            path.unlink(missing_ok=True)
            self._written.remove(path)

    def copy(self, folder: Path, owner: Manifest) -> None:
        """Write what is there now to another data folder. Entries may come in meanwhile; logs must not be dropped unless they are copied elsewhere."""
        (folder / LOGS).mkdir(mode=0o700)
        manifest.mark_folder(folder / LOGS, owner)
        for path in self._logs():
            with suppress(FileNotFoundError):  # what was in it is moved, and its series are copied below
                _copy_log(path, folder / LOGS / path.name, owner)
        self._database.copy(folder, owner)

    def close(self) -> None:
        """Close the files."""
        self.turn()
        self._database.close()


class _Log:
    """A new file that is appended to."""

    def __init__(self, path: Path, head: bytes) -> None:
        self.path = path
        self._file = path.open("ab", buffering=0)
        self._size = 0
        if head:
            self.append(head)

    def append(self, entry: bytes) -> None:
        """All of it, or nothing where it raises OSError: what is torn must not stand before the next."""
        remainder = memoryview(entry)
        try:
            while remainder:
                remainder = remainder[self._file.write(remainder) :]
        except OSError:
            self._file.truncate(self._size)
            raise
        self._size += len(entry)

    def close(self) -> None:
        """Append no more."""
        self._file.close()


def _read(path: Path) -> Iterator[Entry]:
    """The entries of a log. A last one that is torn was never acknowledged, and is left out. Raises StorageError at one that is damaged."""
    content = memoryview(path.read_bytes())
    at = _entries_from(content)
    while at < len(content):
        head, checked = content[at : at + HEAD.size], content[at + HEAD.size : at + START]
        if len(checked) < CHECK.size or not any(content[at:]):  # a power cut can leave zeros
            break
        last_row, series_bytes, points_bytes, check = HEAD.unpack(head)
        if crc32(head) != CHECK.unpack(checked)[0]:
            raise _damaged(path, at)
        points = at + START + series_bytes
        end = points + points_bytes
        if end > len(content):
            break
        if crc32(content[at + START : end]) != check:
            raise _damaged(path, at)
        series = msgspec.msgpack.decode(content[at + START : points], type=list[Series]) if series_bytes else []
        yield Entry(series, last_row, unpack(content[points:end]))
        at = end
    if at < len(content):
        log.warning("doghouse: %s ends in the midst of an entry, at byte %d; it was never acknowledged", path, at)


def _damaged(path: Path, at: int) -> StorageError:
    return StorageError(
        f"{path} is damaged at byte {at} of {path.stat().st_size}; {FROM_BACKUP}, "
        f"or give up the points from there on with `truncate -s {at} {path}`"
    )


def _name(number: int) -> str:
    return f"{number:010}.log"


def _log_head(path: Path, owner: Manifest) -> bytes:
    """What stands in front of a log's entries: whose it is."""
    return LOG_HEAD.pack(LOG_MAGIC, bytes.fromhex(owner.identity), int(path.stem))


def _entries_from(content: bytes | memoryview) -> int:
    """Where the first entry of a log begins: behind its head, which it lacks where it is of no data folder."""
    return LOG_HEAD.size if content[: len(LOG_MAGIC)] == LOG_MAGIC else 0


def _admit(path: Path, owner: Manifest) -> None:
    """Make sure that a log is of this data folder, and its name is its own; where the folder is new to marks, it gets its head. Raises StorageError."""
    with path.open("rb") as file:
        start = file.read(LOG_HEAD.size)
    if len(start) < LOG_HEAD.size or not any(start):
        return  # torn before its first entry
    mark = None
    if _entries_from(start):
        _, identity, number = LOG_HEAD.unpack(start)
        mark = Mark(identity.hex(), _name(number))
    if owner.needs_mark(path, mark, within=LOGS):
        manifest.replace(path, _log_head(path, owner) + path.read_bytes())


def _copy_log(path: Path, target: Path, owner: Manifest) -> None:
    content = memoryview(path.read_bytes())
    target.write_bytes(b"".join((_log_head(target, owner), content[_entries_from(content) :])))
