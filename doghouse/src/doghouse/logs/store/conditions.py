"""A search as SQL over the columns of logs, which selects exactly what `search.matching` does.

What SQL would compare otherwise than Python (lists, networks, fields without a column) is decided by `matching`, once for each value that occurs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, Protocol

from doghouse.logs.correlation import canonical_id
from doghouse.logs.search import forms
from doghouse.logs.store import encoding
from doghouse.logs.store.fields import TRACE, Fields, Stored
from doghouse.search import matching, tokens
from doghouse.search.record import text_of
from doghouse.search.tree import (
    And,
    Cidr,
    Everything,
    Exists,
    Leaf,
    Match,
    Node,
    Not,
    Or,
    Phrase,
    Range,
    Wildcard,
    Word,
)
from doghouse.tags import wildcards

FEW = 50  # values, or conditions that all must hold, that stand in the query themselves
_LIKE = re.compile(r"[\\%_]")
# in LIKE, and in a word of a regular expression
_SIGNS = {Wildcard.ANY: ("%", "[^ \n]*"), Wildcard.ONE: ("_", "[^ \n]")}


class Occurring(Protocol):
    """What occurs in the stretch of time that is searched."""

    def texts(self, sql: str, condition: str) -> Sequence[str]:
        """The different texts of an expression in the logs for which a condition holds."""

    def lacking(self, leaf: Leaf) -> Sequence[int]:
        """The ids of the logs that match a condition, among those that have fields without a column."""


class Conditions:
    """Makes the SQL. `parameters` are the values that it names, `$p0` and so on."""

    def __init__(self, fields: Fields, occurring: Occurring) -> None:
        self._fields, self._occurring = fields, occurring
        self.parameters: dict[str, Any] = {}

    def sql(self, node: Node) -> str:
        """The condition; it may be NULL where it does not hold."""
        match node:
            case Everything():
                return "true"
            case Not(part):
                return f"NOT coalesce({self.sql(part)}, false)"
            case And(parts) if len(parts) > FEW:  # DuckDB takes ten seconds to put 1,500 conditions in order
                return self.sql(Not(Or(tuple(part.part if isinstance(part, Not) else Not(part) for part in parts))))
            case And(parts):
                return f"({' AND '.join(map(self.sql, parts))})"
            case Or(parts):
                return f"({' OR '.join(map(self.sql, parts))})"
            case Match(None, Word() | Phrase() as value):
                return self._words(value, "words")
            case Match("*", Word() | Phrase() as value):
                return f"({self._words(value, 'words')} OR {self._words(value, 'others')})"
            case _:
                return self._of_field(node)

    def _value(self, value: Any) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"

    def _among(self, sql: str, values: Sequence[Any]) -> str:
        if len(values) > FEW:
            return f"{sql} IN (SELECT unnest({self._value(list(values))}))"
        return f"{sql} IN ({', '.join(map(self._value, values))})" if values else "false"

    def _words(self, value: Word | Phrase, column: str) -> str:
        call = in_words(value)
        return "false" if call is None else f"{call[0]}({column}, {self._value(call[1])})"

    def _of_field(self, leaf: Leaf) -> str:
        stored = self._fields.stored(str(leaf.field))
        if stored is None:
            return self._among("id", self._occurring.lacking(leaf)) if self._fields.has_more else "false"
        if isinstance(leaf, Exists):
            return f"{stored.sql} IS NOT NULL"
        if isinstance(leaf, Cidr):
            return self._decided(leaf, stored, f"({stored.sql} LIKE '%.%' OR {stored.sql} LIKE '%:%')")
        if stored is TRACE:
            return self._of_trace(leaf)
        own = (
            self._range(leaf.field, leaf.value, stored)
            if isinstance(leaf.value, Range)
            else self._same(leaf.value, stored)
        )
        return own if stored.is_plain else f"({own} OR {self._decided(leaf, stored, _starts(stored, encoding.MANY))})"

    def _decided(self, leaf: Match | Cidr, stored: Stored, condition: str) -> str:
        """Look at each text for which the condition holds."""
        same = matching.of_value(leaf)
        texts = self._occurring.texts(stored.sql, condition)
        return self._among(stored.sql, [text for text in texts if any(map(same, stored.decode(text)))])

    def _of_trace(self, leaf: Match) -> str:
        text = None if isinstance(leaf.value, Range) else matching.literal(leaf.value)
        if text is None:
            return self._decided(leaf, TRACE, "trace IS NOT NULL")
        trace = canonical_id(text)
        return f"trace = {self._value(trace)}::UUID" if trace and text in forms(trace) else "false"

    def _same(self, value: Word | Phrase, stored: Stored) -> str:
        text = matching.literal(value)
        if text is None:
            assert isinstance(value, Word)  # a phrase is always literal
            pattern = "".join(
                _SIGNS[part][0] if isinstance(part, Wildcard) else _LIKE.sub(r"\\\g<0>", part) for part in value.parts
            )
            return f"{_text(stored)} LIKE {self._value(pattern)} ESCAPE '\\'"
        return self._among(stored.sql, [text] if stored.is_plain else same_texts(text))

    def _range(self, field: str | None, value: Range, stored: Stored) -> str:
        low, high = (None if end is None else matching.number(end) for end in (value.low, value.high))
        is_numeric = (low is None) is (value.low is None) and (high is None) is (value.high is None)
        if stored.is_plain or not is_numeric:
            return self._between(_text(stored), value.low, value.high, value.inclusive)
        digits = f"WHEN {_starts(stored, encoding.NUMERIC)} THEN {stored.sql}[2:]"
        number = f"TRY_CAST(CASE WHEN {_is_number(stored)} THEN {stored.sql} {digits} END AS DOUBLE)"
        as_number = self._between(number, low, high, value.inclusive)
        if matching.is_attribute(field):
            return as_number
        as_text = self._between(_text(stored), value.low, value.high, value.inclusive)
        return f"CASE WHEN {_is_number(stored)} THEN {as_number} ELSE {as_text} END"

    def _between(self, sql: str, low: float | str | None, high: float | str | None, inclusive: bool) -> str:
        equal = "=" if inclusive else ""
        ends = [f"{sql} {sign}{equal} {self._value(end)}" for sign, end in ((">", low), ("<", high)) if end is not None]
        return f"({' AND '.join(ends) or f'{sql} IS NOT NULL'})"


def in_words(value: Word | Phrase) -> tuple[str, str] | None:
    """The function and its argument that say whether words stand one behind the other in a text as `tokens.joined` makes it; None: nowhere."""
    text = matching.literal(value)
    if text is not None:
        words = tokens.joined(text)
        return ("contains", words) if words.strip() else None
    assert isinstance(value, Word)  # a phrase is always literal
    words_like = [
        "".join(_SIGNS[part][1] if isinstance(part, Wildcard) else wildcards.folded(part) for part in word.parts)
        for word in tokens.words(value)
    ]
    return "regexp_matches", f" {' '.join(words_like)} "


def same_texts(text: str) -> list[str]:
    """The texts in a column that stand for one value and are equal to a searched one."""
    texts = [encoding.of_text(text)] + [text] * (text in encoding.BOOLEANS)
    number = matching.number(text)
    if number is not None and math.isfinite(number):
        own = text_of(number)
        texts += [own, f"{own}.0"]
    return texts


def _starts(stored: Stored, sign: str) -> str:
    quoted = sign.replace("'", "''")
    return f"starts_with({stored.sql}, '{quoted}')"


def _is_number(stored: Stored) -> str:
    return f"({stored.sql} >= '0' AND {stored.sql} < ':' OR starts_with({stored.sql}, '-'))"


def _text(stored: Stored) -> str:
    """The text by which a single value is compared; NULL for several and for objects."""
    if stored.is_plain:
        return stored.sql
    return (
        f"CASE WHEN {_starts(stored, encoding.NUMERIC)} OR {_starts(stored, encoding.PLAIN)} THEN {stored.sql}[2:]"
        f" WHEN {_starts(stored, encoding.MANY)} OR {_starts(stored, encoding.OBJECT)} THEN NULL"
        f" WHEN {_is_number(stored)} AND ends_with({stored.sql}, '.0') THEN {stored.sql}[:-3] ELSE {stored.sql} END"
    )
