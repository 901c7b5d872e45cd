"""Reading a search into its tree, in one pass from left to right (docs.datadoghq.com: logs/explorer/search_syntax).

Words beside each other mean AND, which binds tighter than OR; a negation binds to the one clause behind it.
GUESS: `!` negates as `-` does; a space behind `field:` is passed; a colon inside a value belongs to it, as in `tags:env:prod`.
"""

from __future__ import annotations

import ipaddress
import re

from doghouse.search.errors import CalculatedFieldError, SearchSyntaxError
from doghouse.search.tree import (
    FULL_TEXT,
    Cidr,
    Everything,
    Exists,
    Match,
    Node,
    Not,
    Or,
    Phrase,
    Range,
    Wildcard,
    Word,
    all_of,
)
from doghouse.search.units import in_base_units

MOST_NESTED = 50  # parentheses within each other (ours: Datadog's limit is not known)
MOST_CONDITIONS = 1000  # of a search (ours): 20,000 took 22 s and 600 MB, with two logs to look at
MOST_PATTERNS = 50  # of them words with wildcards that are looked for in texts, word by word (ours): 500 took 6 s, with three monitors to look at
_SPACE = re.compile(r"\s*+")
_OPERATOR = re.compile(r'(?:(AND|OR|NOT)(?=[\s()"]|$)|(&&)|(\|\|))')
_SAME = {"&&": "AND", "||": "OR"}
_TERM = re.compile(r'(?![-+=])(?:\\.|&(?!&)|\|(?!\|)|[^\s\\()\[\]{}":<>&|])++', re.DOTALL)
_VALUE = re.compile(r'(?![-+=])(?:\\.|&(?!&)|\|(?!\|)|[^\s\\()\[\]{}"<>&|])++', re.DOTALL)
_PARTS = re.compile(r"\\(.)|([*?])|([^\\*?]++)", re.DOTALL)
_PHRASE = re.compile(r'"((?:\\.|[^"\\])*+)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_BOUND = re.compile(r'"(?P<quoted>(?:\\.|[^"\\])*+)"|(?P<plain>(?:\\.|[^\s\\()\[\]{}"<>])++)', re.DOTALL)
_COMPARISON = re.compile(r"([<>])(=?)")
_CIDR = re.compile(r"CIDR\(([^()]*+)(\)?)")


def parse(text: str) -> Node:
    """The tree of a search, its numbers without units where those are known (`units`). Raises SearchSyntaxError."""
    parser = _Parser(text)
    parser.skip()
    if parser.at == len(text):
        return Everything()
    tree = parser.any_of(None)
    if parser.at < len(text):
        raise parser.error(f"unexpected '{text[parser.at]}'")
    return in_base_units(tree)


