"""`doghouse lint`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doghouse.cli.formats import Format, Junit, chosen, write_junit
from doghouse.cli.options import AsJson, RulesFile, VarFiles, lint_settings, rules_of, standard_input
from doghouse.cli.terminal import ended_by, fail
from doghouse.reports import LintResult

if TYPE_CHECKING:
    from doghouse.monitors.lint.settings import Settings


def lint(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            help="Monitors, lists, assets, folders with .json, .yaml and .tf files, terraform's JSON, or - for standard input.",
            metavar="PATH...",
        ),
    ] = None,
    metrics: Annotated[
        list[Path] | None,
        typer.Option(help="A metadata.csv with the metrics' intervals; an integration's own is found by itself."),
    ] = None,
    var_file: VarFiles = None,
    rules: RulesFile = None,
    select: Annotated[
        list[str] | None,
        typer.Option(help="Look for these rules alone: ids and patterns such as message-*, all, default; with commas."),
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(help="Do not look for these rules.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
    explain: Annotated[
        str | None, typer.Option(metavar="ID", help="Print the page of a rule: what, why, how to mend it; or all ids.")
    ] = None,
    junit: Junit = None,
    output: Format = None,
    as_json: AsJson = False,
) -> None:
    """Find what is wrong with monitors before they go anywhere; exit 1 if any is wrong. Downtimes are looked at too.

    Example: terraform show -json | doghouse lint -
    """
    if explain is not None:
        _explain(explain)
        return
    if not paths:
        raise fail("lint needs a PATH: a file or a folder of monitors, or - for standard input", 64)
    write = chosen(output, as_json, LintResult)
    from doghouse.importing import monitor_files, verdicts

    settings = _settings(select, ignore, strict)
    text = standard_input() if monitor_files.STDIN in paths else None
    intervals = {name: every for path in metrics or [] for name, every in _intervals(path).items()}
    things = (thing for _, inside in monitor_files.collect_each(paths, text, var_file or ()) for thing in inside)
    linted = verdicts.lint_all(things, intervals, rules_of(rules), settings)
    result = LintResult(linted)
    write_junit(junit, result)
    write(result, sys.stdout)
    if any(entry.verdict == "wrong" for entry in linted):
        raise typer.Exit(1)


def _explain(name: str) -> None:
    """Print a rule's page; for `all` a line for each rule."""
    from doghouse.cli.terminal import console
    from doghouse.monitors.lint import RULES, pages
    from doghouse.monitors.lint.settings import ALL, unknown_rule

    screen = console()
    if name == ALL:
        for rule in sorted(RULES.values(), key=lambda rule: rule.id):
            screen.print(f"{rule.id}  {rule.severity}{'' if rule.on else ', off'}  {rule.words}", markup=False)
        return
    if name not in RULES:
        raise fail(f"--explain: {unknown_rule(name)}", 64)
    from rich.markdown import Markdown

    screen.print(Markdown(pages.page(name)))


def _settings(select: list[str] | None, ignore: list[str] | None, strict: bool) -> Settings:
    """What the command line says, and where it says nothing the nearest file of settings."""
    from msgspec.structs import replace

    from doghouse.monitors.lint import settings

    base = lint_settings()
    with ended_by(settings.SettingsError, code=64):
        ids = settings.chosen(_ids(select) if select else base.chosen) - settings.ignored(_ids(ignore))
    return replace(base, chosen=ids, strict=strict or base.strict)


def _ids(texts: list[str] | None) -> list[str]:
    return [name for names in texts or () for name in (part.strip() for part in names.split(",")) if name]


def _intervals(path: Path) -> Mapping[str, int]:
    from doghouse.files import FileError
    from doghouse.importing import monitor_files

    try:
        return monitor_files.intervals(path)
    except FileError as error:
        raise fail(f"--metrics: {error.of(path)}") from None
    except ValueError as error:
        raise fail(f"--metrics: {path} {error}") from None
