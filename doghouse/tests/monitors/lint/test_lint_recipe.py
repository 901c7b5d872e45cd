"""A lint rule is written once, in one module: the command and its formats find it, and it has a page in docs/rules/."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from doghouse.cli import application
from doghouse.monitors import Definition, parse
from doghouse.monitors.lint import lint, rules
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import RULES, Problem, rule

PAGES = Path(__file__).parents[4] / "docs" / "rules"
BODY = {
    "type": "metric alert",
    "name": "forbidden",
    "query": "avg(last_5m):avg:m{*} > 90",
    "message": "@ops@example.com",
}
MODULE = '''
from doghouse.monitors.lint.rule import Problem, rule

@rule("no-forbidden-name", "A monitor has a name that nobody may use")
def no_forbidden_name(monitor, context):
    """Names that are forbidden."""
    if monitor.name == "forbidden":
        yield Problem("name", "this name is forbidden", "error", 1, 1)
'''


@pytest.fixture
def added(tmp_path: Path) -> Iterator[str]:
    """A rule in a file of its own beside those of the house, there for one test."""
    (tmp_path / "no_forbidden_name.py").write_text(MODULE)
    rules.__path__.append(str(tmp_path))
    try:
        importlib.import_module(f"{rules.__name__}.no_forbidden_name")
        yield "no-forbidden-name"
    finally:
        rules.__path__.remove(str(tmp_path))
        del RULES["no-forbidden-name"]
        del sys.modules[f"{rules.__name__}.no_forbidden_name"]


def test_recipe_of_a_lint_rule_the_command_lists_what_it_finds_in_every_format(added: str, tmp_path: Path) -> None:
    file = tmp_path / "monitor.json"
    file.write_text(json.dumps(BODY))
    app = application(["lint"])
    shown = CliRunner().invoke(app, ["lint", str(file), "--junit", str(tmp_path / "out.xml")])
    document = json.loads(CliRunner().invoke(app, ["lint", str(file), "--json"]).stdout)
    assert shown.exit_code == 1
    assert "name 1:1  error  no-forbidden-name  this name is forbidden" in shown.stdout
    assert document["monitors"][0]["problems"][0]["text"] == "this name is forbidden"
    assert "this name is forbidden" in (tmp_path / "out.xml").read_text()


def test_recipe_of_a_lint_rule_its_problems_bear_its_id(added: str) -> None:
    assert [(one.field, one.rule) for one in lint(parse(BODY))] == [("name", added)]


def test_two_rules_of_one_id_are_refused() -> None:
    def find(_: Definition, __: Context) -> list[Problem]:
        return []

    with pytest.raises(ValueError, match="two lint rules are called refused"):
        rule("refused", "once more")(find)


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} - {"README"} == set(RULES)
    for one in RULES.values():
        title, words = re.split(r"\n\n", (PAGES / f"{one.id}.md").read_text())[:2]
        assert (title, words) == (f"# {one.id}", f"{one.words}.")


def test_every_problem_of_a_monitor_bears_the_id_of_a_rule() -> None:
    wrong = BODY | {
        "message": "{{#is_alert}}",
        "options": {"nope": 1, "escalation_message": "x", "renotify_interval": 0},
    }
    found = lint(parse(wrong))
    assert {one.rule for one in found} == {"message-unclosed-block", "unknown-option", "escalation-never-sent"}
