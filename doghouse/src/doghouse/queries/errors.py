"""What can be wrong with a query: it does not parse, or doghouse does not evaluate it."""

from __future__ import annotations

from collections.abc import Sequence

LONGEST_LINE = 240  # characters of a query that an error shows


class QuerySyntaxError(ValueError):
    """A query that does not parse. `str()` is a sentence, the query's line and a caret below the place.

    `text` is the query, `position` the place (0-based offset into it), `problem` what is wrong there in one sentence
    (which says what was expected, and the nearest known name where a name is unknown), `expected` what could have stood there.
    """

    def __init__(self, text: str, position: int, problem: str, expected: Sequence[str] = ()) -> None:
        self.text = text
        self.position = max(0, min(position, len(text)))
        self.problem = problem
        self.expected = tuple(expected)
        super().__init__(problem)

    def __str__(self) -> str:
        line, column = _clipped(*self.line)
        seen = "".join(
            sign if sign.isprintable() else " " if sign == "\t" else "\N{REPLACEMENT CHARACTER}" for sign in line
        )
        return f"{self.problem}\n{seen}\n{' ' * column}^"

    @property
    def line(self) -> tuple[str, int]:
        """The line of the query that holds the place, and the place's column in it (0-based)."""
        start = self.text.rfind("\n", 0, self.position) + 1
        end = self.text.find("\n", self.position)
        return self.text[start : len(self.text) if end < 0 else end], self.position - start


def _clipped(line: str, column: int) -> tuple[str, int]:
    """The part of a long line around a column, with … where something is left out, and the column in it."""
    start = max(0, column - LONGEST_LINE // 2) if len(line) > LONGEST_LINE else 0
    part = line[start : start + LONGEST_LINE]
    before, behind = "…" if start else "", "…" if start + len(part) < len(line) else ""
    return f"{before}{part}{behind}", column - start + len(before)


class NotEvaluated(Exception):
    """Something that parses and that doghouse does not evaluate; `what` names it. It never guesses a value (501 over HTTP)."""

    def __init__(self, what: str) -> None:
        super().__init__(f"doghouse does not evaluate {what}")
        self.what = what
