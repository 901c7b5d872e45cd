"""What a function takes: the kinds of its arguments, and the checks of their values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from doghouse.queries.language.spans import SpanError

Kind = Literal["query", "number", "text", "keys", "length", "any"]
"""`length`: a length of time as a text or a number; `any`: what the parser has no rule for."""
Check = Callable[[str, float | str], str | None]
"""What is wrong with a value that is given to the function of that name, in one sentence, or None."""


class Parameter(Struct, frozen=True):
    """One argument: its name, its kind, what a text may be (`percentiles`: p95 and the like too), whether it may be left out, how its value is checked."""

    name: str
    kind: Kind
    choices: tuple[str, ...] = ()
    optional: bool = False
    percentiles: bool = False
    check: Check | None = None


QUERY = Parameter("query", "query")
LIMIT = Parameter("limit", "number")
KEYS = Parameter("{key, …}", "keys")


def seconds(read: Callable[[float], int], name: str = "seconds") -> Parameter:
    """A number of seconds, which `read` takes or refuses with a SpanError."""

    def check(function: str, value: float | str) -> str | None:
        try:
            read(float(value))
        except SpanError as error:
            return f"{function}() {error}"
        return None

    return Parameter(name, "number", check=check)
