"""A folder of files, on this machine or in an object store, and how DuckDB comes to read them."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from doghouse.files.places.model import Entry, Folder
from doghouse.files.reading import FileError, readable, refuse_folder

REMOTE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
PARQUET = (".parquet", ".pq")
UNFINISHED = ".unfinished"  # what a file's name ends with until all of it is there


Place = Path | Folder


class LocalFolder(Struct, frozen=True):
    """A folder of this machine."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    def folders(self, within: str = "") -> list[str]:
        """See Folder."""
        folder = self.path / within
        with self.reading():
            return sorted(entry.name for entry in folder.iterdir() if entry.is_dir()) if folder.exists() else []

    def entries(self, within: str = "") -> list[Entry]:
        """See Folder."""
        with self.reading():
            return sorted(self._entries(self.path / within), key=lambda entry: entry.name)

    def _entries(self, folder: Path) -> Iterator[Entry]:
        for within, _, names in os.walk(folder, onerror=refuse_folder):
            for path in (Path(within, name) for name in names if not name.endswith(UNFINISHED)):
                if path.is_file():
                    about = path.stat()
                    yield Entry(path.relative_to(self.path).as_posix(), about.st_size, about.st_mtime)

    def get(self, name: str) -> bytes | None:
        """See Folder."""
        with self.reading():
            try:
                return (self.path / name).read_bytes()
            except FileNotFoundError:
                return None

    def put(self, name: str, content: bytes) -> None:
        """See Folder."""
        path = self.path / name
        unfinished = path.with_name(f".{path.name}.{os.getpid()}{UNFINISHED}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with unfinished.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink()
            raise FileError(f"cannot be written: {error.strerror}") from None

    def address(self, name: str) -> str:
        """See Folder."""
        return str(self.path / name)

    def prepare(self, connection: Any) -> None:
        """See Folder: DuckDB reads files by itself."""

    def reading(self) -> AbstractContextManager[None]:
        """See Folder."""
        return readable()


def place(text: str) -> Place:
    """What a path or a URL names: a Path where it is a file of this machine (or nothing is there), else a folder. Raises FileError."""
    if not (scheme := REMOTE.match(text)):
        path = Path(text)
        return LocalFolder(path) if path.is_dir() else path
    from doghouse.files.places.remote import SCHEMES, Remote

    if scheme[1].lower() not in SCHEMES:
        raise FileError(f"is no place that can be read: expected a path, {', '.join(f'{name}://' for name in SCHEMES)}")
    return Remote(text)


def to_write(text: str) -> Folder:
    """The folder that a path or a URL names, which need not be there yet. Raises FileError."""
    folder = place(text)
    if isinstance(folder, Path):
        return LocalFolder(folder)
    if text.lower().startswith(("http:", "https:")):
        raise FileError("is a web server's, which takes no files: expected a folder, s3:// or gs://")
    return folder


def check_writable(folder: Folder) -> None:
    """Refuse a folder of this machine that takes no file, and make it where there is none; one elsewhere says so when it is written to. Raises FileError."""
    if not isinstance(folder, LocalFolder):
        return
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        # what a folder's mode says is not all: it may be of a file system that is read-only
        with tempfile.TemporaryFile(dir=folder.path):
            pass
    except OSError as error:
        raise FileError(f"cannot be written: {error.strerror}") from None


def in_words(error: Exception) -> str:
    """What DuckDB says went wrong, in one line. Of what failed in a store that it read it has the traceback: there the store's own sentence counts."""
    text = str(error).strip() or type(error).__name__
    failed = re.search(rf"^\S*{FileError.__name__}: (.*)$", text, re.MULTILINE)
    return failed[1] if failed else text.splitlines()[0]


def parquet_files(folder: Folder, within: str = "") -> list[Entry]:
    """The Parquet files of a folder, or of a folder in it, by name. Raises FileError, also where there is none."""
    files = [entry for entry in folder.entries(within) if not entry.name or entry.name.endswith(PARQUET)]
    if not files:
        raise FileError(
            f"holds no Parquet files{f' in {within}' if within else ''} (a folder of them is read by their names: {', '.join(PARQUET)})"
        )
    return files
