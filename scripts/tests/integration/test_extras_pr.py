"""`make extras-pr` on a small clone that looks like integrations-extras, judged by ddev itself."""

import hashlib
import json
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parent.parent.parent.parent
MODULE = runpy.run_path(str(ROOT / "scripts/extras_pr.py"))
OURS = (ROOT / ".github/workflows/test-all.yml").read_text()
NEIGHBOURS = {"aqua": "Aqua", "mergify": "Mergify", "neo4j": "Neo4j", "zabbix": "Zabbix"}
HATCH_ENVIRONMENTS = ROOT / ".venv-ddev/home/data/hatch/env/virtual/datadog-my-metric"
PINNED = "0123456789abcdef0123456789abcdef01234567"

CODEOWNERS = """\
*                                        @example-org/everyone

# Community partners
/aqua/                                   @example-org/aqua
/mergify/                                @example-org/mergify
/neo4j/                                  @example-org/neo4j
/zabbix/                                 @example-org/zabbix
/added_last/                             @example-org/last

# Community Partners + Documentation
/aqua/README.md                          @example-org/aqua @example-org/docs
"""
LABELER = """\
documentation:
- changed-files:
  - any-glob-to-any-file:
    - '**/*.md'
integration/aqua:
- changed-files:
  - any-glob-to-any-file:
    - aqua/**/*
integration/zabbix:
- changed-files:
  - any-glob-to-any-file:
    - zabbix/**/*
"""
# The rules of lint there, in our words.
PYPROJECT = """\
[tool.ruff]
target-version = "py313"
line-length = 120
namespace-packages = ["datadog_checks"]
exclude = ["__init__.py", "**/config_models/instance.py", "**/config_models/shared.py", "**/config_models/defaults.py"]
[tool.ruff.lint]
select = ["B", "C", "E", "F", "G", "I", "TID252", "W"]
ignore = ["B904", "B905", "C901"]
[tool.ruff.format]
quote-style = "preserve"
[tool.ruff.lint.per-file-ignores]
"**/tests/**/*" = ["TID252"]
"""


def job(folder: str, title: str) -> str:
    """A neighbour's job, as ddev writes it."""
    mine = MODULE["our_job"](OURS)
    names = {"My Metric": title, "my_metric": folder, "@master": f"@{PINNED}"}
    for old, new in names.items():
        mine = mine.replace(old, new)
    return f"  j{hashlib.sha256(title.encode()).hexdigest()[:7]}:\n" + mine.partition("\n")[2]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Four integrations, and the files at the root that ddev reads."""
    folder = tmp_path / "integrations-extras"
    workflows = folder / ".github/workflows"
    (workflows / "config").mkdir(parents=True)
    (folder / ".github/CODEOWNERS").write_text(CODEOWNERS)
    (workflows / "config/labeler.yml").write_text(LABELER)
    head = OURS.partition("\njobs:")[0]
    (workflows / "test-all.yml").write_text(
        f"{head}\njobs:\n" + "".join(job(*neighbour) for neighbour in NEIGHBOURS.items())
    )
    (workflows / "test-all-windows.yml").write_text(f"{head}\njobs: {{}}\n")
    (folder / "pyproject.toml").write_text(PYPROJECT)
    for name, title in NEIGHBOURS.items():
        (folder / name / "tests").mkdir(parents=True)
        (folder / name / "hatch.toml").write_text("[env.collectors.datadog-checks]\n")
        tile = {"classifier_tags": ["Supported OS::Linux"]}
        manifest = {"manifest_version": "2.0.0", "tile": tile, "assets": {"integration": {"source_type_name": title}}}
        (folder / name / "manifest.json").write_text(json.dumps(manifest))
    subprocess.run(["git", "init", "-q", "-b", "master", str(folder)], check=True)
    return folder


def extras_pr(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts/extras_pr.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def contents(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file() and ".git" not in file.relative_to(folder).parts)
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def test_the_folder_is_copied_as_git_knows_it_and_nothing_else(clone: Path) -> None:
    assert extras_pr(clone).returncode == 0

    listed = subprocess.run(["git", "ls-files", "my_metric"], cwd=ROOT, capture_output=True, text=True, check=True)
    copied = {f"my_metric/{name}": data for name, data in contents(clone / "my_metric").items()}
    assert copied == {name: (ROOT / name).read_bytes() for name in listed.stdout.split("\n") if name}


def test_the_folder_has_an_owner_in_the_column_and_the_run_of_the_others(clone: Path) -> None:
    extras_pr(clone, "--owner", "@example-org/me")

    before, after = CODEOWNERS.splitlines(), (clone / ".github/CODEOWNERS").read_text().splitlines()
    assert [line for line in after if line not in before] == [
        "/my_metric/                              @example-org/me"
    ]
    assert [line for line in after if line in before] == before
    assert [line.split()[0] for line in after[3:8]] == ["/aqua/", "/mergify/", "/my_metric/", "/neo4j/", "/zabbix/"]


def test_the_owner_stands_between_the_lines_of_two_others(clone: Path) -> None:
    several = """\
