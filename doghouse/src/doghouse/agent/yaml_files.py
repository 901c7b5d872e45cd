"""Reads the Agent's YAML files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from doghouse import files
from doghouse.agent.errors import ConfigurationError
from doghouse.files import FileError, yaml_texts


def read(path: Path) -> tuple[Any, yaml.Node | None]:
    """A file's document, and its nodes, which know their lines. Raises ConfigurationError."""
    try:
        text = files.text(path, files.LARGEST_SETTINGS)
        # values() writes merged keys into nodes
        return yaml_texts.values(yaml_texts.compose(text)), yaml_texts.compose(text)
    except FileError as error:
        raise ConfigurationError(str(path), error.line, str(error)) from None
