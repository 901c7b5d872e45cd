"""Runs `doghouse` inside this process, as `python -m doghouse` does, so that hundreds of commands take seconds."""

from __future__ import annotations

import io
import os
import runpy
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from scripts.goldens.case import lines, rounded

STRAYS = ("FORCE_COLOR", "COLUMNS", "DOGHOUSE_API_KEY", "DOGHOUSE_APP_KEY", "DD_API_KEY", "DD_APP_KEY", "DD_SITE")


def run(*arguments: str, folder: Path) -> str:
    """A command's exit code, output and errors as one text; `folder` is the working folder and is not named in it."""
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    with _surroundings(["doghouse", *arguments], folder), redirect_stdout(out), redirect_stderr(err):
        try:
            runpy.run_module("doghouse", run_name="__main__", alter_sys=True)
        except SystemExit as error:
            code = error.code or 0
    said = f"exit {code}\n{lines(out.getvalue())}"
    if err.getvalue():
        said += f"\n--- stderr\n{err.getvalue()}"
    return rounded(said.replace(f"{folder}/", "").replace(str(folder), "."))


@contextmanager
def _surroundings(arguments: Sequence[str], folder: Path) -> Iterator[None]:
    before: Mapping[str, str] = dict(os.environ)
    argv, where = sys.argv, Path.cwd()
    for name in STRAYS:
        os.environ.pop(name, None)
    os.environ["NO_COLOR"] = "1"
    sys.argv = list(arguments)
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(where)
        sys.argv = argv
        os.environ.clear()
        os.environ.update(before)
