"""Text for people, with colours on a terminal: one idea a line."""

from __future__ import annotations

import itertools
from functools import partial
from typing import TYPE_CHECKING, TextIO

from doghouse.reports.registry import writes
from doghouse.reports.results import Backtested, BacktestResult, LintResult, UnitTestResult
from doghouse.reports.text.screen import Look, console

if TYPE_CHECKING:
    from rich.console import Console

    from doghouse.monitors.lint import Problem
    from doghouse.testing.running import Result

SEVERITIES = {"error": "red", "warning": "yellow", "note": "bright_black"}


@writes("text", LintResult)
def lint(result: LintResult, out: TextIO) -> None:
    """A line a problem: where, and what; then what is suppressed, and the counts."""
    screen = console(out)
    for linted in result.linted:
        for problem, line in zip(linted.problems, linted.lines, strict=True):
            style = SEVERITIES[problem.severity]
            _problem(screen, linted.place(line), problem, f"[{style}]{problem.severity}[/]", problem.text)
            if problem.mend is not None:
                screen.print(f"    use: {problem.mend.sentence}", style="bright_black", markup=False)
        for suppressed in linted.suppressed:
            text = f"{suppressed.problem.text} (because: {suppressed.reason})"
            _problem(screen, linted.place(suppressed.line), suppressed.problem, "[bright_black]suppressed[/]", text)
    for summary in result.summaries:
        screen.print(summary, markup=False)


def _problem(screen: Console, place: str, problem: Problem, how_bad: str, text: str) -> None:
    from rich.markup import escape

    inside = f"{problem.field}" + (f" {problem.line}:{problem.column}" if problem.line else "")
    screen.print(f"  {escape(place)}  [bright_black]{escape(inside)}[/]  {how_bad}  {problem.rule}  ", end="")
    screen.print(text, markup=False)


@writes("text", UnitTestResult)
def unit_tests(result: UnitTestResult, out: TextIO) -> None:
    """Each test, and for one that failed expected and got."""
    screen = console(out)
    for path, tests in itertools.groupby(result.tests, key=lambda ran: ran.path):
        screen.print(f"  {path.name}", style="bold", markup=False)
        for ran in tests:
            _unit_test(screen, ran)
    screen.print(result.summary, markup=False)
    if result.coverage:
        from doghouse.reports.text import covered

        covered.coverage(screen, result.coverage)


def _unit_test(screen: Console, result: Result) -> None:
    from rich.markup import escape

    screen.print(
        f"    [green]ok[/]    {escape(result.name)}" if result.passed else f"    [red]FAIL[/]  {escape(result.name)}"
    )
    for difference in result.differences:
        place = f"  line {difference.line}"
        for label, lines in (("expected", difference.expected), ("got", difference.got)):
            first, *others = list(lines) or ["nothing"]
            screen.print(f"            {label:9} {first}{place}", markup=False)
            for line in others:
                screen.print(f"            {'':9} {line}", markup=False)
            place = ""


@writes("text", BacktestResult)
def backtests(result: BacktestResult, out: TextIO) -> None:
    """Each monitor's changes and figures, as soon as it is done."""
    text_of = partial(_backtest_text, several=result.several, zone=result.zone, look=Look.of(console(out)))
    for text in result.outputs(text_of):
        out.write(text)
        out.flush()


def _backtest_text(backtested: Backtested, several: bool, zone: str, look: Look) -> str:
    from doghouse.reports.text import tables

    screen = look.console()
    with screen.capture() as capture:
        if several:
            screen.print(backtested.name, style="bold", markup=False)
        tables.backtest_table(screen, backtested.result, backtested.figures, zone)
        if backtested.points:
            screen.print(backtested.points["note"], style="bright_black", markup=False)
        if backtested.suggestions:
            tables.suggestions(screen, backtested.suggestions)
    return capture.get()
