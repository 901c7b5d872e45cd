"""A search as a function of a record. Free text has no case and goes by words; a field's value is compared as a whole, with its case.

GUESS: the value of a tag is compared with its case as well, and tags are kept in lower case.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Any, TypeVar

from doghouse.search import tokens
from doghouse.search.errors import SearchSyntaxError
from doghouse.search.parser import parse
from doghouse.search.record import Record, text_of
from doghouse.search.tree import And, Cidr, Everything, Exists, Leaf, Match, Node, Not, Or, Phrase, Range, Word
from doghouse.search.units import UNITS
from doghouse.web import errors

Predicate = Callable[[Record], bool]
Same = Callable[[Any], bool]
Thing = TypeVar("Thing")  # what a search is over: a record, or a monitor
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?", re.ASCII)
# The units that a number in a comparison may have; those of `units.UNITS` are gone when a search is compared.
_WITH_UNIT = re.compile(r"-?[0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|min|h|d|w|B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)", re.ASCII)


def compile_search(text: str) -> Predicate:
    """The search as a predicate. Raises ApiError 400."""
    return predicate(tree(text))


def tree(text: str) -> Node:
    """The search as a tree. Raises ApiError 400."""
    try:
        return parse(text)
    except SearchSyntaxError as error:
        raise errors.invalid_search(error.sentence) from None


def predicate(node: Node) -> Predicate:
    """The function of a tree. Raises ApiError 400 for a range with units."""
    return combined(node, _leaf)


def combined(node: Node, leaf: Callable[[Leaf], Callable[[Thing], bool]]) -> Callable[[Thing], bool]:
    """The function of a tree whose leaves are compared by `leaf`: what NOT, AND and OR make of them."""
    match node:
        case Everything():
            return lambda _: True
        case Not(part):
            inner = combined(part, leaf)
            return lambda thing: not inner(thing)
        case And(parts):
            all_parts = [combined(part, leaf) for part in parts]
            return lambda thing: all(part(thing) for part in all_parts)
        case Or(parts):
            any_parts = [combined(part, leaf) for part in parts]
            return lambda thing: any(part(thing) for part in any_parts)
        case _:
            return leaf(node)


def _leaf(leaf: Leaf) -> Predicate:
    match leaf:
        case Exists(field):
            return lambda record: len(record.values(field)) > 0
        case Match(None | "*", Word() | Phrase() as value):
            find = tokens.finder(value)
            if leaf.field is None:
                return lambda record: any(map(find, record.free_text))
            return lambda record: any(map(find, record.full_text))
        case Cidr() | Match():
            same, field = of_value(leaf), str(leaf.field)
            return lambda record: any(map(same, record.values(field)))


def of_value(leaf: Match | Cidr) -> Same:
    """What a condition on a field asks of each of its values. Raises ApiError 400 for a range with units."""
    match leaf:
        case Cidr(_, blocks):
            return lambda value: _within(value, blocks)
        case Match(field, value):
            return _inside(str(field), value) if isinstance(value, Range) else _same(value)


def is_attribute(field: str | None) -> bool:
    """Whether a field is an attribute, in which a text that is a number counts as one."""
    return field is not None and field.startswith("@")


def literal(value: Word | Phrase) -> str | None:
    """The text that a value is; None where it has wildcards."""
    if isinstance(value, Phrase):
        return value.text
    return value.plain if value.is_literal else None


def _same(value: Word | Phrase) -> Same:
    """Whether a field's value is this one: by its text, and a number by its number."""
    text = literal(value)
    if text is None:
        assert isinstance(value, Word)  # a phrase is always literal
        like = value.matcher()
        return lambda other: not isinstance(other, dict) and like(text_of(other))
    as_number = number(text)

    def same(other: Any) -> bool:
        if as_number is not None and isinstance(other, int | float) and not isinstance(other, bool):
            return other == as_number
        return not isinstance(other, dict) and text_of(other) == text

    return same


def _inside(field: str, value: Range) -> Same:
    """Whether a value lies in a range: as a number where all ends are numbers, else as a text.

    GUESS: a text that is a number counts as one in an attribute. The values of tags are always texts (Vector's reimplementation).
    """
    ends = [end for end in (value.low, value.high) if end is not None]
    numeric_text = is_attribute(field)
    if numeric_text and any(_WITH_UNIT.fullmatch(end) for end in ends):
        own = f"{field} is compared with {', '.join(UNITS[field])}" if field in UNITS else ""
        text = own or f"the unit of {field} is not known, only those of {', '.join(UNITS)}"
        raise errors.invalid_search(f"{text}: expected a number without one, not {', '.join(ends)}")
    numeric = all(number(end) is not None for end in ends)
    low, high = (None if end is None else number(end) for end in (value.low, value.high))

    def inside(other: Any) -> bool:
        is_number = isinstance(other, int | float) and not isinstance(other, bool)
        if numeric and (numeric_text or is_number):
            compared = other if is_number else number(other) if isinstance(other, str) else None
            return compared is not None and _between(low, compared, high, value.inclusive)
        return not isinstance(other, dict) and _between(value.low, text_of(other), value.high, value.inclusive)

    return inside


def _between(low: Any, value: Any, high: Any, inclusive: bool) -> bool:
    if inclusive:
        return (low is None or low <= value) and (high is None or value <= high)
    return (low is None or low < value) and (high is None or value < high)


def number(text: str) -> float | None:
    """The number that a text says, which may be infinite; None where it says none."""
    return float(text) if _NUMBER.fullmatch(text) else None


def _within(value: Any, blocks: Any) -> bool:
    """Whether a text is an address in one of the blocks. GUESS: a text that is no address lies in none."""
    if not isinstance(value, str):
        return False
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    return any(address in block for block in blocks)
