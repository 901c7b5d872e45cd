"""A copy of the data folder made while the server runs: `POST /doghouse/backup`, which `doghouse backup` asks for.

The copy is a data folder: `doghouse up --data COPY` goes on from there. Each database is of one moment; what was acknowledged before the request is in it.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct
from starlette.routing import BaseRoute

from doghouse.storage import manifest
from doghouse.storage.config import DataFolder
from doghouse.storage.manifest import FILES, FORMAT, MAILS, SNAPSHOTS, Manifest
from doghouse.web import errors
from doghouse.web.http import Call, Reply, endpoint

KEYS, FOLDERS = "keys.json", (MAILS, SNAPSHOTS)  # what is no database
UNDER_WAY = ".part"  # behind a copy's name until it is whole


class Store(Protocol):
    """Something with files in the data folder."""

    def copy(self, folder: Path, manifest: Manifest) -> None:
        """Put a copy of the files, of one moment, into another data folder, with its mark."""


class Wanted(Struct):
    """`folder`: the absolute path of the copy, on the server's machine; it must be new or empty."""

    folder: str


def routes(data: DataFolder, stores: Sequence[Store]) -> list[BaseRoute]:
    """The one endpoint, which asks for both keys."""
    one_at_a_time = threading.Lock()

    def copy(call: Call) -> Reply:
        """Make the copy, and say how large it is."""
        target = Path(call.json(Wanted).folder)
        with one_at_a_time:
            check(target, data.path)
            try:
                make(target, data.path, stores)
            except OSError as error:
                raise errors.no_backup(f"{target} cannot be made: {error.strerror}") from None
        return Reply({"folder": str(target), "bytes": sum(path.stat().st_size for path in target.rglob("*"))})

    return [endpoint("POST", "/doghouse/backup", copy)]


def check(target: Path, data: Path) -> None:
    """Raise ApiError 400 where no copy can be put."""
    if not target.is_absolute():
        raise errors.no_backup(f"'{target}' is not an absolute path")
    if target.resolve().is_relative_to(data.resolve()):
        raise errors.no_backup(f"{target} is inside the data folder")
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise errors.no_backup(f"{target} exists already; a backup goes to a new or empty folder")


def make(target: Path, data: Path, stores: Sequence[Store]) -> None:
    """Make a copy beside its place, and put it there when it is whole."""
    part = target.with_name(target.name + UNDER_WAY)
    shutil.rmtree(part, ignore_errors=True)  # of a server that was killed
    part.mkdir(mode=0o700, parents=True)
    try:
        fill(part, data, stores)
        part.replace(target)  # an empty folder gives way
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


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
