"""A YAML text as plain values, with the line of each, and what is wrong at a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from doghouse.files.yaml_texts import NOT_OF_ITS_TAG, PlainYaml


class TestFileError(Exception):
    """What is wrong in a test file: `path:line: text`."""

    __test__ = False

    def __init__(self, path: Path, line: int, text: str) -> None:
        super().__init__(f"{path}:{line}: {text}")
        self.path, self.line, self.text = path, line, text


def plain(node: yaml.Node, place: str, lines: dict[str, int], path: Path) -> Any:
    """The nodes of a PlainYaml text as plain values; a key that stands twice is an error."""
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        mapping: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            lines[f"{place}.{key}"] = key_node.start_mark.line + 1
            if key in mapping:
                raise TestFileError(path, key_node.start_mark.line + 1, f"'{key}' stands twice")
            mapping[key] = plain(value_node, f"{place}.{key}", lines, path)
            lines[f"{place}.{key}"] = key_node.start_mark.line + 1
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [plain(item, f"{place}[{number}]", lines, path) for number, item in enumerate(node.value)]
    try:
        return PlainYaml("").construct_object(node)
    except (yaml.MarkedYAMLError, ValueError, *NOT_OF_ITS_TAG):
        text = f"'{node.value}' is not understood as {node.tag}: text with special characters stands in quotes"
        raise TestFileError(path, node.start_mark.line + 1, text) from None


def line_of(lines: Mapping[str, int], place: str) -> int:
    """The line of a place, or of the nearest thing around it."""
    while place not in lines and place:
        place = re.sub(r"(\.[^.\[\]]*|\[[^\]]*\])$", "", place)
    return lines.get(place, 1)
