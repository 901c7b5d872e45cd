"""Requests that could not be delivered yet, as files in one folder: the queue has a limit, drops the oldest first, and survives a restart."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

from doghouse.agent.forwarder.payloads import Payload

# Our choice; the Agent keeps 15 MB in memory, and uses the disk only where it is told to.
LIMIT_BYTES = 64 * 1024 * 1024
_SUFFIX = ".request"


class Spool:
    """A queue of payloads on disk, in the order in which they were kept. One process at a time; keys are never in it."""

    def __init__(self, folder: Path, limit: int = LIMIT_BYTES) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._limit = limit
        self._sizes = {path: path.stat().st_size for path in sorted(folder.glob(f"*{_SUFFIX}"))}
        last = int(next(reversed(self._sizes)).name.split(".")[0]) if self._sizes else 0
        self._next = last + 1
        self._lock = threading.Lock()  # of `keep`, which an ending Agent also calls from its main thread
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._sizes)

    @property
    def bytes(self) -> int:
        """The size of all that is kept, in bytes."""
        return sum(self._sizes.values())

    def keep(self, payload: Payload) -> None:
        """Keep a payload. Where that would exceed the limit, the oldest are dropped and counted."""
        head = json.dumps({"path": payload.path, "content_type": payload.content_type}).encode()
        content = head + b"\n" + payload.body
        with self._lock:
            while self._sizes and self.bytes + len(content) > self._limit:
                self.forget(next(iter(self._sizes)))
                self.dropped += 1
            path = self._folder / f"{self._next:012d}{_SUFFIX}"
            self._next += 1
            new = path.with_suffix(".new")
            new.write_bytes(content)
            new.replace(path)
            self._sizes[path] = len(content)

    def oldest_first(self) -> Iterator[tuple[Path, Payload]]:
        """Each kept payload with the name to forget it by. One that can't be read is dropped, and counted."""
        for path in list(self._sizes):
            try:
                head, _, body = path.read_bytes().partition(b"\n")
                fields = json.loads(head)
                payload = Payload(fields["path"], body, fields["content_type"])
            except (OSError, ValueError, KeyError, TypeError):
                self.forget(path)
                self.dropped += 1
                continue
            yield path, payload

    def forget(self, path: Path) -> None:
        """Remove a payload that was delivered, or that never will be."""
        path.unlink(missing_ok=True)
        self._sizes.pop(path, None)
