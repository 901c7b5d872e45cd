"""What is wrong with a file of the Agent's, as one sentence with its place."""

from __future__ import annotations

import yaml


class Problem(Exception):
    """A file that can't be used: `path`, the 1-based `line` (0: the whole file), and what is wrong with it."""

    def __init__(self, path: str, line: int, what: str) -> None:
        super().__init__(path, line, what)
        self.path = path
        self.line = line
        self.what = what

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}" if self.line else f"{self.path}: {self.what}"


def yaml_problem(path: str, error: yaml.YAMLError) -> Problem:
    """PyYAML's complaint as one sentence, at the line where it stopped."""
    mark = getattr(error, "problem_mark", None)
    what = " ".join(str(part) for part in (getattr(error, "problem", None), getattr(error, "context", None)) if part)
    return Problem(path, mark.line + 1 if mark else 0, f"is not valid YAML: {what or 'unreadable characters'}")
