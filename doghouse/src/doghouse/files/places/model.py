"""What a folder of files is, wherever it lies."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol

from msgspec import Struct


class Entry(Struct, frozen=True):
    """A file of a folder: its name there with `/` between folders, its bytes, and when it was written last (s UTC)."""

    name: str
    size: int
    modified: float


class Folder(Protocol):
    """A folder with files in folders. `str` of it is for people: no keys are in it."""

    def folders(self, within: str = "") -> list[str]:
        """The names of the folders in it, or in a folder in it. Raises FileError."""

    def entries(self, within: str = "") -> list[Entry]:
        """All files of it, or of a folder in it, by name. Raises FileError."""

    def get(self, name: str) -> bytes | None:
        """A file's content; None where there is none. Raises FileError."""

    def put(self, name: str, content: bytes) -> None:
        """Write a file whole: who reads it has all of it or what was there before. Raises FileError."""

    def address(self, name: str) -> str:
        """What DuckDB is to read for a file."""

    def prepare(self, connection: Any) -> None:
        """Have a DuckDB connection know how to read `address`es. Raises FileError."""

    def reading(self) -> AbstractContextManager[None]:
        """What goes wrong inside, while something of it is read, is FileError."""
