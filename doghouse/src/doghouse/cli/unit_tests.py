"""`doghouse test`."""

from __future__ import annotations

import glob
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doghouse.cli.options import AsJson
from doghouse.cli.terminal import console, fail, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from doghouse.testing.running import Result


def unit_tests(
    files: Annotated[
        list[str] | None, typer.Argument(help="Test files (YAML); a pattern must match something.", metavar="FILE...")
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of a test file, for editors, and do nothing else.")
    ] = False,
    junit: Annotated[Path | None, typer.Option(help="Also write the results as JUnit XML.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run unit tests of monitors; exit 1 if one fails.

    Example: doghouse test monitors/*.test.yaml --junit results.xml
    """
    from doghouse.cli import junit as xml
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
            results += run(path)
        except TestFileError as error:
            broken.append(error)
    if junit:
        outcomes = [
            xml.Outcome(str(result.path), result.name, None if result.passed else _failure(result))
            for result in results
        ]
        xml.write(junit, outcomes + [xml.Outcome(str(one.path), f"line {one.line}", one.text) for one in broken])
    if as_json:
        print_json({"tests": [_result(result) for result in results], "errors": [str(one) for one in broken]})
    else:
        _print(console(), results)
    for each in broken:
        typer.echo(f"doghouse: {each}", err=True)
    if broken or not all(result.passed for result in results):
        raise typer.Exit(1)


def _print(screen: Console, results: Sequence[Result]) -> None:
    """Each test, and for one that failed expected and got."""
    from rich.markup import escape

    for path, group in itertools.groupby(results, key=lambda one: one.path):
        screen.print(f"  {path.name}", style="bold", markup=False)
        for one in group:
            if one.passed:
                screen.print(f"    [green]ok[/]    {escape(one.name)}")
                continue
            screen.print(f"    [red]FAIL[/]  {escape(one.name)}")
            for difference in one.differences:
                for number, (label, lines) in enumerate((("expected", difference.expected), ("got", difference.got))):
                    place = f"  line {difference.line}" if number == 0 else ""
                    shown = list(lines) or ["nothing"]
                    screen.print(f"            {label:9} {shown[0]}{place}", markup=False)
                    for line in shown[1:]:
                        screen.print(f"            {'':9} {line}", markup=False)
    failed = sum(not result.passed for result in results)
    screen.print(f"{len(results) - failed} passed, {failed} failed", markup=False)


def _matching(files: Sequence[str]) -> list[Path]:
    """The files, patterns expanded; a pattern that matches nothing is an error, since it would pass in silence."""
    found: list[Path] = []
    for pattern in files:
        matches = sorted(glob.glob(pattern, recursive=True)) if any(sign in pattern for sign in "*?[") else [pattern]  # noqa: PTH207
        if not matches:
            raise fail(f"'{pattern}' matches no file")
        found += [Path(match) for match in matches]
    return found


def _failure(one: Any) -> str:
    return "\n".join(
        f"line {each.line}: expected {'; '.join(each.expected)}; got {'; '.join(each.got) or 'nothing'}"
        for each in one.differences
    )


def _result(one: Any) -> dict[str, Any]:
    differences = [
        {"line": each.line, "expected": list(each.expected), "got": list(each.got)} for each in one.differences
    ]
    return {"file": str(one.path), "line": one.line, "name": one.name, "passed": one.passed, "differences": differences}
