"""The grammar that Datadog's searches share: words, `field:value`, AND, OR, NOT, parentheses, quotes, wildcards.

What a `field:value` means is the searcher's: it is given as `condition`. Words beside each other mean AND.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from doghouse.tags import wildcards
from doghouse.web import errors

T = TypeVar("T")
Predicate = Callable[[T], bool]
Condition = Callable[[str | None, str, bool], Predicate[T]]  # field (None: no field), value, whether it was quoted

TOKEN = re.compile(r'\s+|"(?P<quoted>[^"]*)"|(?P<sign>[():]|-(?=\S))|(?P<word>[^\s"():]+)')
_RANGE = re.compile(
    r"(?<!\S)[^\s\[]*+\[\S++ TO \S+\]|[<>]=?\d"
)  # from a word's beginning, as each is looked at once then


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a search: `kind` is `sign`, `word` or `quoted`."""

    kind: str
    text: str


def compile_search(text: str, condition: Condition[T]) -> Predicate[T]:
    """The search as a predicate; an empty one, and `*`, keeps everything. Raises ApiError 400."""
    tokens = tokenize(text)
    if not tokens or tokens == [Token("word", "*")]:
        return lambda _: True
    parser = Parser(tokens, condition)
    found = parser.either(None)
    if (left := parser.here()) is not None:
        raise errors.invalid_search(f"unexpected '{left.text}'")
    return found


def has_range(text: str) -> bool:
    """Whether a search asks for a range, `[1 TO 5]` or `>5`, which is not evaluated."""
    return _RANGE.search(text) is not None


def tokenize(text: str) -> list[Token]:
    """The pieces of a search. Raises ApiError 400 for a quote without its end."""
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None:
            raise errors.invalid_search(f"unexpected '{text[at]}'")
        if found.lastgroup is not None:
            tokens.append(Token(found.lastgroup, found[found.lastgroup]))
        at = found.end()
    return tokens


class Parser(Generic[T]):
    """Recursive descent: `either` → `both` → `one`. `field` is the name before a colon, within whose parentheses we are."""

    def __init__(self, tokens: Sequence[Token], condition: Condition[T]) -> None:
        self.tokens = tokens
        self.condition = condition
        self.at = 0

    def here(self, ahead: int = 0) -> Token | None:
        """The token that is next, or one further on."""
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else None

    def took(self, kind: str, *texts: str) -> bool:
        """Whether the next token is one of these, which is then passed."""
        token = self.here()
        if token is None or token.kind != kind or token.text not in texts:
            return False
        self.at += 1
        return True

    def either(self, field: str | None) -> Predicate[T]:
        """`a OR b`."""
        parts = [self.both(field)]
        while self.took("word", "OR"):
            parts.append(self.both(field))
        return parts[0] if len(parts) == 1 else lambda row: any(part(row) for part in parts)

    def both(self, field: str | None) -> Predicate[T]:
        """`a AND b`, or `a b`."""
        parts = [self.one(field)]
        while (token := self.here()) is not None and token != Token("sign", ")") and token != Token("word", "OR"):
            self.took("word", "AND")
            parts.append(self.one(field))
        return parts[0] if len(parts) == 1 else lambda row: all(part(row) for part in parts)

    def one(self, field: str | None) -> Predicate[T]:
        """A condition, a group of them in parentheses, or the opposite of either."""
        if self.took("word", "NOT") or self.took("sign", "-"):
            negated = self.one(field)
            return lambda row: not negated(row)
        if self.took("sign", "("):
            inner = self.either(field)
            if not self.took("sign", ")"):
                raise errors.invalid_search("missing ')'")
            return inner
        token = self.here()
        if token is None or token.kind == "sign" or token in (Token("word", "AND"), Token("word", "OR")):
            raise errors.invalid_search(f"expected a word before '{token.text}'" if token else "unexpected end")
        self.at += 1
        if field is None and token.kind == "word" and self.took("sign", ":"):
            return self.one(token.text.lower())
        return self.condition(field, self.whole(token, field), token.kind == "quoted")

    def whole(self, token: Token, field: str | None) -> str:
        """A value with the colons in it, as in `scope:host:a`."""
        text = token.text
        while field is not None and (colon := self.here()) == Token("sign", ":") and (more := self.here(1)) is not None:
            text += f"{colon.text}{more.text}"
            self.at += 2
        return text


def literally(value: str) -> Predicate[str]:
    """Whether a text is this one, whatever the case."""
    return lambda text: text.lower() == value.lower()


def pattern(value: str) -> Predicate[str]:
    """Whether a text is like this one, in which `*` stands for any characters and `?` for one, whatever the case."""
    return wildcards.matcher(value, any_character="?", ignore_case=True)


def in_text(text: str, value: str, same: Predicate[str], *, quoted: bool) -> bool:
    """Whether a text holds a word: as a whole word, or wherever it stands if it was quoted (GUESS: what a word is)."""
    if quoted:
        return value.lower() in text.lower()
    return any(same(word) for word in (*text.split(), *re.findall(r"[\w.]+", text)))
