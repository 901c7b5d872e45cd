"""Files that somebody tries a monitor over: series, logs, downtimes. They are held for as long as doghouse runs, the last few of them."""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from doghouse import files
from doghouse.downtimes.parsing import listed
from doghouse.logs.files import open_logs
from doghouse.metrics.files.series_files import open_series
from doghouse.web.errors import ApiError

MOST = 6  # files kept
HostTags = Mapping[str, Sequence[str]]
LONGEST_NAME = 200


def _downtimes(path: Path, _: HostTags) -> Any:
    document = files.json_of(path)
    listed(document, 0)  # what is wrong is said now; they are read again for each range
    return document


READERS: Mapping[str, Callable[[Path, HostTags], Any]] = {
    "series": open_series,
    "logs": open_logs,
    "downtimes": _downtimes,
}


class Uploads:
    """The files by what they hold and a digest of their bytes."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None  # gone with this object
        self._lock = threading.Lock()
        self._read: OrderedDict[str, Any] = OrderedDict()

    def add(self, kind: str, name: str, content: bytes, host_tags: HostTags) -> str:
        """Read a file that its owner calls `name`; how it is asked for. Raises ApiError 400 with its place, 404 for another kind."""
        reader = READERS.get(kind)
        if reader is None:
            raise ApiError(404, f"a file holds {', '.join(READERS)}, not '{kind}'")
        key = f"{kind}-{hashlib.sha256(content).hexdigest()[:24]}"
        with self._lock:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="doghouse-tried-")
            path = Path(self._folder.name) / key
            path.write_bytes(content)
            try:
                self._read[key] = reader(path, host_tags)
            except (files.BrokenFileError, files.FileError, ValueError) as error:
                path.unlink()
                raise ApiError(400, _sentence(error, path, name[:LONGEST_NAME])) from None
            while len(self._read) > MOST:
                gone, _ = self._read.popitem(last=False)
                (Path(self._folder.name) / gone).unlink(missing_ok=True)
        return key

    def get(self, kind: str, key: str) -> Any:
        """What a file holds; None where none is named. Raises ApiError 410 for one that is not kept any more."""
        if not key:
            return None
        with self._lock:
            if not key.startswith(f"{kind}-") or key not in self._read:
                raise ApiError(410, f"the file of {kind} is not kept any more: choose it again")
            self._read.move_to_end(key)
            return self._read[key]


def _sentence(error: Exception, path: Path, name: str) -> str:
    """What is wrong with a file, by the name that its owner knows."""
    text = str(error)
    return text.replace(str(path), name) if str(path) in text else f"{name}: {text}"
