"""Suppressions in one monitor: which rules are not to be said of it, and why.

A tag `doghouse-ignore:ID:reason` (Datadog's tags have no spaces: `_` stands for one), or in Terraform's and YAML's files a comment in or right above it,
`# doghouse: ignore[ID, ID] reason`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

TAG = "doghouse-ignore:"
_COMMENT = re.compile(r"(?:#|//)\s*doghouse:\s*ignore\[([^\]]*)\]\s*(.*)")


class Ignore(Struct, frozen=True):
    """A suppression of one rule: its id, the reason (empty: none is given), and the line of its file (0: it is a tag)."""

    rule: str
    reason: str
    line: int = 0


def in_tags(tags: object) -> Iterator[Ignore]:
    """The suppressions among the tags of a body, of whatever shape they are."""
    for tag in tags if isinstance(tags, list | tuple) else ():
        if isinstance(tag, str) and tag.startswith(TAG):
            name, _, reason = tag.removeprefix(TAG).partition(":")
            yield Ignore(name, reason.replace("_", " ").strip(" -"))


def in_comments(lines: Iterable[tuple[int, str]]) -> Iterator[Ignore]:
    """The suppressions in comments, a line of a file each."""
    for number, line in lines:
        if comment := _COMMENT.search(line):
            for name in comment[1].split(","):
                yield Ignore(name.strip(), comment[2].strip(" -"), number)
