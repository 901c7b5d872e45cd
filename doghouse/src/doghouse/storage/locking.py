"""A folder that one process has at a time: a lock on a file in it, which names the process.

`fcntl` is imported where a lock is taken: the light core, which locks nothing, runs where there is none.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

FILE = "lock"


class Locked(Exception):
    """The folder belongs to another process: its note, empty where it left none."""


def lock(folder: Path, note: str) -> IO[str]:
    """Lock a folder for as long as what is returned stays open, and leave the note for others. Makes the folder where it is missing.

    Raises Locked, and OSError where the folder cannot be used, or the lock is a link: what that leads to is not written into.
    """
    import fcntl

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.fdopen(os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        owner = file.read().strip()
        file.close()
        raise Locked(owner) from None
    file.seek(0)
    file.truncate()
    file.write(note)
    file.flush()
    return file


def is_locked(folder: Path) -> bool:
    """Whether a process has the folder. Raises OSError where it has no lock file that can be opened."""
    import fcntl

    with (folder / FILE).open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
