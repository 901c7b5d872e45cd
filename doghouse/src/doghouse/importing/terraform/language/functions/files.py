"""Functions that read files. A path that is not absolute starts where Terraform would be run: in the folder of the root module."""

from __future__ import annotations

import math
import os.path
from pathlib import Path, PurePosixPath

from doghouse import files
from doghouse.importing.terraform.language.functions.registry import function
from doghouse.importing.terraform.language.syntax import LARGEST
from doghouse.importing.terraform.language.values import Value, WrongError, as_set, text
from doghouse.importing.terraform.language.work import MOST_VALUES, at_most


@function("file", reads=True)
def _file(folder: Path, path: Value) -> Value:
    try:
        return bytes_of(folder, path).decode().replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise WrongError(f"{path} is no text") from None


def bytes_of(folder: Path, path: Value) -> bytes:
    """What a file holds. Raises WrongError."""
    try:
        return files.contents(folder / text(path), LARGEST)
    except files.FileError as error:
        raise WrongError(error.of(path)) from None


@function("fileexists", reads=True)
def _fileexists(folder: Path, path: Value) -> Value:
    return (folder / text(path)).is_file()


@function("fileset", reads=True)
def _fileset(folder: Path, path: Value, pattern: Value) -> Value:
    """The files that match, below the path. `{a,b}` in a pattern is either."""
    base = folder / text(path)
    at_most(math.prod(part.count(",") + 1 for part in text(pattern).split("{")), MOST_VALUES, "patterns")
    patterns = _alternatives(text(pattern))
    return as_set(
        [file.relative_to(base).as_posix() for pattern in patterns for file in base.glob(pattern) if file.is_file()]
    )


def _alternatives(pattern: str) -> list[str]:
    start, end = pattern.find("{"), pattern.find("}")
    if not 0 <= start < end:
        return [pattern]
    return [
        alternative
        for choice in pattern[start + 1 : end].split(",")
        for alternative in _alternatives(pattern[:start] + choice + pattern[end + 1 :])
    ]


@function("basename")
def _basename(path: Value) -> Value:
    return PurePosixPath(text(path)).name


@function("dirname")
def _dirname(path: Value) -> Value:
    return str(PurePosixPath(text(path)).parent)


@function("abspath", reads=True)
def _abspath(folder: Path, path: Value) -> Value:
    return os.path.normpath((folder / text(path)).absolute())


@function("pathexpand")
def _pathexpand(path: Value) -> Value:
    return text(path)
