"""A field's values as the text that its column holds, and back.

The text of a single value is the value's own text where that says of what type it is; else a sign stands in front.

| first characters | value |
|---|---|
| a digit, or `-` | a number, as JSON has it: its text is that, without a `.0` at its end |
| `true`, `false` as a whole | a boolean |
| `"` | the rest, a text that a search takes for a number |
| `'` | the rest, a text that would otherwise be mistaken |
| `{` | an object |
| `[` | several values, or one that SQL would compare otherwise than Python: a JSON list |
| others | the text itself |
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from string import digits
from typing import Any

import msgspec

from doghouse.search import matching
from doghouse.search.record import text_of

NUMERIC, PLAIN, OBJECT, MANY = '"', "'", "{", "["
BOOLEANS = ("true", "false")
_MISTAKEN = frozenset("\"'{[+-.0123456789")
_EXACT = 2**53  # whole numbers beyond are not all DOUBLEs
# No object has values of its own to compare or to group by; it only says that the field is there.
_PLACEHOLDER: dict[str, Any] = {}


def encoded(values: Sequence[Any]) -> str | None:
    """The text of a field's values; None where there is none."""
    if not values:
        return None
    if len(values) == 1 and (text := scalar(values[0])) is not None:
        return text
    plain = [_PLACEHOLDER if isinstance(value, dict) else value for value in values]
    return msgspec.json.encode(plain).decode()


def scalar(value: Any) -> str | None:
    """The text of one value; None where it needs a list around it."""
    if isinstance(value, str):
        return of_text(value)
    if isinstance(value, bool):
        return text_of(value)
    if isinstance(value, int):
        return str(value) if -_EXACT <= value <= _EXACT else None
    if isinstance(value, dict):
        return OBJECT
    text, own = repr(value), text_of(value)
    return text if text in (own, f"{own}.0") and abs(value) <= _EXACT else None


def of_text(value: str) -> str:
    """The text of a value that is a text. One that says a number beyond all is in a list, as `decoded` reads it."""
    if value[:1] not in _MISTAKEN:
        return PLAIN + value if value in BOOLEANS or not value else value
    number = matching.number(value)
    if number is None:
        return PLAIN + value
    return NUMERIC + value if math.isfinite(number) else msgspec.json.encode([value]).decode()


def decoded(text: str) -> list[Any]:
    """The values that a text stands for; an object is an empty one."""
    first, tail = text[0], text[1:]
    if first in (NUMERIC, PLAIN):
        return [tail]
    if first == OBJECT:
        return [_PLACEHOLDER]
    if text in BOOLEANS or first == MANY or first == "-" or first in digits:
        values = msgspec.json.decode(text)
        return values if first == MANY else [values]
    return [text]
