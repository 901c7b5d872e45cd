"""Terraform's functions by their names (developer.hashicorp.com/terraform/language/functions), as far as they can be worked out before a plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from doghouse.importing.terraform.language.values import Unknown, Value, WrongError, unknowns

_F = TypeVar("_F", bound=Callable[..., Value])
_NEVER_KNOWN = ("timestamp", "plantimestamp", "uuid", "bcrypt")


class Function(Struct, frozen=True):
    """A function and how it is called: a `shallow` one with elements that are unknown, which it only hands on; one `of_texts` with what stands for them in
    texts, whose known parts it hands on; one that `reads` files with the module's folder first."""

    work: Callable[..., Value]
    shallow: bool = False
    of_texts: bool = False
    reads: bool = False


FUNCTIONS: dict[str, Function] = {}


def function(*names: str, shallow: bool = False, of_texts: bool = False, reads: bool = False) -> Callable[[_F], _F]:
    """Register a function under its names."""

    def registered(work: _F) -> _F:
        FUNCTIONS.update(dict.fromkeys(names, Function(work, shallow, of_texts, reads)))
        return work

    return registered


def call(name: str, values: Sequence[Value], folder: Path) -> Value:
    """A function's value; unknown where an argument is, and where doghouse has no such function. Raises WrongError for arguments that it does not take."""
    if name in _NEVER_KNOWN:
        return Unknown(f"{name}()", "is known only after apply")
    implementation = FUNCTIONS.get(name)
    if implementation is None:
        return Unknown(f"{name}(…)", "is a function that doghouse does not work out")
    if implementation.shallow:
        reason = next((value for value in values if isinstance(value, Unknown)), None)
    else:
        reason = next((unknown for value in values for unknown in unknowns(value)), None)
    if reason is not None:
        return _partly(implementation, values) if implementation.of_texts else Unknown(reason.expression, reason.why)
    try:
        return implementation.work(folder, *values) if implementation.reads else implementation.work(*values)
    except WrongError as error:
        raise type(error)(f"{name}(): {error}") from None
    except TypeError:
        raise WrongError(f"{name}(): does not take such arguments") from None
    except (ValueError, KeyError, IndexError, AttributeError, OverflowError) as error:
        raise WrongError(f"{name}(): {' '.join(str(error).split())}") from None


def _partly(implementation: Function, values: Sequence[Value]) -> Unknown:
    """What is unknown of a function's text, with the text as far as it is known."""
    first, *others = dict.fromkeys(
        Unknown(unknown.expression, unknown.why) for value in values for unknown in unknowns(value)
    )
    try:
        known_text = implementation.work(*map(_written, values))
    except (WrongError, TypeError, ValueError, KeyError, IndexError, AttributeError, OverflowError):
        return first
    return replace(first, text=known_text, others=tuple(others))


def _written(value: Value) -> Value:
    if isinstance(value, list):
        return [_written(element) for element in value]
    return (value.text or value.placeholder) if isinstance(value, Unknown) else value
