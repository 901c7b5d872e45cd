"""What is wrong with a downtime's scope, `service:web AND env:(dev OR prod)`. Pure; the grammar stands in scope.lark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lark import Lark

TAG = re.compile(r"-?(?P<key>[^:(]+):?\s*(?P<values>.+)", re.DOTALL)
KEY = re.compile(r"[A-Za-z][\w.\-/]*")
DEEPEST = 2  # levels of parentheses


def scope_faults(text: str) -> Iterator[str]:
    """Refused: a term without a key, `?`, OR between different keys at the outermost level, a third level of parentheses."""
    from lark.exceptions import UnexpectedInput

    if not text.strip():
        yield "is empty; '*' is everything"
        return
    try:
        (outermost,) = _lark().parse(text).children
    except UnexpectedInput as error:
        place = len(text) if (at := error.pos_in_stream) is None or at < 0 else at
        found = re.match(r"\S{1,20}", text[place:])
        yield f"column {place + 1}: {repr(found[0]) if found else 'the end'} was not expected"
        return
    terms = list(_terms(outermost))
    for term in terms:
        yield from _term(term)
    if _levels(text) > DEEPEST:
        yield f"has more than {DEEPEST} levels of parentheses"
    if getattr(outermost, "data", "") == "either" and len({_key(term) for term in terms}) > 1:
        yield "has OR between different keys, which is not allowed"


def _terms(node: Any) -> Iterator[Any]:
    """The terms of a scope, left to right."""
    for child in getattr(node, "children", ()):
        yield from _terms(child)
    if not hasattr(node, "children"):
        yield node


def _term(term: Any) -> Iterator[str]:
    if term.type == "STAR":
        return
    key, values = _key(term), TAG.fullmatch(term)
    if term.type != "TAG" or values is None:
        yield f"'{term}' has no {'value' if term.endswith(':') else 'key'}: all values must have one, as in env:prod"
        return
    if not KEY.fullmatch(key):
        yield f"'{term}': '{key}' is no tag's key"
    if "?" in values["values"]:
        yield "has the wildcard '?', which is not allowed"
    listed = values["values"]
    for value in re.split(r"\sOR\s", listed[1:-1]) if listed.startswith("(") else ():
        if not re.fullmatch(r"[^\s\-]\S*", value.strip()):
            yield f"'{term}': behind a key, parentheses hold values joined by OR"


def _key(term: Any) -> str:
    """What a term is about; of `*` nothing."""
    found = TAG.fullmatch(term)
    return found["key"].lower() if found and term.type == "TAG" else ""


def _levels(text: str) -> int:
    """How deep parentheses stand within one another."""
    signs = [1 if sign == "(" else -1 for sign in re.sub(r'"[^"]*"', "", text) if sign in "()"]
    return max((sum(signs[: place + 1]) for place in range(len(signs))), default=0)


@lru_cache(maxsize=1)
def _lark() -> Lark:
    from lark import Lark

    grammar = (Path(__file__).parent / "scope.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", start="scope")
