"""A store's files for DuckDB, which asks for the ranges of bytes that it needs: the footer, then the columns of the row groups that may hold what is
asked for. (obstore's own filesystem for fsspec reads a megabyte at least each time, and more than once.)"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fsspec import AbstractFileSystem

if TYPE_CHECKING:
    from obstore.store import ObjectStore


def filesystem(
    scheme: str, store_of: Callable[[str], ObjectStore], reading: Callable[[], AbstractContextManager[None]]
) -> AbstractFileSystem:
    """The files of a scheme; `store_of` gives the store of `s3://bucket`, inside `reading` what goes wrong is FileError."""

    class Files(AbstractFileSystem):  # type: ignore[misc]
        protocol = scheme
        cachable = False

        @classmethod
        def _strip_protocol(cls, path: str) -> str:
            return path if "://" in path else f"{scheme}://{path}"

        def _store(self, path: str) -> tuple[ObjectStore, str]:
            parts = urlsplit(self._strip_protocol(path))
            return store_of(f"{parts.scheme}://{parts.netloc}"), parts.path.strip("/")

        def info(self, path: str, **_: Any) -> dict[str, Any]:
            store, name = self._store(path)
            with reading():
                about = store.head(name)
            return {"name": path, "size": about["size"], "type": "file", "mtime": about["last_modified"]}

        def modified(self, path: str) -> Any:
            return self.info(path)["mtime"]

        def glob(self, path: str, **_: Any) -> list[str]:
            return [path]

        def open(self, path: str, mode: str = "rb", **_: Any) -> Ranged:
            store, name = self._store(path)
            return Ranged(store, name, self.info(path)["size"], reading)

    return Files()


class Ranged:
    """One file, open for reading: each read is one request."""

    def __init__(
        self, store: ObjectStore, name: str, size: int, reading: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._store, self._name, self.size, self._reading, self._at = store, name, size, reading, 0

    def seek(self, at: int, whence: int = 0) -> int:
        """Where the next read begins."""
        self._at = at + (0, self._at, self.size)[whence]
        return self._at

    def tell(self) -> int:
        """Where the next read begins."""
        return self._at

    def read(self, length: int = -1) -> bytes:
        """The bytes from there on."""
        end = self.size if length < 0 else min(self._at + length, self.size)
        if end <= self._at:
            return b""
        with self._reading():
            content = bytes(self._store.get_range(self._name, start=self._at, end=end))
        self._at += len(content)
        return content

    def close(self) -> None:
        """Nothing is held."""
