"""Terraform's values as Python's: text, numbers, booleans, None, lists and dicts; what is known only after a plan; and the conversions between them."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from msgspec import Struct

from doghouse.numbers import decimal

LONGEST_SHOWN = 100  # characters of a number in a sentence
Value = Any  # str, int, float, bool, None, list, dict, Unknown or Namespace


class WrongError(Exception):
    """What Terraform would refuse, in a sentence."""


class Unknown(Struct, frozen=True):
    """What is not known before a plan: the expression and why. `text` is a text of which parts are known; the others stand in it as they are written."""

    expression: str
    why: str
    text: str | None = None
    others: tuple[Unknown, ...] = ()  # what else is unknown of the text

    @property
    def sentence(self) -> str:
        """`not known before a plan: var.team has no default and no value`."""
        return f"not known before a plan: {self.expression} {self.why}"

    @property
    def placeholder(self) -> str:
        """What stands in its place in a text."""
        return f"${{{self.expression}}}"


class Namespace(Struct, frozen=True):
    """What has members that are looked up when they are asked for: `var`, `local`, a resource, a module. `name` is its expression."""

    name: str
    member: Callable[[str], Value]


class Set(list[Value]):
    """A set: each value once, in order."""


def unknowns(value: Value) -> Iterator[Unknown]:
    """What is unknown anywhere in a value."""
    if isinstance(value, Unknown):
        yield value
        yield from value.others
    elif isinstance(value, Namespace):
        yield Unknown(value.name, "is known only after apply")
    elif isinstance(value, dict):
        for inner in value.values():
            yield from unknowns(inner)
    elif isinstance(value, list):
        for element in value:
            yield from unknowns(element)


def number(value: Value) -> int | float:
    """A value as a number. Raises WrongError."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise WrongError(f"{shown(value)} is no number")
    try:
        as_float = decimal(value) if isinstance(value, str) else float(value)
    except OverflowError:
        as_float = math.inf
    except ValueError:
        raise WrongError(f"{shown(value)} is no number") from None
    if not math.isfinite(as_float):
        raise WrongError(f"{shown(value)[:LONGEST_SHOWN]} is no number of at most 308 digits")
    if isinstance(value, int):
        return value
    return int(as_float) if as_float.is_integer() else as_float


def text(value: Value) -> str:
    """A value as text, as a template writes it. Raises WrongError."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    raise WrongError(f"{shown(value)} cannot stand in a text")


def number_text(value: float) -> str:
    """A number as Terraform writes it: `90`, `0.5`, never with an exponent."""
    if isinstance(value, int):
        return str(value)
    # big.Float has 512 bits: 0.1+0.2 is 0.3 there
    plain = format(Decimal(f"{value:.15g}"), "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def truth(value: Value) -> bool:
    """A value as a condition. Raises WrongError."""
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise WrongError(f"{shown(value)} is neither true nor false")


def items(value: Value) -> list[tuple[Value, Value]]:
    """A collection's keys and values in the order in which Terraform visits them. Raises WrongError."""
    if isinstance(value, dict):
        return sorted(value.items())
    if isinstance(value, Set):
        return [(element, element) for element in value]
    if isinstance(value, list):
        return list(enumerate(value))
    raise WrongError(f"{shown(value)} is no collection")


def identity(value: Value) -> Hashable:
    """What two values have in common that are equal, and no others: to find one among many without a look at each."""
    if isinstance(value, list):
        return (list, *map(identity, value))
    if isinstance(value, dict):
        return (dict, frozenset((name, identity(inner)) for name, inner in value.items()))
    return value  # type: ignore[no-any-return]


def once(values: Iterable[Value]) -> list[Value]:
    """Each value once, where it is first."""
    unique: dict[Hashable, Value] = {}
    for value in values:
        unique.setdefault(identity(value), value)
    return list(unique.values())


def as_set(values: Iterable[Value]) -> Set:
    """Each value once, in order."""
    unique = once(values)
    return Set(sorted(unique, key=str) if all(isinstance(value, str | int | float) for value in unique) else unique)


def unified(values: list[Value]) -> list[Value]:
    """The elements of a list as one type: numbers and booleans beside texts become texts."""
    kinds = {type(value) for value in values if isinstance(value, str | int | float)}
    mixed = (str in kinds and len(kinds) > 1) or (bool in kinds and len(kinds) > 1)
    return [text(value) if mixed and isinstance(value, int | float) else value for value in values]


def shown(value: Value) -> str:
    """A value in a sentence."""
    kinds = {type(None): "null", Set: "a set", list: "a list", dict: "an object"}
    if type(value) in kinds:
        return kinds[type(value)]
    return f"'{value}'" if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
