"""Terraform's functions by their names (developer.hashicorp.com/terraform/language/functions), as far as they can be worked out before a plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from doghouse.importing.terraform.language.values import Unknown, Value, WrongError, unknowns

Function = Callable[..., Value]
_F = TypeVar("_F", bound=Function)
FUNCTIONS: dict[str, Function] = {}
_SHALLOW: set[str] = set()  # they only hand elements on: an element that is not known stays one
_READS: set[str] = set()  # they read files: their first argument is the module's folder
_NEVER_KNOWN = ("timestamp", "plantimestamp", "uuid", "bcrypt")


def function(*names: str, shallow: bool = False, reads: bool = False) -> Callable[[_F], _F]:
    """Register a function under its names. A `shallow` one is called with elements that are unknown; one that `reads` gets the module's folder first."""

    def registered(made: _F) -> _F:
        for name in names:
            FUNCTIONS[name] = made
            if shallow:
                _SHALLOW.add(name)
            if reads:
                _READS.add(name)
        return made

    return registered


def call(name: str, values: Sequence[Value], folder: Path) -> Value:
    """A function's value; unknown where an argument is, and where doghouse has no such function. Raises WrongError for arguments that it does not take."""
    if name in _NEVER_KNOWN:
        return Unknown(f"{name}()", "is known only after apply")
    made = FUNCTIONS.get(name.removeprefix("core::"))
    if made is None:
        return Unknown(f"{name}(…)", "is a function that doghouse does not work out")
    if name in _SHALLOW:
        reason = next((one for one in values if isinstance(one, Unknown)), None)
    else:
        reason = next((one for value in values for one in unknowns(value)), None)
    if reason is not None:
        return Unknown(reason.expression, reason.why)
    try:
        return made(folder, *values) if name in _READS else made(*values)
    except WrongError as error:
        raise WrongError(f"{name}(): {error}") from None
    except TypeError:
        raise WrongError(f"{name}(): does not take such arguments") from None
    except (ValueError, KeyError, IndexError, AttributeError, OverflowError) as error:
        raise WrongError(f"{name}(): {' '.join(str(error).split())}") from None
