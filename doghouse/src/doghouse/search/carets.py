"""Showing a place in a text that somebody wrote: its line, and a caret below the place."""

from __future__ import annotations

LONGEST_LINE = 240  # characters of a line that is shown


def under(text: str, position: int) -> str:
    """The line that holds the place (0-based offset into the text), and a caret below it."""
    line, column = _clipped(*line_at(text, position))
    shown = "".join(
        sign if sign.isprintable() else " " if sign == "\t" else "\N{REPLACEMENT CHARACTER}" for sign in line
    )
    return f"{shown}\n{' ' * column}^"


def line_at(text: str, position: int) -> tuple[str, int]:
    """The line that holds the place, and the place's column in it (0-based)."""
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    return text[start : len(text) if end < 0 else end], position - start


def _clipped(line: str, column: int) -> tuple[str, int]:
    """The part of a long line around a column, with … where something is left out, and the column in it."""
    start = max(0, column - LONGEST_LINE // 2) if len(line) > LONGEST_LINE else 0
    part = line[start : start + LONGEST_LINE]
    before, behind = "…" if start else "", "…" if start + len(part) < len(line) else ""
    return f"{before}{part}{behind}", column - start + len(before)
