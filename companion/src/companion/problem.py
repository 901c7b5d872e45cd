"""What can go wrong, said once: a sentence for the person and the code the command ends with."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from doghouse import files
from doghouse.command_line import WRONG_USE as WRONG_USE


class Problem(Exception):
    """Something that stops a command: one sentence that names the thing, the place and what was expected."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field. A warning is accepted by Datadog, and does not do what it seems to."""

    field: str
    sentence: str
    warning: bool = False


def read_text(file: Path, absent: str | None = None) -> str:
    """The text of a file, or `absent`, if that is given, where there is none. Raises Problem that names it."""
    if absent is not None and not os.path.lexists(file):
        return absent
    try:
        return files.text(file, files.LARGEST_SETTINGS)
    except files.FileError as error:
        raise Problem(error.of(file)) from None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """` (did you mean X?)` where a known name is close to the one given, else nothing."""
    from doghouse.queries import nearest

    return f" (did you mean {near}?)" if (near := nearest(name, known)) else ""


def close_or_all(name: str, known: Iterable[str]) -> str:
    """The known name that is close to the one given, else all of them."""
    names = list(known)
    return did_you_mean(name, names) or f", expected one of {', '.join(names)}"
