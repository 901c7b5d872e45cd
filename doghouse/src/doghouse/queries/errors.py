"""What can be wrong with a query: it does not parse, or doghouse does not evaluate it."""

from __future__ import annotations

from collections.abc import Sequence

from doghouse.search import carets


class QuerySyntaxError(ValueError):
    """A query that does not parse. `str()` is a sentence, the query's line and a caret below the place.

    `text` is the query, `position` the place (0-based offset into it), `problem` what is wrong there in one sentence
    (which says what was expected, and the nearest known name where a name is unknown), `expected` what could have stood there.
    `field` is where in a monitor the query stands.
    """

    field = "query"

    def __init__(self, text: str, position: int, problem: str, expected: Sequence[str] = ()) -> None:
        self.text = text
        self.position = max(0, min(position, len(text)))
        self.problem = problem
        self.expected = tuple(expected)
        super().__init__(problem)

    def __str__(self) -> str:
        return f"{self.problem}\n{carets.under(self.text, self.position)}"

    @property
    def line(self) -> tuple[str, int]:
        """The line of the query that holds the place, and the place's column in it (0-based)."""
        return carets.line_at(self.text, self.position)


class NotEvaluated(Exception):
    """Something that parses and that doghouse does not evaluate; `what` names it. It never guesses a value (501 over HTTP)."""

    def __init__(self, what: str) -> None:
        super().__init__(f"doghouse does not evaluate {what}")
        self.what = what
