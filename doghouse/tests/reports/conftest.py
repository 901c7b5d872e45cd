"""A folder in a repository, with monitors and unit tests that have something wrong, and the commands over it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from doghouse.cli import application

GOOD = {
    "type": "metric alert",
    "name": "fine",
    "query": "avg(last_5m):avg:m{*} > 90",
    "message": "high @ops@example.com",
}
UNCLOSED = GOOD | {
    "query": "avg(last_5m):avg:cpu{*} > 90",
    "name": "cpu | 100%, <b>@here</b> #12",
    "message": "{{#is_alert}}high @ops@example.com",
}
UNKNOWN = GOOD | {"query": "avg(last_5m):avg:n{*} > 90", "options": {"nope": 1}}
QUIET = UNKNOWN | {
    "query": "avg(last_5m):avg:q{*} > 90",
    "name": "quiet",
    "tags": ["doghouse-ignore:unknown-option:it_is_for_a_later_release"],
}
TESTS = """
monitor: ../monitors/fine.json
start: 2026-03-02T10:00:00Z
tests:
  - name: it fires
    series: {m: 95x10}
    transitions: [+1m Alert]
  - name: it stays
    series: {m: 95x10}
    transitions: []
"""
Run = Callable[..., Result]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "monitors").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "monitors" / "fine.json").write_text(json.dumps(GOOD, indent=2))
    (tmp_path / "monitors" / "many.json").write_text(json.dumps([UNKNOWN, UNCLOSED], indent=2))
    (tmp_path / "monitors" / "quiet.json").write_text(json.dumps(QUIET, indent=2))
    (tmp_path / "tests" / "fine.test.yaml").write_text(TESTS)
    (tmp_path / "tests" / "broken.test.yaml").write_text(
        "monitor: nowhere.json\nstart: 2026-03-02T10:00:00Z\ntests: []\n"
    )
    monkeypatch.chdir(tmp_path / "monitors")
    return tmp_path


@pytest.fixture
def run() -> Run:
    return lambda command, *given: CliRunner().invoke(application([command]), [command, *map(str, given)])
