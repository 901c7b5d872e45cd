"""What goes wrong with the files of the data folder, in one sentence: a full disk, a damaged file, one that cannot be written."""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
from pathlib import Path

FULL = "the disk of the data folder is full; what was acknowledged is kept, and writing goes on once there is room"
FROM_BACKUP = "go on from a backup of the whole folder (doghouse up --data BACKUP)"
FILES = "too many files are open; nothing is lost, and doghouse goes on once there are fewer connections (ulimit -n shows how many files it may open)"
EVERY_S = 60
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
NO_ROOM_TEXTS = ("no space left on device", "disk quota exceeded", "disk is full")
NO_FILES = (errno.EMFILE, errno.ENFILE)
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class StorageError(Exception):
    """A file of the data folder that cannot be used, in one sentence that names it."""


def sentence(error: BaseException) -> str | None:
    """What an error says of the data folder; None where it is not about its files."""
    if isinstance(error, StorageError):
        return str(error)
    if not isinstance(error, OSError | sqlite3.DatabaseError):
        return None
    if no_room(error):
        return FULL
    if no_files(error):
        return FILES
    if isinstance(error, OSError):
        return f"{error.filename} cannot be used: {error.strerror}" if error.filename else None
    if is_damage(error):
        return f"a file of the data folder is damaged: {first_line(error)}; stop doghouse and {FROM_BACKUP}"
    if isinstance(error, sqlite3.OperationalError):
        return f"the data folder cannot be used: {first_line(error)}"
    return None


def unusable(path: Path, error: BaseException, damaged: bool) -> StorageError:
    """A file that cannot be opened or read, for this reason."""
    if no_room(error):
        return StorageError(FULL)
    if no_files(error):
        return StorageError(FILES)
    why = first_line(error).rstrip(".!")
    return StorageError(f"{path} cannot be used: {why}" + (f"; {FROM_BACKUP}" if damaged else ""))


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite says that the content of the file is wrong, rather than that it cannot get at it."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGED  # the low byte; the rest tells kinds of damage apart


def first_line(error: BaseException) -> str:
    """What an error says, without what its library adds on further lines."""
    return str(error).partition("\n")[0].removeprefix("IO Error: ")


def no_room(error: BaseException) -> bool:
    """Whether the disk is full."""
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    text = str(error).lower()
    return any(part in text for part in NO_ROOM_TEXTS)


def no_files(error: BaseException) -> bool:
    """Whether the process has as many files open as it may. SQLite says only that it cannot open one: then it is tried."""
    if isinstance(error, OSError):
        return error.errno in NO_FILES
    if "too many open files" in str(error).lower():
        return True
    if not isinstance(error, sqlite3.OperationalError) or "unable to open" not in str(error):
        return False
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as refused:
        return refused.errno in NO_FILES
    return False


class Seldom(logging.Filter):
    """Lets the same message through once a minute: a full disk fails each request."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the message was not logged lately."""
        text = record.getMessage()
        due = record.created >= self._last.get(text, 0.0) + EVERY_S
        if due:
            self._last[text] = record.created
        return due


log = logging.getLogger(__name__)
log.addFilter(Seldom())


def reported(error: BaseException) -> str | None:
    """`sentence`, which whoever runs the server reads on stderr too."""
    text = sentence(error)
    if text:
        log.error("doghouse: %s", text)
    return text
