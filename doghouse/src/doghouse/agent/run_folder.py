"""Where an Agent keeps its status, its checks' caches and its retry queue: a folder for each configuration and destination."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from msgspec import Struct

from doghouse.agent.errors import AgentError
from doghouse.storage import locking

_NOTE = ".at"


class InUse(AgentError):
    """Another process runs with this configuration already."""


class RunFolder(Struct, frozen=True):
    """The folder in which one Agent keeps what it has between its runs."""

    path: Path

    @property
    def cache(self) -> Path:
        """Where the cache of checks is."""
        return self.path / "cache"

    @property
    def retry(self) -> Path:
        """Where the retry queue is."""
        return self.path / "retry"

    def own(self) -> IO[str]:
        """Take the folder for this process, for as long as what is returned stays open. Raises InUse."""
        try:
            lock = locking.lock(self.path, str(os.getpid()))
        except locking.Locked as owner:
            raise InUse(
                f"an agent with this configuration and destination is running already (process {str(owner) or 'unknown'})"
            ) from None
        self._be_found()
        return lock

    def _be_found(self) -> None:
        """Leave a note of where this folder is, so that `agent status` finds it."""
        folder = root()
        if self.path.parent != folder:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (folder / f"{_digest(str(self.path))}{_NOTE}").write_text(str(self.path.resolve()), encoding="utf-8")

    def write_status(self, status: Any) -> None:
        """Let other processes read this Agent's status."""
        new = self.path / "status.new"
        new.write_text(json.dumps(status), encoding="utf-8")
        new.replace(self.path / "status.json")

    def status(self) -> dict[str, Any] | None:
        """The status of the Agent that runs here; None if none does."""
        try:
            if not locking.is_locked(self.path):
                return None
        except OSError:
            return None
        try:
            document = json.loads((self.path / "status.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return document if isinstance(document, dict) else None


def root() -> Path:
    """The folder with every Agent's folder."""
    import platformdirs

    return Path(platformdirs.user_state_dir("doghouse", appauthor=False)) / "agents"


def of(conf: Path, url: str, at: str | None = None) -> RunFolder:
    """The folder for a configuration and a destination, or the one that `run_path` names."""
    if at:
        return RunFolder(Path(at))
    return RunFolder(root() / f"{conf.resolve().name or 'conf'}-{_digest(f'{conf.resolve()} {url}')}")


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def running(conf: Path | None = None, at: str | None = None) -> Iterator[dict[str, Any]]:
    """The status of each Agent of this user that runs, of those with this configuration if one is given."""
    for folder in [RunFolder(Path(at))] if at else _every():
        status = folder.status()
        if status and (conf is None or status.get("conf") == str(conf.resolve())):
            yield status


def _every() -> Iterator[RunFolder]:
    for path in sorted(root().glob("*")):
        if path.is_dir():
            yield RunFolder(path)
        elif path.suffix == _NOTE:
            place = Path(path.read_text(encoding="utf-8"))
            if place.is_dir():
                yield RunFolder(place)
            else:  # its Agent is gone, and its folder with it
                path.unlink(missing_ok=True)
