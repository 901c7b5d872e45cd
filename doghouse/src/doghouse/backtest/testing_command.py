"""`doghouse test`."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from doghouse.terminal import console, fail, print_json


def unit_tests(
    files: Annotated[
        list[str] | None, typer.Argument(help="Test files (YAML); a pattern must match something.", metavar="FILE...")
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of a test file, for editors, and do nothing else.")
    ] = False,
    junit: Annotated[Path | None, typer.Option(help="Also write the results as JUnit XML.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Run unit tests of monitors; exit 1 if one fails.

    Example: doghouse test monitors/*.test.yaml --junit results.xml
    """
    from doghouse.backtest import junit as xml
    from doghouse.backtest import show, testfile, unittests

    if schema:
        print_json(testfile.schema())
        return
    if not files:
        raise fail("there is no test file: name one, or a pattern such as 'monitors/*.test.yaml'", 64)
    results: list[unittests.Result] = []
    broken: list[unittests.TestFileError] = []
    for path in _matching(files):
        try:
            results += unittests.run(path)
        except unittests.TestFileError as error:
            broken.append(error)
    if junit:
        outcomes = [xml.Outcome(str(one.path), one.name, None if one.passed else _failure(one)) for one in results]
        xml.write(junit, outcomes + [xml.Outcome(str(one.path), f"line {one.line}", one.text) for one in broken])
    if as_json:
        print_json({"tests": [_result(one) for one in results], "errors": [str(one) for one in broken]})
    else:
        show.unit_tests(console(), results)
    for each in broken:
        typer.echo(f"doghouse: {each}", err=True)
    if broken or not all(one.passed for one in results):
        raise typer.Exit(1)


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
