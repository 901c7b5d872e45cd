"""What a variable's type does to a value: numbers and text into each other, lists into sets, and what an object's `optional(…)` fills in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from doghouse.importing.terraform.language.expressions import evaluate
from doghouse.importing.terraform.language.scope import Scope
from doghouse.importing.terraform.language.syntax import Expression, call, trees
from doghouse.importing.terraform.language.values import (
    Set,
    Unknown,
    Value,
    WrongError,
    as_set,
    number,
    shown,
    text,
    truth,
)


def converted(value: Value, kind: Any) -> Value:
    """A value as a type has it (`kind` is the type's tree). Raises WrongError where it cannot be that."""
    if value is None or isinstance(value, Unknown):
        return value
    node = kind.children[0] if kind.data == "expr_term" else kind
    if node.data == "identifier":
        return _plain(value, str(node.children[0]))
    if node.data != "function_call":
        return value
    name, arguments = call(node)
    if name in ("list", "set", "map"):
        return _collection(value, name, arguments[0])
    if name == "object":
        return _object(value, arguments[0])
    return value


def _plain(value: Value, name: str) -> Value:
    if name == "string":
        return text(value)
    if name == "number":
        return number(value)
    return truth(value) if name == "bool" else value


def _collection(value: Value, name: str, kind: Any) -> Value:
    if name == "map":
        if not isinstance(value, dict):
            raise WrongError(f"{shown(value)} is no map")
        return {key: converted(element, kind) for key, element in value.items()}
    if not isinstance(value, list):
        raise WrongError(f"{shown(value)} is no {name}")
    elements = [converted(element, kind) for element in value]
    return as_set(elements) if name == "set" else list(elements) if isinstance(value, Set) else elements


def _object(value: Value, kind: Any) -> Value:
    """The attributes that the type names: others are dropped, optional ones that are missing are their default, or null."""
    if not isinstance(value, dict):
        raise WrongError(f"{shown(value)} is no object")
    attributes = {}
    node = kind.children[0] if kind.data == "expr_term" else kind
    for element in (child for child in trees(node) if child.data == "object_elem"):
        key_node, type_node = trees(element)
        key = "".join(str(part) for part in key_node.scan_values(lambda token: token.type != "DBLQUOTE"))
        needed, default = _optional(type_node)
        if value.get(key) is not None:
            attributes[key] = converted(value[key], needed)
        elif key in value or needed is not type_node:
            attributes[key] = converted(_default(default), needed) if default is not None else None
        else:
            raise WrongError(f"the attribute '{key}' is missing")
    return attributes


def _optional(kind: Any) -> tuple[Any, Any]:
    """`optional(TYPE, DEFAULT)` as the type and the default; another type as itself."""
    node = kind.children[0] if kind.data == "expr_term" else kind
    name, arguments = call(node) if node.data == "function_call" else ("", [])
    if name != "optional":
        return kind, None
    return arguments[0], arguments[1] if len(arguments) > 1 else None


def _default(tree: Any) -> Value:
    def others(name: str) -> Value:
        raise WrongError(f"a type's default cannot name '{name}'")

    return evaluate(Expression(tree, "", 0), Scope({}, others, Path()))
