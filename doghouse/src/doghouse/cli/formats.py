"""`--format`, and the options that are short for it: `--json`, and `--junit FILE` beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeVar

import typer

from doghouse.cli.terminal import ended_by, fail
from doghouse.reports import writer
from doghouse.reports.registry import Writer

Format = Annotated[
    str | None, typer.Option("--format", help="How the result is printed: text (default), json or another format.")
]
Junit = Annotated[Path | None, typer.Option(help="Also write the results as JUnit XML.")]
Result = TypeVar("Result")


def chosen(name: str | None, as_json: bool, kind: type[Result]) -> Writer[Result]:
    """What writes a result of that kind in the format that was asked for. A wrong one ends the command with a sentence."""
    if as_json and name not in (None, "json"):
        raise fail(f"--json means --format json, not {name}: give one of them", 64)
    with ended_by(ValueError, code=64, before="--format: "):
        return writer(name or ("json" if as_json else "text"), kind)


def write_junit(path: Path | None, result: object) -> None:
    """Write the result as JUnit XML where a file for it was named. Where that cannot be, the command ends with a sentence."""
    if path is None:
        return
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer("junit", type(result))(result, file)
    except OSError as error:
        raise fail(f"--junit: {path} cannot be written: {error.strerror}") from None
