"""A copy of the data folder made while the server runs: `POST /doghouse/backup`, which `doghouse backup` asks for.

The copy is a data folder: `doghouse up --data COPY` goes on from there. Each database is of one moment; what was acknowledged before the request is in it.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from starlette.routing import BaseRoute

from doghouse import errors
from doghouse.config import DataFolder
from doghouse.http import Call, Reply, endpoint
from doghouse.metrics.store import PointStore
from doghouse.storage.sqlite import Database

PLAIN = ("keys.json", "mails", "snapshots")  # what is no database


class Wanted(Struct):
    """`folder`: the absolute path of the copy, on the server's machine; it must be new or empty."""

    folder: str


def routes(data: DataFolder, points: PointStore, databases: Sequence[Database]) -> list[BaseRoute]:
    """The one endpoint, which asks for both keys."""

    def copy(call: Call) -> Reply:
        """Make the copy, and say how large it is."""
        target = Path(call.json(Wanted).folder)
        check(target, data.path)
        try:
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise errors.no_backup(f"{target} cannot be made: {error.strerror}") from None
        try:
            fill(target, data.path, points, databases)
        except BaseException:
            clear(target)
            raise
        return Reply({"folder": str(target), "bytes": sum(one.stat().st_size for one in target.rglob("*"))})

    return [endpoint("POST", "/doghouse/backup", copy)]


def check(target: Path, data: Path) -> None:
    """Raise ApiError 400 where no copy can be put."""
    if not target.is_absolute():
        raise errors.no_backup(f"'{target}' is not an absolute path")
    if target.resolve().is_relative_to(data.resolve()):
        raise errors.no_backup(f"{target} is inside the data folder")
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise errors.no_backup(f"{target} exists already; a backup goes to a new or empty folder")


def fill(target: Path, data: Path, points: PointStore, databases: Sequence[Database]) -> None:
    """Copy everything, files last: the copy may hold a mail or picture that its databases do not know yet, and lacks none that they know."""
    for database in databases:
        database.copy(target / database.path.name)
    points.copy(target)
    for name in PLAIN:
        source = data / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("*.new"))
        elif source.exists():
            shutil.copy(source, target / name)


def clear(target: Path) -> None:
    """Take away what there is of a copy that failed."""
    for one in target.iterdir():
        shutil.rmtree(one, ignore_errors=True) if one.is_dir() else one.unlink(missing_ok=True)
