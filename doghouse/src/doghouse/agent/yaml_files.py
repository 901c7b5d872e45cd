"""Reads the Agent's YAML files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from doghouse.agent.errors import ConfigurationError


def read(path: Path) -> tuple[Any, yaml.Node | None]:
    """A file's document, and its nodes, which know their lines. Raises ConfigurationError."""
    try:
        text = path.read_text(encoding="utf-8")
        return yaml.safe_load(text), yaml.compose(text, Loader=yaml.SafeLoader)
    except OSError as error:
        raise ConfigurationError(str(path), 0, f"can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(str(path), 0, "is not UTF-8 text") from None
    except yaml.YAMLError as error:
        raise _wrong(str(path), error) from None
    except ValueError as error:  # PyYAML on a date such as 2026-13-40
        raise ConfigurationError(str(path), 0, f"is not valid YAML: {error}") from None


def _wrong(path: str, error: yaml.YAMLError) -> ConfigurationError:
    """PyYAML's complaint as one sentence, at the line where it stopped."""
    mark = getattr(error, "problem_mark", None)
    what = " ".join(str(part) for part in (getattr(error, "problem", None), getattr(error, "context", None)) if part)
    return ConfigurationError(
        path, mark.line + 1 if mark else 0, f"is not valid YAML: {what or 'unreadable characters'}"
    )
