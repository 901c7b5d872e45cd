"""`doghouse test`."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doghouse.cli.formats import Format, Junit, chosen, write_junit
from doghouse.cli.options import AsJson, Force
from doghouse.cli.terminal import fail, print_json
from doghouse.files import FileError, refuse_folder
from doghouse.reports import UnitTestResult

SUFFIXES = (".test.yaml", ".test.yml")  # of the files that a folder's tests are in

if TYPE_CHECKING:
    from doghouse.testing.coverage import Coverage
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
    coverage: Annotated[
        bool,
        typer.Option(
            "--coverage",
            help="Also say which states, transitions, conditionals of messages and downtimes no test reaches.",
        ),
    ] = False,
    coverage_at_least: Annotated[
        float | None,
        typer.Option(
            "--coverage-at-least", help="Exit 1 where the tests reach less than so many percent.", metavar="PERCENT"
        ),
    ] = None,
    force: Force = False,
    junit: Junit = None,
    output: Format = None,
    as_json: AsJson = False,
) -> None:
    """Run unit tests of monitors; exit 1 if one fails.

    Example: doghouse test monitors/*.test.yaml --junit results.xml
    """
    write = chosen(output, as_json, UnitTestResult)
    from doghouse.importing.monitor_files import named_monitor, named_rules
    from doghouse.testing.file import schema as file_schema
    from doghouse.testing.places import TestFileError
    from doghouse.testing.running import run

    if schema:
        print_json(file_schema())
        return
    if not files:
        raise fail("there is no test file: name one, or a pattern such as 'monitors/*.test.yaml'", 64)
    if coverage_at_least is not None and not 0 <= coverage_at_least <= 100:
        raise fail(f"--coverage-at-least: {coverage_at_least:g} is no share in percent: expected 0 to 100", 64)
    cover = coverage or coverage_at_least is not None
    results: list[Result] = []
    broken: list[TestFileError] = []
    for path in _matching(files):
        try:
            results += run(path, named_monitor, named_rules, cover=cover, force=force)
        except TestFileError as error:
            broken.append(error)
    result = UnitTestResult(results, broken, _coverage(results, files) if cover else None)
    write_junit(junit, result)
    write(result, sys.stdout)
    for text in dict.fromkeys(f"{result.path}: {text}" for result in results for text in result.remarks):
        typer.echo(f"doghouse: {text}", err=True)
    for problem in broken:
        typer.echo(f"doghouse: {problem}", err=True)
    covered = result.coverage.percent if result.coverage else 100.0
    is_short = coverage_at_least is not None and covered < coverage_at_least
    if is_short:
        typer.echo(f"doghouse: the tests reach {covered:.1f} %, less than {coverage_at_least:g} %", err=True)
    if broken or is_short or not all(result.passed for result in results):
        raise typer.Exit(1)


def _coverage(results: Sequence[Result], named: Sequence[str]) -> Coverage:
    """What the tests reach of their monitors, and of all that the folders hold that were named."""
    from doghouse.importing.beside_tests import beside
    from doghouse.testing.coverage import coverage

    there = beside([folder for folder in named if Path(folder).is_dir()])
    for text in there.unread:
        typer.echo(f"doghouse: {text}", err=True)
    return coverage([result.reached for result in results if result.reached], there.monitors, there.downtimes)


def _matching(files: Sequence[str]) -> list[Path]:
    """The files; folders and patterns expanded. What gives no file is an error, since it would pass in silence."""
    paths: list[Path] = []
    for named in files:
        if Path(named).is_dir():
            matches = sorted(_below(named))
            if not matches:
                raise fail(
                    f"'{named}' is a folder without a test file: expected files that end with {' or '.join(SUFFIXES)}"
                )
        else:
            is_pattern = any(sign in named for sign in "*?[")
            matches = [Path(path) for path in sorted(glob.glob(named, recursive=True))] if is_pattern else [Path(named)]  # noqa: PTH207
            if not matches:
                raise fail(f"'{named}' matches no file")
        paths += matches
    return paths


def _below(folder: str) -> list[Path]:
    try:
        walked = [(within, names) for within, _, names in os.walk(folder, onerror=refuse_folder)]
    except FileError as error:
        raise fail(error.of(folder)) from None
    return [Path(within, name) for within, names in walked for name in names if name.endswith(SUFFIXES)]
