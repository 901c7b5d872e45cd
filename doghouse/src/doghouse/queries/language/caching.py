"""The user's folder of what can be made again: commands start faster with it, and work without."""

from __future__ import annotations

import os
from pathlib import Path


def cache_file(name: str) -> Path | None:
    """Where to keep what can be made again (XDG_CACHE_HOME, or ~/.cache); None where nothing can be kept."""
    try:
        base = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
        folder = base / "doghouse"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / name if os.access(folder, os.W_OK) else None
    except (OSError, RuntimeError):  # no home, or one that is read only
        return None
