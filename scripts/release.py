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
    problems = []
    for path in VERSIONS:
        match = re.search(r'__version__ = "(.+)"', (root / path).read_text("utf-8"))
        if match is None or match[1] != version:
            problems.append(f"{path} says {match[1] if match else 'no version'}, the tag {version}")
    if not re.search(rf"(?m)^## {re.escape(version)} / \d{{4}}-\d\d-\d\d$", (root / "CHANGELOG.md").read_text("utf-8")):
        problems.append(f"CHANGELOG.md has no part '## {version} / YYYY-MM-DD'")
    return problems


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if wrong := objections(sys.argv[1]):
        sys.exit("\n".join(f"release: {sentence}" for sentence in wrong))
