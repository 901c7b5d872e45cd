"""An output format is written once, in one module, and lint, test and backtest print through it."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from doghouse import reports
from doghouse.cli import application
from doghouse.reports import BacktestResult, LintResult, UnitTestResult, formats, registry, writes

MODULE = """
from doghouse.reports import BacktestResult, LintResult, UnitTestResult, writes

@writes("brief", LintResult)
def lint(result, out):
    for one in result.linted:
        out.write(f"{one.name} is {one.verdict}: {[problem.rule for problem in one.problems]}")

@writes("brief", UnitTestResult)
def unit_tests(result, out):
    for one in result.tests:
        out.write(f"{one.name} {'passed' if one.passed else 'failed'}")

@writes("brief", BacktestResult)
def backtests(result, out):
    for one in result.backtests:
        out.write(f"{one.name} changed {one.figures.changes} times")
"""
BODY = {"type": "metric alert", "name": "high", "query": "avg(last_5m):avg:m{*} > 90", "message": "@a@example.com"}
TESTS = """
monitor: monitor.json
start: 2026-03-02T10:00:00Z
tests:
  - name: it fires
    series: {m: 95x10}
    transitions: [+1m Alert]
"""
SERIES = "metric,timestamp,value\n" + "".join(f"m,{1_772_445_600 + 60 * n},{95 if n > 9 else 5}\n" for n in range(20))
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A command over a folder with a monitor, a test of it and points."""
    (tmp_path / "monitor.json").write_text(json.dumps(BODY))
    (tmp_path / "m.test.yaml").write_text(TESTS)
    (tmp_path / "points.csv").write_text(SERIES)
    given = {
        "lint": [str(tmp_path / "monitor.json")],
        "test": [str(tmp_path / "m.test.yaml")],
        "backtest": [
            *(str(tmp_path / "monitor.json"), "--series", str(tmp_path / "points.csv")),
            *("--from", "1772445600", "--to", "1772446800"),
        ],
    }
    return lambda command, *options: CliRunner().invoke(application([command]), [command, *given[command], *options])


@pytest.fixture
def added(tmp_path: Path) -> Iterator[None]:
    """A format in a file of its own beside those of the house, there for one test."""
    folder = tmp_path / "formats"
    folder.mkdir()
    (folder / "brief.py").write_text(MODULE)
    reports.__path__.append(str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        reports.__path__.remove(str(folder))
        sys.modules.pop(f"{reports.__name__}.brief", None)
        for key in [key for key in registry.WRITERS if key[1] == "brief"]:
            del registry.WRITERS[key]


def test_recipe_output_format(added: None, run: Run) -> None:
    assert run("lint", "--format", "brief").stdout == "high is ok: []"
    assert run("test", "--format", "brief").stdout == "it fires passed"
    assert run("backtest", "--format", "brief").stdout == "high changed 1 times"


@pytest.mark.parametrize("command", ["lint", "test", "backtest"])
def test_json_is_short_for_the_format_json_and_text_is_what_is_printed_otherwise(run: Run, command: str) -> None:
    assert json.loads(run(command, "--json").stdout)
    assert run(command, "--json").stdout == run(command, "--format", "json").stdout
    assert run(command).stdout == run(command, "--format", "text").stdout != ""


@pytest.mark.parametrize("command", ["lint", "test"])
def test_a_junit_file_holds_what_the_format_junit_prints(run: Run, command: str, tmp_path: Path) -> None:
    printed = run(command, "--format", "junit").stdout
    beside = run(command, "--junit", str(tmp_path / "out.xml"))
    assert printed.startswith("<?xml version='1.0' encoding='utf-8'?>\n<testsuites")
    assert (tmp_path / "out.xml").read_text() == printed
    assert beside.stdout == run(command).stdout


def test_an_unknown_format_is_refused_with_those_that_there_are(run: Run) -> None:
    for command, kind in (("lint", LintResult), ("test", UnitTestResult), ("backtest", BacktestResult)):
        refused = run(command, "--format", "yaml")
        assert (refused.exit_code, refused.stdout) == (64, "")
        assert refused.stderr == f"doghouse: --format: 'yaml' is none of {', '.join(formats(kind))}\n"


def test_json_and_another_format_cannot_both_be_asked_for(run: Run) -> None:
    refused = run("lint", "--json", "--format", "text")
    assert (refused.exit_code, refused.stdout) == (64, "")
    assert "--json means --format json, not text" in refused.stderr


def test_two_functions_for_the_same_result_and_format_are_refused() -> None:
    with pytest.raises(ValueError, match="two functions write a LintResult as json"):
        writes("json", LintResult)(lambda result, out: None)
