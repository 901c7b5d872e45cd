"""The texts that checks keep from one run of the Agent to the next (`read_persistent_cache`, `write_persistent_cache`)."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote


class FileCache:
    """Keeps each key in a file of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, key: str) -> str:
        """The text that was written under this key; empty where there is none."""
        try:
            return self._path(key).read_text(encoding="utf-8")
        except OSError:
            return ""

    def write(self, key: str, value: str) -> None:
        """Keep a text under a key. A reader sees the old text or the new one, never a part."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(key)
        new = path.with_suffix(".new")
        new.write_text(value, encoding="utf-8")
        new.replace(path)

    def _path(self, key: str) -> Path:
        return self._folder / quote(key, safe="")


class MemoryCache:
    """For one command that runs a check a few times: nothing is left behind."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def read(self, key: str) -> str:
        """See FileCache.read."""
        return self._values.get(key, "")

    def write(self, key: str, value: str) -> None:
        """See FileCache.write."""
        self._values[key] = value
