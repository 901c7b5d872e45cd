"""YAML in which people keep monitors: the same shapes as JSON, with the lines of its values and the comments that suppress problems."""

from __future__ import annotations

import re
from typing import Any

from doghouse.importing.positions import Position

SUFFIXES = (".yaml", ".yml")
TESTS = (".test.yaml", ".test.yml")  # files of unit tests, which hold no monitor
_KEYS = re.compile(r"[\"']?\b(query|type|thresholds|scope|schedule|monitor_identifier|recipients)[\"']?\s*:")
_HELD_BY = (
    {"type", "query"},
    {"type", "thresholds"},
    {"type", "recipients"},
    {"scope", "schedule"},
    {"scope", "monitor_identifier"},
)


class YamlError(Exception):
    """Why a text cannot be read, in words that follow its name; `line` counts from 1."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line, self.text = line, text


def may_hold_monitors(text: str) -> bool:
    """Whether a text that lies in a folder is worth to be read, and is wrong if it cannot be: other tools have templates of YAML there."""
    keys = {match[1] for match in _KEYS.finditer(text)}
    return any(needed <= keys for needed in _HELD_BY)


def read(text: str) -> tuple[Any, Position]:
    """The document of a text (a list of them where there are several), and where its values stand. Raises YamlError."""
    import yaml

    from doghouse.files.yaml_texts import PlainYaml

    try:
        nodes = list(yaml.compose_all(text, Loader=PlainYaml))
        documents = [_value(node, [0]) for node in nodes if node is not None]
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise YamlError(line, f"the character U+{error.character:04X} may not stand in it") from None
    except yaml.MarkedYAMLError as error:
        raise YamlError(error.problem_mark.line + 1 if error.problem_mark else 1, str(error.problem)) from None
    except (RecursionError, yaml.YAMLError):
        raise YamlError(1, "it is nested too deeply, or an alias stands within what it names") from None
    if len(documents) == 1:
        return documents[0]
    return [value for value, _ in documents], Position(1, {str(number): at for number, (_, at) in enumerate(documents)})


def _value(node: Any, count: list[int]) -> tuple[Any, Position]:
    """A node as a plain value, and where it stands. `count` counts the values."""
    import yaml

    from doghouse.files.yaml_texts import MOST_NODES, NOT_OF_ITS_TAG, PlainYaml

    is_flow = getattr(node, "flow_style", True)  # else it ends where the next thing begins
    at = Position(node.start_mark.line + 1, last=node.end_mark.line + (1 if is_flow else 0))
    count[0] += 1
    if count[0] > MOST_NODES:
        raise YamlError(at.line, f"it has more than {MOST_NODES:,} values, aliases followed")
    if isinstance(node, yaml.MappingNode):
        values = {}
        for key, child in node.value:
            name = str(key.value)
            if name in values:
                raise YamlError(key.start_mark.line + 1, f"'{name}' stands twice")
            values[name], inner = _value(child, count)
            at.inside[name] = Position(key.start_mark.line + 1, inner.inside, inner.is_block, inner.last)
        return values, at
    if isinstance(node, yaml.SequenceNode):
        elements = []
        for number, child in enumerate(node.value):
            value, at.inside[str(number)] = _value(child, count)
            elements.append(value)
        return elements, at
    at.is_block = node.style == "|"
    try:
        return PlainYaml("").construct_object(node), at
    except (yaml.YAMLError, ValueError, *NOT_OF_ITS_TAG):
        raise YamlError(at.line, f"'{node.value}' is not understood as {node.tag}") from None