/mergify/                                @example-org/mergify
/mergify/*metadata.csv                   @example-org/mergify @example-org/docs
/mergify/manifest.json                   @example-org/mergify @example-org/docs
/neo4j/                                  @example-org/neo4j
/neo4j/README.md                         @example-org/neo4j @example-org/docs
"""
    (clone / ".github/CODEOWNERS").write_text(several)
    extras_pr(clone, "--owner", "@example-org/me")

    after = [line.split()[0] for line in (clone / ".github/CODEOWNERS").read_text().splitlines()]
    assert after == [
        *("/mergify/", "/mergify/*metadata.csv", "/mergify/manifest.json", "/my_metric/", "/neo4j/", "/neo4j/README.md")
    ]


def test_the_job_stands_in_the_order_of_folders_and_uses_the_version_of_the_others(clone: Path) -> None:
    extras_pr(clone)

    jobs = yaml.safe_load((clone / ".github/workflows/test-all.yml").read_text())["jobs"]
    assert [job["with"]["target"] for job in jobs.values()] == ["aqua", "mergify", "my_metric", "neo4j", "zabbix"]
    assert {job["uses"].partition("@")[2] for job in jobs.values()} == {PINNED}


def test_the_label_stands_in_alphabetical_order(clone: Path) -> None:
    extras_pr(clone)

    labels = yaml.safe_load((clone / ".github/workflows/config/labeler.yml").read_text())
    assert list(labels) == ["documentation", "integration/aqua", "integration/my_metric", "integration/zabbix"]
    assert labels["integration/my_metric"] == [{"changed-files": [{"any-glob-to-any-file": ["my_metric/**/*"]}]}]


def test_a_clone_without_a_labeler_needs_no_label(clone: Path) -> None:
    (clone / ".github/workflows/config/labeler.yml").unlink()

    assert extras_pr(clone).returncode == 0
    assert not (clone / ".github/workflows/config/labeler.yml").exists()


def test_a_second_time_changes_nothing(clone: Path) -> None:
    extras_pr(clone)
    once = contents(clone)

    assert "my_metric/: 0 files written" in extras_pr(clone).stdout
    assert contents(clone) == once


def test_a_file_that_is_gone_here_goes_there_and_one_that_git_does_not_know_stays(clone: Path) -> None:
    extras_pr(clone)
    (clone / "my_metric/stale.py").touch()
    subprocess.run(["git", "add", "my_metric"], cwd=clone, check=True)
    (clone / "my_metric/notes.txt").touch()

    extras_pr(clone)

    assert not (clone / "my_metric/stale.py").exists()
    assert (clone / "my_metric/notes.txt").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "name a clone of integrations-extras"),
        (["/nowhere/at/all"], "is not a folder"),
        ([ROOT], "is this repository"),
        ([ROOT / "docs"], "has no .git"),
    ],
)
def test_what_is_no_clone_is_refused_in_one_sentence(arguments: list[object], sentence: str) -> None:
    ended = extras_pr(*arguments)

    assert (ended.returncode, ended.stdout) == (64, "")
    assert sentence in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_mail_address_as_owner_is_refused(clone: Path) -> None:
    before = contents(clone)

    assert extras_pr(clone, "--owner", "me@example.com").returncode == 64
    assert contents(clone) == before


@given(names=st.lists(st.text("abc", min_size=1, max_size=3), unique=True), name=st.text("abc", min_size=1, max_size=3))
def test_in_a_sorted_list_a_name_goes_where_the_list_stays_sorted(names: list[str], name: str) -> None:
    names = sorted(set(names) - {name})
    at = MODULE["place"](names, name)

    assert [*names[:at], name, *names[at:]] == sorted([*names, name])


@pytest.fixture
def no_environment_left() -> Iterator[None]:
    """hatch makes an environment for each folder that it is run from; those of temporary folders go."""
    before = set(HATCH_ENVIRONMENTS.glob("*"))
    yield
    for environment in set(HATCH_ENVIRONMENTS.glob("*")) - before:
        shutil.rmtree(environment)


@pytest.mark.usefixtures("no_environment_left")
@pytest.mark.skipif(not (ROOT / ".venv-ddev/setup-stamp").exists(), reason="ddev is not set up: make validate")
def test_ddev_passes_there(clone: Path) -> None:
    extras_pr(clone)
    steps = ["ci", "codeowners", "lint", "metadata", "readmes"]

    command = [sys.executable, str(ROOT / "scripts/validate.py"), "--root", str(clone), *steps]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ended.stdout.splitlines()[-1] == "validate: 5 passed, 0 failed", ended.stdout
