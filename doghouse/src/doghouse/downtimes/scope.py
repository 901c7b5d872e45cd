"""A downtime's scope: `service:web* AND env:(dev OR prod) AND -role:db`, parsed and matched against the tags of a group (monitors/downtimes, scope syntax)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from msgspec import Struct

from doghouse.downtimes.model import DowntimeError
from doghouse.tags import wildcards

KEYLESS = "All values must have a key"  # recorded: schedule_a_downtime_returns_bad_request_response
DEEPEST = 2  # "At most, Downtimes accept two levels of nesting"
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<open>\()|(?P<close>\))|(?P<word>AND|OR)(?=[\s()]|$)|
    (?P<minus>-)?(?P<key>[^\s():"]+):\s*(?:(?P<group>\()|"(?P<quoted>[^"]*)"|(?P<value>[^\s()]+))|
    (?P<negated>-)(?P<bare>[^\s():"]+)\(|
    (?P<other>[^\s()]+)
    )""",
    re.VERBOSE,
)
_VALUES = re.compile(r"([^()]*)\)")
_KEY = re.compile(r"[A-Za-z][\w.\-/]*")


class Everything(Struct, frozen=True):
    """`*`."""


class Tag(Struct, frozen=True):
    """`key:value`, `key:(a OR b)`, `-key:value`: one of the values, or with `negated` none of them. `*` stands for any characters."""

    key: str
    values: tuple[str, ...]
    negated: bool = False


class AllOf(Struct, frozen=True):
    """Terms joined by AND, or by nothing but space (GUESS)."""

    terms: tuple[Term, ...]


class AnyOf(Struct, frozen=True):
    """Terms joined by OR."""

    terms: tuple[Term, ...]


Term = Everything | Tag | AllOf | AnyOf


class Scope(Struct, frozen=True):
    """A parsed scope."""

    term: Term

    def matches(self, tags: Iterable[str]) -> bool:
        """Whether a group with these `key:value` tags is in the scope. GUESS: upper and lower case are the same, as tags have no upper case."""
        return _matches(self.term, [tag.lower() for tag in tags])


@lru_cache(maxsize=4096)
def parse_scope(text: str) -> Scope:
    """Raises DowntimeError with the field `scope` and Datadog's words where they are known."""
    if not text.strip():
        raise DowntimeError("scope", "scope must not be empty; '*' is every group")
    parser = _Parser(text)
    term = parser.terms(0)
    if parser.peek() is not None:
        raise parser.error("a parenthesis closes that was not opened")
    if isinstance(term, AnyOf) and len(_keys(term)) > 1:
        raise DowntimeError(
            "scope", f"scope '{text}': OR across different keys is not supported at the top level; use two downtimes"
        )
    return Scope(term)


def _keys(term: Term) -> set[str]:
    match term:
        case Tag(key):
            return {key}
        case AllOf(terms) | AnyOf(terms):
            return {key for part in terms for key in _keys(part)}
    return {""}


class _Parser:
    """OR binds tighter than AND (GUESS), so that `service:x AND env:a OR env:b` means what `env:(a OR b)` would."""

    def __init__(self, text: str) -> None:
        self.text, self.place = text, 0

    def peek(self) -> re.Match[str] | None:
        """The next token; None at the end."""
        return _TOKEN.match(self.text, self.place)

    def terms(self, depth: int) -> Term:
        """Everything up to the end or a closing parenthesis."""
        groups: list[list[Term]] = []
        while (token := self.peek()) is not None and not token["close"]:
            if token["word"]:
                if not groups:
                    raise self.error(f"{token['word']} stands between two terms")
                self.place = token.end()
            if token["word"] == "OR":
                groups[-1].append(self.term(depth))
            else:
                groups.append([self.term(depth)])
        if not groups:
            raise self.error("a term is missing")
        parts = tuple(group[0] if len(group) == 1 else AnyOf(tuple(group)) for group in groups)
        return parts[0] if len(parts) == 1 else AllOf(parts)

    def term(self, depth: int) -> Term:
        """One term."""
        token = self.peek()
        if token is None or token["close"] or token["word"]:
            raise self.error("a term is missing")
        self.place = token.end()
        if token["open"]:
            return self._inside(depth)
        if token["bare"]:
            return self._tag(token["bare"], self._values(depth), negated=True)
        if token["key"] is None:
            return self._other(token["other"])
        single = token["value"] if token["quoted"] is None else token["quoted"]
        values = self._values(depth) if token["group"] else (single,)
        return self._tag(token["key"], values, negated=bool(token["minus"]))

    def _inside(self, depth: int) -> Term:
        inner = self.terms(self._deeper(depth))
        token = self.peek()
        if token is None:
            raise self.error("a parenthesis is not closed")
        self.place = token.end()
        return inner

    def _other(self, text: str) -> Term:
        if text == "*":
            return Everything()
        raise DowntimeError("scope", KEYLESS)

    def _deeper(self, depth: int) -> int:
        if depth >= DEEPEST:
            raise self.error(f"more than {DEEPEST} levels of parentheses are not supported")
        return depth + 1

    def _values(self, depth: int) -> tuple[str, ...]:
        """`a OR b)`: the values behind a key's opening parenthesis."""
        self._deeper(depth)
        match = _VALUES.match(self.text, self.place)
        values = tuple(part.strip() for part in re.split(r"\sOR\s", match[1])) if match else ("",)
        if match is None or any(not value or re.search(r"\s", value) or value.startswith("-") for value in values):
            raise self.error("behind a key, parentheses hold values joined by OR")
        self.place = match.end()
        return tuple(value.strip('"') for value in values)

    def _tag(self, key: str, values: tuple[str, ...], *, negated: bool) -> Tag:
        if not _KEY.fullmatch(key):
            raise self.error(f"'{key}' has characters that a tag's key cannot have")
        if any("?" in value for value in values):
            raise self.error("? is not supported; * stands for any characters")
        return Tag(key.lower(), tuple(value.lower() for value in values), negated)

    def error(self, what: str) -> DowntimeError:
        """An error (our words) about the scope at this place."""
        return DowntimeError("scope", f"scope '{self.text}', column {self.place + 1}: {what}")


def _matches(term: Term, tags: list[str]) -> bool:
    match term:
        case Everything():
            return True
        case Tag(key, values, negated):
            matches = any(_pattern(f"{key}:{value}")(tag) for value in values for tag in tags)
            return matches != negated
        case AllOf(terms):
            return all(_matches(part, tags) for part in terms)
        case AnyOf(terms):
            return any(_matches(part, tags) for part in terms)


@lru_cache(maxsize=4096)
def _pattern(pattern: str) -> Callable[[str], bool]:
    if "*" not in pattern:
        return pattern.__eq__
    return wildcards.matcher(pattern)
