"""Keeps the data folder's files to their owner, whatever mode the folder itself has: it may be one that others read."""

from __future__ import annotations

import stat
from pathlib import Path

from doghouse.storage.manifest import FILES

OTHERS_MAY = 0o077
OWN = (*FILES, "manifest.json", "keys.json", "lock")  # and what databases put beside theirs: `-wal`, `.wal`, `.new`


def make_private(folder: Path) -> None:
    """Take from others what they may do with the doghouse's own files and folders; what else lies there is left alone.

    Raises OSError where that cannot be done.
    """
    for path in folder.iterdir():
        mode = stat.S_IMODE(path.lstat().st_mode)
        if path.name.startswith(OWN) and mode & OTHERS_MAY and not path.is_symlink():
            path.chmod(mode & ~OTHERS_MAY)
