"""The texts that checks keep from one run of the Agent to the next (`read_persistent_cache`, `write_persistent_cache`)."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote


class Cache:
    """Keeps each key in a file of its own in a folder; without one in memory, for a command that runs a check a few times and leaves nothing behind."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._values: dict[str, str] = {}

    def read(self, key: str) -> str:
        """The text that was written under this key; empty where there is none."""
        if self._folder is None:
            return self._values.get(key, "")
        try:
            return (self._folder / quote(key, safe="")).read_text(encoding="utf-8")
        except OSError:
            return ""

    def write(self, key: str, value: str) -> None:
        """Keep a text under a key. A reader sees the old text or the new one, never a part."""
        if self._folder is None:
            self._values[key] = value
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / quote(key, safe="")
        new = path.with_suffix(".new")
        new.write_text(value, encoding="utf-8")
        new.replace(path)
