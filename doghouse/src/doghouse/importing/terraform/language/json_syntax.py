"""Terraform's JSON syntax (`.tf.json`, `.tofu.json`) as the same blocks and expressions (developer.hashicorp.com/terraform/language/syntax/json).

JSON does not tell blocks from attributes, the provider's schema does: the objects in Datadog's resources are blocks, for they have no attribute that is a map.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from doghouse import files
from doghouse.importing.positions import Position, positions
from doghouse.importing.terraform.language.syntax import Block, Expression, SyntaxProblemError, expression

_LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "provider": 1, "check": 1}
_COMMENT = "//"


class Json(Struct, frozen=True):
    """A JSON value in the place of an expression's tree; its texts are templates, unless it is `plain`."""

    value: Any
    plain: bool = False
    data: str = "json"
    children: tuple[Any, ...] = ()


class _Node(Struct, frozen=True):
    """A value and its line: of an object its keys with their nodes, of an array its nodes."""

    value: Any
    line: int

    def pairs(self, path: Path) -> Iterator[tuple[str, _Node]]:
        """An object's keys and values, without comments. Raises SyntaxProblemError where it is none."""
        if not isinstance(self.value, dict):
            raise SyntaxProblemError(path, self.line, "is not Terraform's JSON: an object was expected here")
        return ((key, node) for key, node in self.value.items() if key != _COMMENT)

    def plain(self) -> Any:
        """The value alone."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        return [node.plain() for node in self.value] if isinstance(self.value, list) else self.value


def parse(path: Path, text: str) -> Block:
    """The blocks of a text. Raises SyntaxProblemError."""
    try:
        root = _node(json.loads(text), positions(text))
        return Block("", (), {}, [block for document in _elements(root) for block in _blocks(document, path)], path, 1)
    except json.JSONDecodeError as error:
        raise SyntaxProblemError(path, error.lineno, str(files.not_json(text, error))) from None
    except ValueError as error:
        raise SyntaxProblemError(path, 0, f"is not JSON: {error}") from None
    except RecursionError:
        raise SyntaxProblemError(path, 0, "is nested too deeply to be read") from None


def _node(value: Any, position: Position) -> _Node:
    """A value with its line, and the lines of all that is in it."""
    inside = position.inside
    if isinstance(value, dict):
        return _Node({key: _node(inner, inside[key]) for key, inner in value.items()}, position.line)
    if isinstance(value, list):
        return _Node([_node(inner, inside[str(at)]) for at, inner in enumerate(value)], position.line)
    return _Node(value, position.line)


def _elements(node: _Node) -> Sequence[_Node]:
    """An array's elements; anything else is one."""
    return node.value if isinstance(node.value, list) else [node]


def _labelled(node: _Node, labels: int, path: Path) -> Iterator[tuple[tuple[str, ...], _Node]]:
    """What stands below a number of labels; at each of them an array may stand."""
    for element in _elements(node):
        if not labels:
            yield (), element
            continue
        for label, inner in element.pairs(path):
            yield from (
                ((label, *inner_labels), content) for inner_labels, content in _labelled(inner, labels - 1, path)
            )


def _blocks(document: _Node, path: Path) -> Iterator[Block]:
    for kind, node in document.pairs(path):
        for labels, content in _labelled(node, _LABELS.get(kind, 0), path):
            nested = kind == "resource" and labels[0].startswith("datadog_")
            if kind == "variable":
                yield Block(kind, labels, _variable(content, path), (), path, content.line)
            else:
                yield Block(kind, labels, *_contents(content, path, nested), path, content.line)


def _contents(node: _Node, path: Path, nested: bool) -> tuple[Mapping[str, Expression], Sequence[Block]]:
    attributes: dict[str, Expression] = {}
    blocks: list[Block] = []
    for name, member in node.pairs(path):
        if nested and name == "dynamic":
            blocks += (_dynamic(label, content, path) for (label,), content in _labelled(member, 1, path))
        elif nested and member.value and all(isinstance(element.value, dict) for element in _elements(member)):
            blocks += (
                Block(name, (), *_contents(element, path, nested), path, element.line) for element in _elements(member)
            )
        else:
            attributes[name] = _expression(member)
    return attributes, blocks


def _dynamic(label: str, node: _Node, path: Path) -> Block:
    attributes = {name: _expression(member) for name, member in node.pairs(path) if name != "content"}
    content = [
        Block(name, (), *_contents(element, path, True), path, element.line)
        for name, member in node.pairs(path)
        if name == "content"
        for element in _elements(member)
    ]
    return Block("dynamic", (label,), attributes, content, path, node.line)


def _variable(node: _Node, path: Path) -> Mapping[str, Expression]:
    """A variable's default is no template, and its type is an expression in a text."""
    attributes = {}
    for name, member in node.pairs(path):
        if name == "type" and isinstance(member.value, str):
            try:
                attributes[name] = expression(member.value)
            except SyntaxProblemError as error:
                raise SyntaxProblemError(path, member.line, f"the type '{member.value}' {error.text}") from None
        else:
            attributes[name] = _expression(member, plain=True)
    return attributes


def _expression(node: _Node, plain: bool = False) -> Expression:
    value = node.plain()
    return Expression(Json(value, plain), json.dumps(value), node.line)
