"""Markdown that holds other people's words, and that fits a comment.

Source: https://github.github.com/gfm/ for what is special. GitHub refuses a comment of more than 65,536 characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

LARGEST = 20_000  # characters of a report: three of them fit one comment
_SPECIAL = re.compile(
    r"[\\`*|~$]|<(?=[A-Za-z/!?])|&(?=#?\w+;)|(?<!\w)_+|_+(?!\w)|\](?=[(\[:])|^(?:[#>+=-]|\[(?=[ xX]\]))"
)
_ENTITIES = {"<": "&lt;", "&": "&amp;"}
_LINKED = re.compile(r"(?<!\w)@(?=[\w\\])|#(?=[0-9])|\bGH-(?=[0-9])", re.IGNORECASE)  # people, issues
# What ends a line, or turns the direction of writing.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")


def plain(text: str) -> str:
    """Somebody's words as they stand: they make no table, link, picture or heading, and mention nobody."""
    line = _CONTROLS.sub(" ", text).strip()
    escaped = _SPECIAL.sub(_escaped, line)
    return _LINKED.sub(r"\g<0>&#8203;", escaped)


def _escaped(match: re.Match[str]) -> str:
    return _ENTITIES.get(match[0], "".join(f"\\{sign}" for sign in match[0]))


def code(text: str) -> str:
    """A place, in a fixed pitch."""
    return f"<code>{plain(text)}</code>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table of cells that are Markdown."""
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


def folded(title: str, lines: Sequence[str]) -> list[str]:
    """Lines that are seen when somebody opens them."""
    return [f"<details><summary>{title}</summary>", "", *lines, "", "</details>", ""]


def fitting(lines: Sequence[str], room: int) -> Sequence[str]:
    """The first lines that take no more than `room` characters."""
    for number, line in enumerate(lines):
        room -= len(line) + 1
        if room < 0:
            return lines[:number]
    return lines
