#!/usr/bin/env python3
"""Whether a tag may be released: it is the version of doghouse and of the companion, and CHANGELOG.md has a part for it with a date.

usage: scripts/release.py v0.2.0
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = ("doghouse/src/doghouse/__init__.py", "companion/src/companion/__init__.py")
SEMVER = re.compile(r"\d+\.\d+\.\d+")


def objections(tag: str, root: Path = ROOT) -> list[str]:
    """What stands against a release under this tag, a sentence each."""
    version = tag.removeprefix("v")
    if not tag.startswith("v") or not SEMVER.fullmatch(version):
        return [f"the tag {tag} is no version: expected v1.2.3"]
    found = []
    for path in VERSIONS:
        said = re.search(r'__version__ = "(.+)"', (root / path).read_text("utf-8"))
        if said is None or said[1] != version:
            found.append(f"{path} says {said[1] if said else 'no version'}, the tag {version}")
    if not re.search(rf"(?m)^## {re.escape(version)} / \d{{4}}-\d\d-\d\d$", (root / "CHANGELOG.md").read_text("utf-8")):
        found.append(f"CHANGELOG.md has no part '## {version} / YYYY-MM-DD'")
    return found


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if wrong := objections(sys.argv[1]):
        sys.exit("\n".join(f"release: {sentence}" for sentence in wrong))