class _Parser:
    """Recursive descent: `any_of` → `all_of` → `unary` → `clause` → `value`. `field` is that of the parentheses around."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = self.conditions = self.patterns = 0

    def error(self, problem: str, at: int | None = None) -> SearchSyntaxError:
        """What is wrong here, or at another place."""
        return SearchSyntaxError(self.text, self.at if at is None else at, problem)

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What the pattern reads here, which is then passed."""
        if (match := pattern.match(self.text, self.at)) is not None:
            self.at = match.end()
        return match

    def take(self, sign: str) -> bool:
        """Whether this stands here, which is then passed."""
        if not self.text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True

    def skip(self) -> None:
        """Pass the space."""
        self.match(_SPACE)

    def operator(self) -> str:
        """The operator that stands here, which is not passed: AND, OR, NOT or none."""
        match = _OPERATOR.match(self.text, self.at)
        return _SAME.get(match[0], match[0]) if match is not None else ""

    def any_of(self, field: str | None) -> Node:
        """`a OR b`."""
        parts = [self.all_of(field)]
        while self.operator() == "OR":
            self.match(_OPERATOR)
            parts.append(self.all_of(field))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def all_of(self, field: str | None) -> Node:
        """`a AND b`, or `a b`."""
        parts = [self.unary(field)]
        while self.at < len(self.text) and self.text[self.at] != ")" and (sign := self.operator()) != "OR":
            if sign == "AND":
                self.match(_OPERATOR)
            parts.append(self.unary(field))
        return all_of(parts)

    def unary(self, field: str | None) -> Node:
        """A clause, or its opposite, and the space behind it."""
        self.skip()
        negated = self.take("-") or self.take("!")
        if not negated and self.operator() == "NOT":
            self.match(_OPERATOR)
            self.skip()
            negated = True
        elif not negated:
            self.take("+")
        node = self.clause(field)
        self.skip()
        return Not(node) if negated else node

    def clause(self, field: str | None) -> Node:
        """A group in parentheses, `field:` and what follows, or a value."""
        if (operator := self.operator()) != "":
            raise self.error(f"expected a word before '{operator}'")
        self.conditions += not self.text.startswith("(", self.at)
        if self.conditions > MOST_CONDITIONS:
            raise self.error(f"more than {MOST_CONDITIONS:,} conditions")
        if field is None and (match := self.match(_CIDR)) is not None:
            return self.cidr(match)
        start = self.at
        term = self.match(_TERM)
        if term is not None and self.take(":"):
            return self.of_field(term[0], start)
        self.at = start
        return self.value(field)

    def of_field(self, name: str, start: int) -> Node:
        """What stands behind `field:`."""
        field = self.field(name, start)
        self.skip()
        if field in ("_exists_", "_missing_"):
            match = self.match(_VALUE)
            if match is None:
                raise self.error(f"expected a field behind '{field}:'")
            exists = Exists(self.field(match[0], match.start()))
            return exists if field == "_exists_" else Not(exists)
        return self.value(field)

    def field(self, name: str, start: int) -> str:
        """A field's name without its escapes."""
        if name == FULL_TEXT:
            return name
        word = _word(name)
        if not word.is_literal:
            raise self.error("a field's name has no wildcards: expected a name, or * for all fields", start)
        if name.startswith("#"):
            problem = "calculated fields are not known: expected an attribute (@name) or a tag's key"
            raise CalculatedFieldError(self.text, start, problem)
        if word.plain == "@":
            raise self.error("expected an attribute's name behind '@'", start)
        return word.plain

    def group(self, field: str | None) -> Node:
        """What stands between parentheses, the first of which is passed already."""
        start = self.at - 1
        self.depth += 1
        if self.depth > MOST_NESTED:
            raise self.error(f"more than {MOST_NESTED} parentheses within each other", start)
        node = self.any_of(field)
        if not self.take(")"):
            raise self.error("missing ')' for this '('", start)
        self.depth -= 1
        return node

    def value(self, field: str | None) -> Node:
        """A group, a phrase, a range, a comparison or a word."""
        start = self.at
        if self.take("("):
            return self.group(field)
        if (phrase := self.match(_PHRASE)) is not None:
            return Match(field, Phrase(_ESCAPE.sub(r"\1", phrase[1])))
        if self.text.startswith(("[", "{", "<", ">"), start):
            interval = self.range() if self.text[start] in "[{" else self.comparison()
            if field in (None, FULL_TEXT):
                raise self.error("a range needs a field, as in @duration:>5", start)
            is_open = interval.low is None and interval.high is None
            return Exists(str(field)) if is_open else Match(field, interval)
        term = self.match(_TERM if field is None else _VALUE)
        if term is None:
            raise self.error(self.missing())
        word = _word(term[0])
        if word.parts == (Wildcard.ANY,):
            return Everything() if field in (None, FULL_TEXT) else Exists(str(field))
        self.patterns += field in (None, FULL_TEXT) and not word.is_literal
        if self.patterns > MOST_PATTERNS:
            raise self.error(f"more than {MOST_PATTERNS} words with wildcards that are looked for in texts", start)
        return Match(field, word)

    def missing(self) -> str:
        """Why no value stands here."""
        if self.at == len(self.text):
            return "unexpected end: expected a word"
        sign = self.text[self.at]
        if sign == '"':
            return "missing '\"' for this one"
        if sign == "\\":
            return "expected a character behind the last '\\'"
        return f"expected a word before '{sign}' (or \\{sign} for the character itself)"

    def range(self) -> Range:
        """`[low TO high]` or `{low TO high}`."""
        start = self.at
        opening = self.text[start]
        self.at += 1
        self.skip()
        low = self.bound()
        self.skip()
        if not self.take("TO"):
            raise self.error("expected TO between the ends of a range")
        self.skip()
        high = self.bound()
        self.skip()
        closing = "]" if opening == "[" else "}"
        if not self.take(closing):
            raise self.error(f"expected '{closing}', as the range began with '{opening}'")
        return Range(low, high, inclusive=opening == "[")

    def comparison(self) -> Range:
        """`>5`, as a range with an open end."""
        match = self.match(_COMPARISON)
        assert match is not None
        bound = self.bound()
        if bound is None:
            raise self.error("expected a number or a text, not *", match.end())
        low, high = (bound, None) if match[1] == ">" else (None, bound)
        return Range(low, high, inclusive=bool(match[2]))

    def bound(self) -> str | None:
        """An end of a range; None for `*`."""
        match = self.match(_BOUND)
        if match is None:
            raise self.error("expected a number, a text or *")
        if match["quoted"] is not None:
            return _ESCAPE.sub(r"\1", match["quoted"])
        return None if match["plain"] == "*" else _ESCAPE.sub(r"\1", match["plain"])

    def cidr(self, match: re.Match[str]) -> Cidr:
        """`CIDR(@ip, 10.0.0.0/8, …)`."""
        name, *blocks = (part.strip() for part in match[1].split(","))
        if not (match[2] and name and blocks):
            raise self.error("expected CIDR(@attribute, block, …)", match.start())
        try:
            networks = tuple(ipaddress.ip_network(block, strict=False) for block in blocks)
        except ValueError as error:
            raise self.error(f"{error}: expected a block such as 10.0.0.0/8", match.start()) from None
        return Cidr(self.field(name, match.start(1)), networks)


def _word(text: str) -> Word:
    return Word.of(match[1] or match[3] or Wildcard(match[2]) for match in _PARTS.finditer(text))
