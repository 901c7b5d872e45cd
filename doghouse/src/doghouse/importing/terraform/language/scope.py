"""What expressions may name, and what operators make of two values (hashicorp/hcl, hclsyntax/spec.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from doghouse.importing.terraform.language.values import Namespace, Set, Unknown, Value, WrongError, number, shown, text
from doghouse.importing.terraform.language.work import Work

_ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": lambda a, b: abs(a) % abs(b) * (1 if a >= 0 else -1),
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
}


def arithmetic(operator: str, left: Value, right: Value) -> Value:
    """What an operator of two known values gives; `==` of different types is false. Raises WrongError."""
    if operator in ("==", "!="):
        same = left == right and isinstance(left, bool) == isinstance(right, bool)
        return same == (operator == "==")
    result = _ARITHMETIC[operator](number(left), number(right))
    return result if isinstance(result, bool) else number(result)


class Scope(Struct, frozen=True):
    """What an expression may name: `names` first (`each`, `count`, the variables of a `for`), then what `others` answers.

    `folder` is the module's, `work` what it costs.
    """

    names: Mapping[str, Value]
    others: Callable[[str], Value]
    folder: Path
    work: Work = field(default_factory=Work)

    def __call__(self, name: str) -> Value:
        """What a name stands for. Raises WrongError."""
        return self.names[name] if name in self.names else self.others(name)

    def having(self, names: Mapping[str, Value]) -> Scope:
        """With further names."""
        return replace(self, names={**self.names, **names})


def named(names: Sequence[str], key: Value, value: Value) -> Mapping[str, Value]:
    """What the variables of a `for` stand for: the values alone, or keys and values."""
    return {names[0]: value} if len(names) == 1 else {names[0]: key, names[1]: value}


def member(value: Value, key: Value) -> Value:
    """`value.key` or `value[key]`. Raises WrongError where there is no such thing."""
    if isinstance(value, Unknown):
        return Unknown(f"{value.expression}.{key}", value.why)
    if isinstance(value, Namespace):
        return value.member(text(key))
    if isinstance(value, dict):
        if text(key) in value:
            return value[text(key)]
        raise WrongError(f"there is no '{key}' among {', '.join(sorted(map(str, value))) or 'nothing'}")
    if isinstance(value, list) and not isinstance(value, Set):
        at = number(key)
        if isinstance(at, int) and 0 <= at < len(value):
            return value[at]
        raise WrongError(f"there is no element {shown(key)} in a list of {len(value)}")
    raise WrongError(f"{shown(value)} has no '{key}'")


def names_of_template(function: str, file: Value, variables: Value, caller: Scope) -> Scope:
    """What a template of templatefile() or templatestring() may name. Raises WrongError."""

    def others(name: str) -> Value:
        raise WrongError(f"{function}(): {text(file)} names '{name}', which it is not given")

    if isinstance(variables, Namespace):
        return Scope({}, variables.member, caller.folder, caller.work)
    if not isinstance(variables, dict):
        raise WrongError(f"{function}(): {shown(variables)} is no object with what {text(file)} names")
    return Scope(variables, others, caller.folder, caller.work)
