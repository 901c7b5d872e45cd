"""A resource's block as the provider has it: attributes as values, nested blocks as lists of objects, and the line of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from doghouse.importing.terraform.language.expressions import evaluate
from doghouse.importing.terraform.language.scope import Scope
from doghouse.importing.terraform.language.syntax import Block, Expression
from doghouse.importing.terraform.language.values import Unknown, Value, WrongError, items, text, unknowns

_META = frozenset({"count", "for_each", "depends_on", "provider", "lifecycle", "provisioner", "connection", "timeouts"})


class Attributes(Struct):
    """What a block came to. Names are dotted paths of the provider's (`monitor_thresholds.critical`): their lines, what is unknown of them, what is wrong."""

    values: dict[str, Value] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, list[Unknown]] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    heredocs: set[str] = field(default_factory=set)  # the names of attributes that are heredocs


def attributes(block: Block, scope: Scope) -> Attributes:
    """All that stands in a resource's block, but for what is Terraform's own."""
    body = Attributes()
    body.values = _values(block, scope, "", body)
    return body


def _values(block: Block, scope: Scope, place: str, body: Attributes) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name, expression in block.attributes.items():
        if place or name not in _META:
            body.lines[place + name] = expression.line
            if expression.text.startswith("<<"):
                body.heredocs.add(place + name)
            value = _known(place + name, expression, scope, body)
            if value is not None:
                values[name] = value
    for inner in block.blocks:
        if not place and inner.kind in _META:
            continue
        for name, content, its in _contents(inner, scope, place, body):
            body.lines.setdefault(place + name, inner.line)
            values.setdefault(name, []).append(_values(content, its, f"{place}{name}.", body))
    return values


def _known(place: str, expression: Expression, scope: Scope, body: Attributes) -> Value:
    """A value without what is unknown of it: of a text the rest stays, of a list the other elements."""
    try:
        value = evaluate(expression, scope)
    except WrongError as error:
        body.wrong[place] = str(error)
        return None
    reasons = list(dict.fromkeys(unknowns(value)))
    if not reasons:
        return value
    body.unknown[place] = reasons
    if isinstance(value, list):
        return [element for element in value if not any(True for _ in unknowns(element))]
    return value.text if isinstance(value, Unknown) else None


def _contents(block: Block, scope: Scope, place: str, body: Attributes) -> Iterator[tuple[str, Block, Scope]]:
    """The blocks that one stands for: itself, or what `dynamic` makes of its `content`."""
    if block.kind != "dynamic":
        yield block.kind, block, scope
        return
    name = block.labels[0] if block.labels else ""
    content = next((inner for inner in block.blocks if inner.kind == "content"), None)
    collection = block.attributes.get("for_each")
    if content is None or collection is None:
        body.wrong[place + name] = "a dynamic block needs for_each and content"
        return
    try:
        values = evaluate(collection, scope)
        if isinstance(values, Unknown):
            body.unknown[place + name] = [values]
            body.lines[place + name] = collection.line
            return
        pairs = items(values)
    except WrongError as error:
        body.wrong[place + name] = str(error)
        return
    iterator = block.attributes["iterator"].text.strip('"') if "iterator" in block.attributes else name
    for key, value in pairs:
        yield name, content, scope.having({iterator: {"key": key, "value": value}})


def field_name(place: str, names: Mapping[str, str]) -> str:
    """A dotted path of the provider's as the API names the field."""
    first, _, remainder = text(place).partition(".")
    name = names.get(first, first)
    return f"{name}.{remainder}" if remainder else name
