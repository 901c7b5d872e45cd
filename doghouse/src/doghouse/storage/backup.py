"""A copy of the data folder made while the server runs.

The copy is a data folder: `doghouse up --data COPY` goes on from there. Each database is of one moment; what was acknowledged before the request is in it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from doghouse.storage import locking, manifest
from doghouse.storage.manifest import FILES, FORMAT, MAILS, SNAPSHOTS, Manifest

KEYS, FOLDERS = "keys.json", (MAILS, SNAPSHOTS)  # what is no database
UNDER_WAY = ".part"  # behind a copy's name until it is whole


class Store(Protocol):
    """Something with files in the data folder."""

    def copy(self, folder: Path, manifest: Manifest) -> None:
        """Put a copy of the files, of one moment, into another data folder, with its mark."""


class BackupError(ValueError):
    """Why no copy was made, in words."""


def copy(target: Path, data: Path, stores: Sequence[Store]) -> int:
    """Make the copy, and return how large it is (bytes). Raises BackupError."""
    try:
        check(target, data)
        make(target, data, stores)
    except locking.Locked as owner:
        raise BackupError(f"another backup to {target} is under way ({owner})") from None
    except OSError as error:
        raise BackupError(f"{target} cannot be made: {error.strerror}") from None
    return sum(path.stat().st_size for path in target.rglob("*"))


def check(target: Path, data: Path) -> None:
    """Raise BackupError where no copy can be put."""
    if "\0" in str(target) or not target.is_absolute():
        raise BackupError(f"'{target}' is not an absolute path")
    if target.resolve().is_relative_to(data.resolve()):
        raise BackupError(f"{target} is inside the data folder")
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise BackupError(f"{target} exists already; a backup goes to a new or empty folder")


def make(target: Path, data: Path, stores: Sequence[Store]) -> None:
    """Make a copy beside its place, and put it there when it is whole; one server at a time has the place. Raises BackupError."""
    part = target.with_name(target.name + UNDER_WAY)
    if part.is_symlink() or (part.exists() and part.stat().st_uid != os.getuid()):
        raise BackupError(
            f"{part} is there already, and is no backup of yours that was interrupted; remove it, or choose another place"
        )
    with locking.lock(part, f"process {os.getpid()}"):
        try:
            clear(part)  # of a server that was killed
            fill(part, data, stores)
            part.replace(target)  # an empty folder gives way
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise


def clear(folder: Path) -> None:
    """Take everything out of a folder but its lock."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != locking.FILE:
            path.unlink()


def fill(target: Path, data: Path, stores: Sequence[Store]) -> None:
    """Copy everything, files last: the copy may hold a mail or picture that its databases do not know yet, and lacks none that they know.

    The copy has an identity of its own: after some time, a file of one does not fit the other's any more.
    """
    owner = Manifest(FORMAT, manifest.new_identity(), FILES)
    for store in stores:
        store.copy(target, owner)
    for name in FOLDERS:
        shutil.copytree(data / name, target / name, ignore=shutil.ignore_patterns("*.new"))
        manifest.mark_folder(target / name, owner)
    shutil.copy(data / KEYS, target / KEYS)
    manifest.write(target, owner)
