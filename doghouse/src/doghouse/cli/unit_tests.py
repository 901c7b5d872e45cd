"""`doghouse test`."""

from __future__ import annotations

import glob
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doghouse.cli.formats import Format, Junit, chosen, write_junit
from doghouse.cli.options import AsJson
from doghouse.cli.terminal import fail, print_json
from doghouse.reports import UnitTestResult

SUFFIXES = (".test.yaml", ".test.yml")  # of the files that a folder's tests are in

if TYPE_CHECKING:
    from doghouse.testing.places import TestFileError
    from doghouse.testing.running import Result


def unit_tests(
    files: Annotated[
        list[str] | None,
        typer.Argument(help="Test files (YAML), folders of them (*.test.yaml), or patterns.", metavar="FILE..."),
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of a test file, for editors, and do nothing else.")
    ] = False,
    junit: Junit = None,
    output: Format = None,
    as_json: AsJson = False,
) -> None:
    """Run unit tests of monitors; exit 1 if one fails.

    Example: doghouse test monitors/*.test.yaml --junit results.xml
    """
    write = chosen(output, as_json, UnitTestResult)
    from doghouse.importing.monitor_files import named_monitor
    from doghouse.testing.file import schema as file_schema
    from doghouse.testing.places import TestFileError
    from doghouse.testing.running import run

    if schema:
        print_json(file_schema())
        return
    if not files:
        raise fail("there is no test file: name one, or a pattern such as 'monitors/*.test.yaml'", 64)
    results: list[Result] = []
    broken: list[TestFileError] = []
    for path in _matching(files):
        try:
            results += run(path, named_monitor)
        except TestFileError as error:
            broken.append(error)
    result = UnitTestResult(results, broken)
    write_junit(junit, result)
    write(result, sys.stdout)
    for text in dict.fromkeys(f"{one.path}: {text}" for one in results for text in one.remarks):
        typer.echo(f"doghouse: {text}", err=True)
    for each in broken:
        typer.echo(f"doghouse: {each}", err=True)
    if broken or not all(one.passed for one in results):
        raise typer.Exit(1)


def _matching(files: Sequence[str]) -> list[Path]:
    """The files; folders and patterns expanded. What gives no file is an error, since it would pass in silence."""
    found: list[Path] = []
    for named in files:
        if Path(named).is_dir():
            matches = sorted(path for suffix in SUFFIXES for path in Path(named).rglob(f"*{suffix}"))
            if not matches:
                raise fail(
                    f"'{named}' is a folder without a test file: expected files that end with {' or '.join(SUFFIXES)}"
                )
        else:
            is_pattern = any(sign in named for sign in "*?[")
            matches = [Path(one) for one in sorted(glob.glob(named, recursive=True))] if is_pattern else [Path(named)]  # noqa: PTH207
            if not matches:
                raise fail(f"'{named}' matches no file")
        found += matches
    return found
