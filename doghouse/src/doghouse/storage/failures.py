"""What goes wrong with the files of the data folder, in one sentence: a full disk, a file that is no database, one that cannot be written."""

from __future__ import annotations

import errno
import logging
import sqlite3
from pathlib import Path

import duckdb

FULL = "the disk of the data folder is full; what was acknowledged is kept, and writing goes on once there is room"
EVERY_S = 60
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
NO_ROOM_TEXTS = ("no space left on device", "disk quota exceeded", "disk is full")


class StorageError(Exception):
    """A file of the data folder that cannot be used, in one sentence that names it."""


def sentence(error: BaseException) -> str | None:
    """What an error says of the data folder; None where it is not about its files."""
    if isinstance(error, StorageError):
        return str(error)
    if not isinstance(error, OSError | sqlite3.DatabaseError | duckdb.Error):
        return None
    if _no_room(error):
        return FULL
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename} cannot be used: {error.strerror}"
    if isinstance(error, sqlite3.OperationalError | duckdb.IOException | duckdb.FatalException):
        return f"the data folder cannot be used: {first_line(error)}"
    return None


def unusable(path: Path, error: BaseException) -> StorageError:
    """A file that cannot be opened, for this reason."""
    why = first_line(error).rstrip(".!")
    return StorageError(FULL if _no_room(error) else f"{path} cannot be used: {why}; put a backup of it in its place")


def first_line(error: BaseException) -> str:
    """What an error says, without what its library adds on further lines."""
    return str(error).partition("\n")[0].removeprefix("IO Error: ")


def _no_room(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    text = str(error).lower()
    return any(one in text for one in NO_ROOM_TEXTS)


class Seldom(logging.Filter):
    """Lets the same message through once a minute: a full disk fails each request."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the message was not said lately."""
        text = record.getMessage()
        due = record.created >= self._last.get(text, 0.0) + EVERY_S
        if due:
            self._last[text] = record.created
        return due


log = logging.getLogger(__name__)
log.addFilter(Seldom())


def reported(error: BaseException) -> str | None:
    """`sentence`, which whoever runs the server reads on stderr too."""
    said = sentence(error)
    if said:
        log.error("doghouse: %s", said)
    return said
