"""What can be wrong with a search."""

from __future__ import annotations

from doghouse.search import carets


class SearchSyntaxError(ValueError):
    """A search that cannot be read. `str()` is a sentence, the search's line and a caret below the place (`position`, 0-based)."""

    def __init__(self, text: str, position: int, problem: str) -> None:
        self.text = text
        self.position = position
        self.problem = problem
        super().__init__(problem)

    def __str__(self) -> str:
        return f"{self.problem}\n{carets.under(self.text, self.position)}"

    @property
    def sentence(self) -> str:
        """The problem and its column (from 1), in one line."""
        return f"{self.problem} (column {self.position + 1})"


class CalculatedFieldError(SearchSyntaxError):
    """A search that names a calculated field, `#name`, whose formula is not known here."""
