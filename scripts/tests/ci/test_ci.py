"""What docs/ci.md shows is run: the formats, the workflow, GitLab's job. pre-commit's part is in test_pre_commit.py."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.tests.example import GOOD, TESTS

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(sys.executable).parent
PAGE = (ROOT / "docs" / "ci.md").read_text()
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
DEADLINE_S = 120


def shown(file: str) -> Any:
    return yaml.safe_load(PAGE.partition(f"<!-- {file} -->\n```yaml\n")[2].partition("```")[0])


def bash(folder: Path, script: str, **env: str) -> subprocess.CompletedProcess[str]:
    path = {"PATH": f"{BIN}:{os.environ['PATH']}"}
    return subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=folder, env=os.environ | path | env, capture_output=True, text=True, timeout=DEADLINE_S,
    )  # fmt: skip


def test_every_format_of_the_page_is_one_of_those_commands() -> None:
    rows = re.findall(r"^\| `(\w[\w-]*)`[^|]*\| ([\w, ]+) \|", PAGE.partition("## GitHub Actions")[0], re.M)
    assert [name for name, _ in rows] == [
        "text",
        "markdown",
        "json",
        "json-lines",
        "github",
        "sarif",
        "gitlab",
        "junit",
    ]
    for name, commands in rows:
        for command in ("lint", "test", "backtest", *(("diff",) if commands == "all" else ())):
            arguments = {
                "lint": "docs/ci/monitors",
                "test": "docs/monitor-tests/below.test.yaml",
                "diff": "docs/ci/monitors docs/ci/monitors",
                "backtest": "docs/ci/monitors/queue.json --from now-1h --logs /dev/null",
            }[command]
            ran = bash(ROOT, f"doghouse {command} {arguments} --format {name}")
            has = commands == "all" or command in commands.split(", ")
            assert (ran.returncode != 64) == has, (command, name, ran.stderr)
            if not has:
                assert re.search(rf"--format: '{name}' is none of [\w, -]+\n", ran.stderr)


def test_the_workflow_uses_the_action_with_inputs_that_it_has_and_no_other_third_party() -> None:
    workflow = shown(".github/workflows/monitors.yml")
    (job,) = workflow["jobs"].values()
    used = {step["uses"].partition("@")[0]: step.get("with", {}) for step in job["steps"]}
    assert set(used) == {"actions/checkout", "actions/setup-python", "OWNER/REPOSITORY"}
    assert set(used["OWNER/REPOSITORY"]) <= set(ACTION["inputs"])
    assert workflow["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert workflow[True] == "pull_request"  # YAML 1.1 reads `on` as true


def test_the_page_lists_every_input() -> None:
    table = PAGE.partition("| input |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| ((?:`[\w-]+`(?:, )?)+) \|", table, re.M)
    assert [name for row in rows for name in re.findall(r"`([\w-]+)`", row)] == list(ACTION["inputs"])


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "monitors").mkdir()
    (tmp_path / "monitors" / "cpu.json").write_text(json.dumps(GOOD, indent=2))
    (tmp_path / "monitors" / "cpu.test.yaml").write_text(TESTS)
    commit = "git add -A && git -c user.name=a -c user.email=a@example.com commit -q -m change"
    assert (
        bash(tmp_path, f"git init -q -b main . && {commit} && git update-ref refs/remotes/origin/main HEAD").returncode
        == 0
    )
    return tmp_path


def test_gitlabs_job_passes_and_fails_as_its_commands_do(repository: Path) -> None:
    (job,) = shown(".gitlab-ci.yml").values()
    install, *commands = job["script"]
    assert (ROOT / install.partition("#subdirectory=")[2].strip('"') / "pyproject.toml").exists()
    script = "\n".join(commands)
    ran = bash(repository, script, CI_DEFAULT_BRANCH="main")
    assert ran.returncode == 0, ran.stderr
    reports = job["artifacts"]["reports"]["junit"]
    assert [name for name in reports if "<testsuites" not in (repository / name).read_text()] == []

    (repository / "monitors" / "cpu.json").write_text(json.dumps(GOOD | {"query": "avg(last_5m):avg:m{*} > 99"}))
    failed = bash(repository, script, CI_DEFAULT_BRANCH="main")
    assert failed.returncode == 1
    assert "FAIL  it fires" in failed.stdout
