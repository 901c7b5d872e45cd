"""What is asked of an account at once and kept: one query over one stretch, at one resolution.

A folder of pages can be kept between runs, by CI too: a file a page, named by a digest, with its query, stretch, resolution and points. No key stands in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from doghouse import files

POINTS = 1500  # a rollup that is asked for is kept up to so many points (dashboards/functions/rollup)
VERSION = 1  # of the files


class Page(Struct, frozen=True):
    """A query's text, a stretch [start, end) (s UTC) and seconds a point. Of logs the text is JSON (`logs.request_text`)."""

    query: str
    start: int
    end: int
    resolution: int
    of_logs: bool = False


class AnsweredSeries(Struct, frozen=True):
    """One group's points: its tags, times (s UTC) and values, without those that are null."""

    tags: tuple[str, ...]
    times: Sequence[int]
    values: Sequence[float]


def pages(query: str, start: int, end: int, resolution: int, *, of_logs: bool = False) -> list[Page]:
    """A query's stretches, each short enough for the account to keep the resolution; aligned, so that another day's run asks for the same ones."""
    length = POINTS * resolution
    return [Page(query, at, at + length, resolution, of_logs) for at in range(start // length * length, end, length)]


class Cache:
    """Pages in a folder; in none where there is no folder. `whose` tells accounts apart: a digest is made of it."""

    def __init__(self, folder: Path | None, *whose: str) -> None:
        self._folder = folder
        self._whose = hashlib.sha256("\0".join(whose).encode()).hexdigest()

    def __contains__(self, page: Page) -> bool:
        path = self._path(page)
        return path is not None and path.is_file()

    def get(self, page: Page) -> list[AnsweredSeries] | None:
        """A page that is kept; None for one that is not, or that is broken, or that another version wrote."""
        path = self._path(page)
        if path is None or not path.is_file():
            return None
        try:
            document = files.json_of(path)
            if {key: document[key] for key in _head(page)} != _head(page):
                raise ValueError
            return [
                AnsweredSeries(tuple(entry["tags"]), entry["times"], entry["values"]) for entry in document["series"]
            ]
        except (files.FileError, ValueError, KeyError, TypeError):
            path.unlink(missing_ok=True)
            return None

    def put(self, page: Page, series: Sequence[AnsweredSeries]) -> None:
        """Keep a page: all of it or nothing, for one that is half written would be read as whole."""
        path = self._path(page)
        if path is None:
            return
        listed = [{"tags": answered.tags, "times": answered.times, "values": answered.values} for answered in series]
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "w") as file:
            json.dump({**_head(page), "series": listed}, file, separators=(",", ":"))
        Path(name).replace(path)

    def _path(self, page: Page) -> Path | None:
        if self._folder is None:
            return None
        name = "\0".join((self._whose, page.query, str(page.start), str(page.end), str(page.resolution)))
        return self._folder / f"{hashlib.sha256(name.encode()).hexdigest()}.json"


def _head(page: Page) -> dict[str, Any]:
    return {"version": VERSION, "query": page.query, "from": page.start, "to": page.end, "resolution": page.resolution}


def cache_folder() -> Path:
    """Where pages are kept unless said otherwise: `$XDG_CACHE_HOME/doghouse/history`."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "doghouse" / "history"
