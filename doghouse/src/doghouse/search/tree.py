"""A search as a tree, and how it is written (docs.datadoghq.com: logs/explorer/search_syntax).

A field is None for free text, `*` for full text, `@http.status_code` for an attribute, or a name such as `service` or `env`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum
from ipaddress import IPv4Network, IPv6Network
from itertools import islice

from msgspec import Struct

from doghouse.tags import wildcards

FULL_TEXT = "*"
OPERATORS = ("AND", "OR", "NOT")
_SPECIAL = re.compile(r'[\s\\()\[\]{}":<>&|*?]|^[-+=!#]')
_PLAIN_END = re.compile(r"[\w.-]+")
_SPECIAL_IN_PHRASE = re.compile(r'[\\"]')


class Wildcard(Enum):
    """`*`, any characters or none; `?`, one character."""

    ANY = "*"
    ONE = "?"


class Word(Struct, frozen=True):
    """A value without quotes. `parts` are literal texts and the wildcards between them."""

    parts: tuple[str | Wildcard, ...]

    @classmethod
    def of(cls, parts: Iterable[str | Wildcard]) -> Word:
        """The word of these parts: texts beside each other become one, and so do several `*`."""
        joined: list[str | Wildcard] = []
        for part in parts:
            last = joined[-1] if joined else None
            if isinstance(part, str) and isinstance(last, str):
                joined[-1] = last + part
            elif part != "" and not (part is Wildcard.ANY and last is Wildcard.ANY):
                joined.append(part)
        return cls(tuple(joined))

    @property
    def plain(self) -> str:
        """The word without its escapes."""
        return "".join(part if isinstance(part, str) else part.value for part in self.parts)

    @property
    def is_literal(self) -> bool:
        """Whether it has no wildcards."""
        return not any(isinstance(part, Wildcard) for part in self.parts)

    def matcher(self, *, ignore_case: bool = False) -> wildcards.Match:
        """A function that says whether a whole text is like the word; its time grows with the text and not faster."""
        literal = {sign for part in self.parts if isinstance(part, str) for sign in part}
        any_run, any_character = islice((sign for sign in map(chr, range(0xE000, 0xF8FF)) if sign not in literal), 2)
        signs = {Wildcard.ANY: any_run, Wildcard.ONE: any_character}
        pattern = "".join(part if isinstance(part, str) else signs[part] for part in self.parts)
        return wildcards.matcher(pattern, any_run=any_run, any_character=any_character, ignore_case=ignore_case)


class Phrase(Struct, frozen=True):
    """A value in quotes, in which nothing is a wildcard."""

    text: str


class Range(Struct, frozen=True):
    """`[low TO high]`, or `{low TO high}` without its ends. An end that is None is open; `>5` is `{5 TO *}`."""

    low: str | None
    high: str | None
    inclusive: bool


class Match(Struct, frozen=True):
    """A value to look for in a field."""

    field: str | None
    value: Word | Phrase | Range


class Exists(Struct, frozen=True):
    """`field:*`: the field has any value."""

    field: str


class Cidr(Struct, frozen=True):
    """An address that lies in one of some networks."""

    field: str
    blocks: tuple[IPv4Network | IPv6Network, ...]


class Everything(Struct, frozen=True):
    """`*`, or nothing written."""


Leaf = Match | Exists | Cidr


class Not(Struct, frozen=True):
    """The opposite."""

    part: Node


class And(Struct, frozen=True):
    """All of two or more parts."""

    parts: tuple[Node, ...]


class Or(Struct, frozen=True):
    """Any of two or more parts."""

    parts: tuple[Node, ...]


Node = Leaf | Everything | Not | And | Or


def all_of(parts: Sequence[Node]) -> Node:
    """The search for what matches each of these; for everything, where there are none."""
    if len(parts) == 1:
        return parts[0]
    return And(tuple(parts)) if parts else Everything()


def parts_of(node: Node) -> tuple[str, ...]:
    """What a search asks for, each part as text: the operands of its AND, or the whole."""
    return tuple(map(_part, node.parts)) if isinstance(node, And) else (_part(node),)


def tags_of(node: Node) -> tuple[str, ...]:
    """The tags and reserved attributes that every match has, `env:prod`: one value without wildcards each, not within an OR."""
    match node:
        case And(parts):
            return tuple(tag for part in parts for tag in tags_of(part))
        case Match(str(field), Word() | Phrase() as value) if field != FULL_TEXT and not field.startswith("@"):
            literal = isinstance(value, Phrase) or value.is_literal
            return (f"{field}:{value.text if isinstance(value, Phrase) else value.plain}",) if literal else ()
        case _:
            return ()


def written(node: Node) -> str:
    """The search as text; reading it gives the same tree."""
    match node:
        case And(parts):
            return " ".join(map(_part, parts))
        case Or(parts):
            return " OR ".join(map(_part, parts))
        case Not(part):
            return f"-({written(part)})" if isinstance(part, Not) else f"-{_part(part)}"
        case Everything():
            return "*"
        case Exists(field):
            return f"{_escaped(field)}:*"
        case Cidr(field, blocks):
            return f"CIDR({','.join((field, *map(str, blocks)))})"
        case Match(field, value):
            text = _value(value)
            if field is None:
                return f"\\{text}" if text in OPERATORS else text
            return f"{'*' if field == FULL_TEXT else _escaped(field)}:{text}"


def _part(node: Node) -> str:
    return f"({written(node)})" if isinstance(node, And | Or) else written(node)


def _value(value: Word | Phrase | Range) -> str:
    match value:
        case Word(parts):
            return "".join(_escaped(part) if isinstance(part, str) else part.value for part in parts)
        case Phrase(text):
            return _quoted(text)
        case Range(low, high, inclusive):
            ends = " TO ".join("*" if end is None else _end(end) for end in (low, high))
            return f"[{ends}]" if inclusive else f"{{{ends}}}"


def _end(text: str) -> str:
    return text if _PLAIN_END.fullmatch(text) else _quoted(text)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda match: "\\" + match[0], text)


def _quoted(text: str) -> str:
    return f'"{_SPECIAL_IN_PHRASE.sub(lambda match: chr(92) + match[0], text)}"'
