"""The pages of the lint rules: the examples on them are what lint says they are, and the command prints them."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from memory_points import T0, minutely, source
from typer.testing import CliRunner

from doghouse.backtest import backtest
from doghouse.cli import application
from doghouse.importing import monitor_files, verdicts
from doghouse.monitors import parse
from doghouse.monitors.lint import RULES, Problem, by_default, by_history, pages
from doghouse.monitors.lint.settings import Settings

EXAMPLE = re.compile(r"^```(\w+) (wrong|right|metrics|history)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples(rule: str) -> dict[str, tuple[str, str]]:
    """The kind of file and the text of each example on a page, by what it is an example of."""
    return {what: (kind, text) for kind, what, text in EXAMPLE.findall(pages.page(rule))}


def found(rule: str, what: str, folder: Path) -> Iterator[Problem]:
    """The problems of an example that break the rule."""
    return (one for one in problems(rule, what, folder, frozenset(RULES)) if one.rule == rule)


def problems(rule: str, what: str, folder: Path, chosen: frozenset[str]) -> Iterator[Problem]:
    """All problems of an example."""
    given = examples(rule)
    kind, text = given[what]
    file = folder / {"hcl": "main.tf", "json": "example.json"}[kind]
    file.write_text(text)
    intervals = {}
    if "metrics" in given:
        (folder / "metadata.csv").write_text(given["metrics"][1])
        intervals = monitor_files.intervals(folder / "metadata.csv")
    things = monitor_files.collect(str(folder if kind == "hcl" else file))
    for one in verdicts.lint_all(things, intervals, settings=Settings(chosen)):
        yield from one.problems
    if "history" in given:
        values = [float(value) for value in given["history"][1].split()]
        monitor = parse(json.loads(text))
        points = source(minutely(values, metric=monitor.metrics[0], tags=("env:prod",)))
        test = backtest(monitor, points, T0, T0 + 60 * len(values))
        yield from by_history(monitor, ((one.group, one.history) for one in test.timelines))


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_wrong_example_of_a_page_breaks_its_rule_as_badly_as_the_rule_says(rule: str, tmp_path: Path) -> None:
    assert {one.severity for one in found(rule, "wrong", tmp_path)} == {RULES[rule].severity}


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_right_example_of_a_page_does_not(rule: str, tmp_path: Path) -> None:
    assert list(found(rule, "right", tmp_path)) == []


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_right_example_of_a_page_breaks_no_other_rule(rule: str, tmp_path: Path) -> None:
    assert [one for one in problems(rule, "right", tmp_path, by_default()) if one.severity != "note"] == []


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_mend_of_the_wrong_example_is_a_part_of_the_right_one(rule: str, tmp_path: Path) -> None:
    """Where a problem says what to write, the right example has it; and what it replaces stands in the wrong one."""
    right, wrong = examples(rule)["right"][1], examples(rule)["wrong"][1]
    for mend in [one.mend for one in found(rule, "wrong", tmp_path) if one.mend is not None]:
        assert mend.new in right.replace('\\"', '"')
        assert mend.old in wrong.replace('\\"', '"')


def test_the_command_prints_the_page_of_a_rule() -> None:
    shown = CliRunner().invoke(application(["lint"]), ["lint", "--explain", "message-unclosed-block"])
    assert shown.exit_code == 0
    assert "A block of a message is never closed." in shown.stdout
    assert "{{/is_alert}}" in shown.stdout


def test_the_command_lists_every_rule() -> None:
    shown = CliRunner().invoke(application(["lint"]), ["lint", "--explain", "all"])
    assert [line.split("  ")[0] for line in shown.stdout.splitlines()] == sorted(RULES)


def test_a_page_of_no_rule_is_wrong_use_and_the_nearest_is_named() -> None:
    shown = CliRunner().invoke(application(["lint"]), ["lint", "--explain", "message-unclosed-blok"])
    assert shown.exit_code == 64
    assert "did you mean message-unclosed-block?" in shown.output


ROW = re.compile(
    r"^\| \[([\w-]+)\]\(\1\.md\) \| (\w+) \| (\w+) \| ([^|]+) \| (\d+|–) \| (?:(\d+) of (\d+)|–) \|$", re.MULTILINE
)


def rows() -> list[tuple[str, ...]]:
    """The rows of the table of rules: id, severity, whether it is on, words, findings, wrong, looked at."""
    return ROW.findall(pages.page("README"))


def test_the_table_of_rules_has_each_rule_as_it_is() -> None:
    on = {one.id: "always" if one.always else "yes" if one.on else "no" for one in RULES.values()}
    assert [row[:4] for row in rows()] == [
        (one.id, one.severity, on[one.id], one.words) for one in sorted(RULES.values(), key=lambda each: each.id)
    ]


def test_a_rule_that_was_wrong_in_more_than_one_of_ten_is_off_by_default() -> None:
    for name, _, on, _, findings, wrong, looked_at in rows():
        assert int(looked_at or 0) <= int(findings.replace("–", "0"))
        assert on == "no" or int(wrong or 0) * 10 <= int(looked_at or 0), name


def test_the_pages_stand_in_the_wheel(tmp_path: Path) -> None:
    builder = pytest.importorskip("hatchling.builders.wheel").WheelBuilder(str(Path(__file__).parents[3]))
    (wheel,) = builder.build(directory=str(tmp_path))
    names = zipfile.ZipFile(wheel).namelist()
    assert {f"doghouse/monitors/lint/pages/{one}.md" for one in RULES} <= set(names)
