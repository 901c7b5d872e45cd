"""Which doghouse this is, beyond its version: the commit, where that is known."""

from __future__ import annotations

import json
import subprocess
from functools import lru_cache
from importlib import metadata
from pathlib import Path

PACKAGE = Path(__file__).parent


@lru_cache
def commit() -> str | None:
    """The commit that the package is of: of the repository that it lies in, or of the one that pip took it from."""
    return _of_repository() or _of_installation()


def _of_repository() -> str | None:
    root = next((folder for folder in PACKAGE.parents if (folder / ".git").exists()), None)
    if root is None or root / "doghouse" / "src" / "doghouse" != PACKAGE:  # another repository, which has us installed
        return None
    command = ["git", "-C", str(root), "rev-parse", "--short=12", "HEAD"]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ended.stdout.strip() or None


def _of_installation() -> str | None:
    try:
        text = metadata.distribution("doghouse").read_text("direct_url.json")
        return str(json.loads(text or "{}")["vcs_info"]["commit_id"])[:12]
    except (metadata.PackageNotFoundError, ValueError, KeyError, TypeError):
        return None
