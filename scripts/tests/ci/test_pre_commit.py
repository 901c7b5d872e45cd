"""The hooks of .pre-commit-hooks.yaml, run by the real pre-commit in a repository with monitors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from scripts.tests.example import GOOD, TESTS

ROOT = Path(__file__).resolve().parents[3]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
BIN = Path(sys.executable).parent
DEADLINE_S = 600
Ran = subprocess.CompletedProcess[str]
Run = Callable[..., Ran]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """With the hooks as they stand, but taken from this environment: what installs them is tried below."""
    folder = tmp_path / "repository"
    folder.mkdir()
    local = [hook | {"language": "system"} for hook in HOOKS]
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [{"repo": "local", "hooks": local}]}))
    (folder / "cpu.json").write_text(json.dumps(GOOD))
    (folder / "cpu.test.yaml").write_text(TESTS)
    (folder / "README.md").write_text("# Monitors\n")
    command(folder, "git", "init", "-q", ".")
    command(folder, "git", "add", "-A")
    return folder


def command(folder: Path, *words: str) -> Ran:
    env = os.environ | {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(folder.parent / "pre-commit"),
        "PRE_COMMIT_COLOR": "never",
    }
    return subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, timeout=DEADLINE_S)


def hooks(folder: Path, *words: str) -> Ran:
    return command(folder, str(BIN / "pre-commit"), "run", *words)


def test_monitors_that_are_well_pass(repository: Path) -> None:
    ran = hooks(repository, "--verbose")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 monitor: 1 ok" in ran.stdout
    assert "1 passed, 0 failed" in ran.stdout


def test_a_wrong_monitor_and_the_test_that_it_fails_stop_the_commit(repository: Path) -> None:
    (repository / "cpu.json").write_text(json.dumps(GOOD | {"options": {"thresholds": {"critical": 80}}}))
    command(repository, "git", "add", "-A")
    ran = hooks(repository)
    assert ran.returncode == 1
    assert "cpu.json:1  options.thresholds.critical  error  " in ran.stdout

    (repository / "cpu.json").write_text(json.dumps(GOOD | {"query": "avg(last_5m):avg:m{*} > 99"}))
    command(repository, "git", "add", "-A")
    ran = hooks(repository)
    assert ran.returncode == 1
    assert "FAIL  it fires" in ran.stdout


def test_a_commit_without_monitors_runs_nothing(repository: Path) -> None:
    ran = hooks(repository, "--files", "README.md")
    assert ran.returncode == 0
    assert ran.stdout.count("(no files to check)Skipped") == len(HOOKS) == 2


def test_what_ci_md_shows_chooses_a_folder(repository: Path) -> None:
    page = (ROOT / "docs" / "ci.md").read_text()
    shown = yaml.safe_load(page.partition("<!-- .pre-commit-config.yaml -->\n```yaml\n")[2].partition("```")[0])
    (entry,) = shown["repos"]
    assert [hook["id"] for hook in entry["hooks"]] == [hook["id"] for hook in HOOKS]
    local = [hook | {"language": "system"} | mine for hook, mine in zip(HOOKS, entry["hooks"], strict=True)]
    (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [{"repo": "local", "hooks": local}]}))
    (repository / "monitors").mkdir()
    for name in ("cpu.json", "cpu.test.yaml"):
        (repository / name).rename(repository / "monitors" / name)
    (repository / "broken.json").write_text("{")
    command(repository, "git", "add", "-A")
    ran = hooks(repository, "--verbose")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 monitor: 1 ok" in ran.stdout


@pytest.mark.slow
def test_pre_commit_installs_the_hooks_from_a_checkout(repository: Path) -> None:
    """It needs a registry of packages: without one it is skipped, and says so."""
    ran = command(repository, str(BIN / "pre-commit"), "try-repo", str(ROOT), "--all-files", "--verbose")
    text = ran.stdout + ran.stderr
    if "Could not find a version" in text or "No matching distribution" in text or "Temporary failure in name" in text:
        pytest.skip("no registry of packages can be reached")
    assert ran.returncode == 0, text
    assert "1 monitor: 1 ok" in text
    assert "1 passed, 0 failed" in text
