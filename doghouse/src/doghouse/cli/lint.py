"""`doghouse lint`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from doghouse.cli.formats import Format, Junit, chosen, write_junit
from doghouse.cli.options import AsJson, RulesFile, VarFiles, rules_of
from doghouse.cli.terminal import fail
from doghouse.reports import LintResult


def lint(
    paths: Annotated[
        list[str],
        typer.Argument(
            help="Monitors, lists, assets, folders with .json and .tf files, terraform's JSON, or - for standard input.",
            metavar="PATH...",
        ),
    ],
    metrics: Annotated[
        list[Path] | None,
        typer.Option(help="A metadata.csv with the metrics' intervals; an integration's own is found by itself."),
    ] = None,
    var_file: VarFiles = None,
    rules: RulesFile = None,
    junit: Junit = None,
    output: Format = None,
    as_json: AsJson = False,
) -> None:
    """Find what is wrong with monitors before they go anywhere; exit 1 if any is wrong. Downtimes are looked at too.

    Example: terraform show -json | doghouse lint -
    """
    write = chosen(output, as_json, LintResult)
    from doghouse.importing import monitor_files, verdicts

    text = sys.stdin.read() if monitor_files.STDIN in paths else None
    intervals = {name: every for path in metrics or [] for name, every in _intervals(path).items()}
    things = (one for path in paths for one in monitor_files.collect(path, text, var_file or ()))
    linted = verdicts.lint_all(things, intervals, rules_of(rules))
    result = LintResult(linted)
    write_junit(junit, result)
    write(result, sys.stdout)
    if any(one.verdict == "wrong" for one in linted):
        raise typer.Exit(1)


def _intervals(path: Path) -> Mapping[str, int]:
    from doghouse.importing import monitor_files

    try:
        return monitor_files.intervals(path)
    except OSError as error:
        raise fail(f"--metrics: {path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise fail(f"--metrics: {path} {error}") from None
