"""The data folder's manifest: which files there must be, and the identity that each of them carries.

A file that is missing, or that comes from another folder, is refused at the start. Otherwise an empty or foreign one would be taken for the truth: without the
journal's list of series, for example, the points of an old metric would appear under the name of a new one.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import msgspec
from msgspec import Struct

from doghouse.storage.failures import FROM_BACKUP, StorageError

FORMAT = 1
MANIFEST, MARK = "manifest.json", "identity"  # in the data folder; in each folder inside it
DATABASE, SERIES, LOGS, POINTS, TRACES, LOG_INBOX, LOG_COLUMNS = (
    "doghouse.sqlite", "journal.sqlite", "journal", "points.duckdb", "traces.sqlite", "logs.sqlite", "logs.duckdb",
)  # fmt: skip
MAILS, SNAPSHOTS = "mails", "snapshots"
STORES = (
    DATABASE,
    SERIES,
    LOGS,
    POINTS,
    TRACES,
    LOG_INBOX,
    LOG_COLUMNS,
)  # in the order in which a first start makes them
FOLDERS = (LOGS, MAILS, SNAPSHOTS)
FILES = (*STORES, MAILS, SNAPSHOTS)
TABLE = "data_folder"  # in each database: its mark


class Mark(Struct, frozen=True):
    """What a store carries: the identity of its data folder, and the name that it has there."""

    identity: str
    file: str


class Manifest(Struct, frozen=True):
    """`files` must be there and carry a mark; what is not listed may still be made. While a folder is being made, nothing is listed."""

    format: int
    identity: str  # 32 hex digits
    files: tuple[str, ...] = ()

    def mark(self, path: Path) -> Mark:
        """The mark of a store."""
        return Mark(self.identity, path.name)

    def needs_mark(self, path: Path, mark: Mark | None, within: str | None = None) -> bool:
        """Whether a store with this mark (None: it has none) is to be given one. `within` names the listed folder that a file is in.

        Raises StorageError where it is another folder's, or another store.
        """
        if mark is None:
            if (within or path.name) in self.files:
                raise StorageError(
                    f"{path} is not the file that this data folder had (it carries no identity); {FROM_BACKUP}"
                )
            return True
        if mark.identity != self.identity:
            raise StorageError(
                f"{path} belongs to another data folder ({mark.identity}, this one is {self.identity}); "
                f"put this folder's own file in its place, or {FROM_BACKUP}"
            )
        if mark.file != path.name:
            raise StorageError(f"{path} is {mark.file} under another name; rename it back")
        return False


def admit(folder: Path) -> Manifest:
    """The folder's manifest, made where the folder is new or of a release without one. Raises StorageError where a file is missing, foreign or a link."""
    path = folder / MANIFEST
    if link := next((file for name in (MANIFEST, *FILES) if (file := folder / name).is_symlink()), None):
        raise StorageError(
            f"{link} is a link, and what it leads to is not written into; put the file itself there, or choose another folder with --data"
        )
    manifest = _read(path) if path.exists() else _first(folder)
    for name in manifest.files:
        if not (folder / name).exists():
            raise StorageError(
                f"{folder / name} is missing; put it back, or {FROM_BACKUP}; "
                f"to give up what was in it, take '{name}' out of {path}"
            )
    for name in FOLDERS:
        (folder / name).mkdir(mode=0o700, exist_ok=True)
        _admit_folder(folder / name, manifest)
    return manifest


def complete(folder: Path, manifest: Manifest) -> None:
    """Say that every file is there now, and carries its mark."""
    if set(manifest.files) < set(FILES):
        write(folder, Manifest(FORMAT, manifest.identity, FILES))


def write(folder: Path, manifest: Manifest) -> None:
    """Put a manifest into a folder: it is whole or not there at all, even after a power cut."""
    replace(folder / MANIFEST, msgspec.json.encode(manifest) + b"\n")


def replace(path: Path, content: bytes) -> None:
    """Write a small file anew, for its owner alone: the old or the new one is there at any moment. What a link in its place leads to stays as it is."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def new_identity() -> str:
    """An identity that no other data folder has."""
    return secrets.token_hex(16)


def _read(path: Path) -> Manifest:
    try:
        form = msgspec.json.decode(content := path.read_bytes())
        if isinstance(form, dict) and isinstance(number := form.get("format"), int) and number != FORMAT:
            age = "a newer" if number > FORMAT else "an older"
            raise StorageError(
                f"{path.parent} was written by {age} doghouse (format {number}, this one knows {FORMAT}); "
                "install that release, or choose another folder with --data"
            )
        return msgspec.json.decode(content, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise StorageError(f"{path} is damaged ({error}); put it back, or {FROM_BACKUP}") from None


def _first(folder: Path) -> Manifest:
    """The manifest of a folder that has none: a new one, one whose first start was killed, or one that a release without manifests wrote."""
    present = [name for name in STORES if (folder / name).exists()]
    for name in STORES[: len(present)]:
        if name not in present:
            raise StorageError(f"{folder / name} is missing beside {present[-1]}; put it back, or {FROM_BACKUP}")
    if identity := _identity_inside(folder):
        remedy = FROM_BACKUP
        if len(present) == len(STORES):
            whole = msgspec.json.encode(Manifest(FORMAT, identity, FILES)).decode()
            remedy = f"put it back; if nothing else was lost, that is: echo '{whole}' > {folder / MANIFEST}"
        raise StorageError(f"{folder / MANIFEST} is missing; {remedy}")
    manifest = Manifest(FORMAT, new_identity())
    write(folder, manifest)
    return manifest


def _identity_inside(folder: Path) -> str | None:
    """The identity that a folder inside carries, which is made after the manifest."""
    marks = [_folder_mark(folder / name) for name in FOLDERS]
    return next((mark.identity for mark in marks if mark), None)


def _admit_folder(path: Path, manifest: Manifest) -> None:
    if manifest.needs_mark(path, _folder_mark(path)):
        mark_folder(path, manifest)


def mark_folder(path: Path, manifest: Manifest) -> None:
    """Put a mark into a folder."""
    replace(path / MARK, msgspec.json.encode(manifest.mark(path)) + b"\n")


def _folder_mark(path: Path) -> Mark | None:
    try:
        return msgspec.json.decode((path / MARK).read_bytes(), type=Mark)
    except FileNotFoundError:
        return None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise StorageError(f"{path / MARK} is damaged ({error}); put it back, or {FROM_BACKUP}") from None
