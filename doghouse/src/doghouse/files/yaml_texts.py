"""YAML within a budget: how much a text comes to once its aliases are expanded, how deep it is, how long its numbers are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from doghouse.files.reading import DEEPEST, LARGEST_SETTINGS, FileError, text

MOST_NODES = 500_000  # with what aliases stand for counted each time
LONGEST_NUMBER = 400  # characters of what is no text: 1:00:00… in base 60 takes time that grows with its square
NOT_OF_ITS_TAG = (KeyError, AttributeError)  # what PyYAML raises for `!!bool q` and `!!timestamp z`
_NUMBERS = tuple(f"tag:yaml.org,2002:{kind}" for kind in ("int", "float", "timestamp"))
SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class PlainYaml(yaml.SafeLoader):
    """YAML that takes words as they were typed: only decimal numbers, true, false and null are more than text.

    YAML 1.1 changes more: `0x30` to 48, `010` to 8, `1_000` to 1000, `10:13` to 613, `off` to false, and a date to a time.
    """

    yaml_implicit_resolvers = {}  # noqa: RUF012  # instead of those of YAML 1.1; types-PyYAML has no class variable


for _tag, _pattern in (
    ("bool", r"true|True|TRUE|false|False|FALSE"),
    ("null", r"~|null|Null|NULL|"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)"),
    (
        "float",
        r"[-+]?(?:(?:\.[0-9]+|(?:0|[1-9][0-9]*)\.[0-9]*)(?:[eE][-+]?[0-9]+)?|(?:0|[1-9][0-9]*)[eE][-+]?[0-9]+|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)",
    ),
):
    PlainYaml.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})$"), None)


def load_yaml(path: Path) -> Any:
    """A file's YAML (or JSON) as plain values, words as they were typed. Raises FileError."""
    return plain_values(text(path, LARGEST_SETTINGS))


def plain_values(text: str) -> Any:
    """A text of YAML as plain values, words as they were typed. Raises FileError."""
    return values(compose(text, PlainYaml))


def compose(text: str, loader: Any = SAFE) -> yaml.Node | None:
    """A text's nodes as a loader resolves them; None for an empty text. Raises FileError with its line."""
    try:
        _check_depth(text)
        root: yaml.Node | None = yaml.compose(text, Loader=loader)
    except RecursionError:
        raise FileError("is nested too deeply to be read") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise FileError(f"is not YAML: the character U+{ord_of(error):04X} may not stand in it", line) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or getattr(error, "context", None) or "unreadable characters"
        raise FileError(f"is not YAML: {what}", mark.line + 1 if mark else 0) from None
    if root is not None:
        _Budget().check(root, 0)
    return root


def _check_depth(text: str) -> None:
    """Raise FileError where a text is nested too deeply: libyaml's parser is a machine of states, but what makes nodes of its events calls itself, and
    ends the process where the stack does."""
    if text.count("[") + text.count("{") + max(map(_indent, text.splitlines()), default=0) <= DEEPEST:
        return  # each level needs a bracket, or a column more
    depth = 0
    for event in yaml.parse(text, Loader=SAFE):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            mark = event.start_mark
            raise FileError("is nested too deeply to be read", mark.line + 1 if mark else 0)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" -?:\t"))


def values(root: yaml.Node | None) -> Any:
    """Nodes as plain values, by their tags: those of YAML 1.1, or PlainYaml's. Raises FileError with the line of what cannot be one."""
    if root is None:
        return None
    try:
        return yaml.SafeLoader("").construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise FileError(f"is not YAML: {error.problem or error.context}", mark.line + 1 if mark else 0) from None
    except NOT_OF_ITS_TAG:
        raise FileError("is not YAML: a value is not of the type that its tag names") from None
    except (ValueError, OverflowError, TypeError) as error:  # a date such as 2026-13-40, a key that is a list
        raise FileError(f"is not YAML: {error}") from None


def ord_of(error: yaml.reader.ReaderError) -> int:
    """The character that stopped the reader, which it has as a number or as itself."""
    return error.character if isinstance(error.character, int) else ord(error.character)


class _Budget:
    """How many nodes each node comes to, by its id: an alias costs no more to look at, and counts for all that it stands for."""

    def __init__(self) -> None:
        self._sizes: dict[int, int] = {}
        self._around: set[int] = set()

    def check(self, node: yaml.Node, depth: int) -> int:
        """The number of nodes that a node comes to. Raises FileError."""
        line = node.start_mark.line + 1
        if id(node) in self._around:
            raise FileError("has an alias within what it names", line)
        if id(node) in self._sizes:
            return self._sizes[id(node)]
        if depth > DEEPEST:
            raise FileError("is nested too deeply to be read", line)
        size = 1
        if isinstance(node, yaml.ScalarNode):
            if len(node.value) > LONGEST_NUMBER and node.tag in _NUMBERS:
                raise FileError(f"has a {node.tag.rpartition(':')[2]} of {len(node.value)} characters", line)
        else:
            self._around.add(id(node))
            inner = (part for pair in node.value for part in pair) if isinstance(node, yaml.MappingNode) else node.value
            size += sum(self.check(part, depth + 1) for part in inner)
            self._around.discard(id(node))
        if size > MOST_NODES:
            raise FileError(f"comes to more than {MOST_NODES:,} values, with its aliases written out", line)
        self._sizes[id(node)] = size
        return size
