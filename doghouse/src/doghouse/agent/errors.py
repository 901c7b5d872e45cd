"""Why a command of the Agent fails, as one sentence for the person who called it."""

from __future__ import annotations


class AgentError(Exception):
    """Why a command of the Agent can't do its work, as one sentence."""


class ConfigurationError(AgentError):
    """A file or a setting that can't be used: `path` (or the setting's name), the 1-based `line` (0: all of it), and what is wrong with it."""

    def __init__(self, path: str, line: int, what: str) -> None:
        super().__init__(path, line, what)
        self.path = path
        self.line = line
        self.what = what

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}" if self.line else f"{self.path}: {self.what}"
