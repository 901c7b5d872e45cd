"""`doghouse lint`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doghouse.cli.options import AsJson
from doghouse.cli.terminal import console, fail, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from doghouse.importing.verdicts import Linted

SEVERITIES = {"error": "red", "warning": "yellow", "note": "bright_black"}


def lint(
    paths: Annotated[
        list[str],
        typer.Argument(
            help="Monitors, lists, assets, folders, terraform's JSON, or - for standard input.", metavar="PATH..."
        ),
    ],
    metrics: Annotated[
        list[Path] | None,
        typer.Option(help="A metadata.csv with the metrics' intervals; an integration's own is found by itself."),
    ] = None,
    junit: Annotated[Path | None, typer.Option(help="Also write the results as JUnit XML.")] = None,
    as_json: AsJson = False,
) -> None:
    """Find what is wrong with monitors before they go anywhere; exit 1 if any is wrong. Downtimes are looked at too.

    Example: terraform show -json | doghouse lint -
    """
    from doghouse.cli import junit as xml
    from doghouse.importing import monitor_files, verdicts

    text = sys.stdin.read() if monitor_files.STDIN in paths else None
    intervals = {name: every for path in metrics or [] for name, every in _intervals(path).items()}
    linted = verdicts.lint_all((one for path in paths for one in monitor_files.collect(path, text)), intervals)
    if junit:
        xml.write(junit, [_verdict(one) for one in linted])
    if as_json:
        monitors = [_linted(one) for one in linted if one.type != verdicts.DOWNTIME]
        downtimes = [_linted(one) for one in linted if one.type == verdicts.DOWNTIME]
        print_json({"monitors": monitors, "downtimes": downtimes, "summary": verdicts.last_line(linted)})
    else:
        _print(console(), linted)
        for line in filter(None, (verdicts.downtimes_line(linted), verdicts.last_line(linted))):
            console().print(line, markup=False)
    if any(one.verdict == "wrong" for one in linted):
        raise typer.Exit(1)


def _print(screen: Console, linted: Sequence[Linted]) -> None:
    """A line a problem: where, and what."""
    from rich.markup import escape

    for one in linted:
        for problem, line in zip(one.problems, one.lines, strict=True):
            place = f"{one.where}:{line}" if line else one.where
            inside = f"{problem.field}" + (f" {problem.line}:{problem.column}" if problem.line else "")
            style = SEVERITIES[problem.severity]
            screen.print(
                f"  {escape(place)}  [bright_black]{escape(inside)}[/]  [{style}]{problem.severity}[/]  ", end=""
            )
            screen.print(problem.text, markup=False)


def _intervals(path: Path) -> Mapping[str, int]:
    from doghouse.importing import monitor_files

    try:
        return monitor_files.intervals(path)
    except OSError as error:
        raise fail(f"--metrics: {path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise fail(f"--metrics: {path} {error}") from None


def _verdict(one: Any) -> Any:
    from doghouse.cli.junit import Outcome

    said = "\n".join(f"{problem.field}: {problem.text}" for problem in one.problems if problem.severity == "error")
    skipped = f"{one.type} is not evaluated" if one.verdict == "not evaluated" else None
    return Outcome(one.where.split(" ")[0], one.name or one.where, said if one.verdict == "wrong" else None, skipped)


def _linted(one: Any) -> dict[str, Any]:
    problems = [
        {
            "field": each.field,
            "text": each.text,
            "severity": each.severity,
            "file_line": line or None,
            "line": each.line or None,
            "column": each.column or None,
        }
        for each, line in zip(one.problems, one.lines, strict=True)
    ]
    return {"where": one.where, "name": one.name, "type": one.type, "verdict": one.verdict, "problems": problems}
