"""`make validate` fails where it should, and leaves the caller's configuration alone."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent.parent

needs_ddev = pytest.mark.skipif(
    not (ROOT / ".venv-ddev/setup-stamp").exists(), reason="ddev is not set up: make validate"
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy of what ddev reads of this one."""
    for name in (".ddev", ".github", "my_metric"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns(".*_cache", ".hypothesis", "dist"))
    return tmp_path


def validate(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts/validate.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@needs_ddev
def test_what_is_in_order_passes(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("home")

    ended = validate("--root", repository, "typos", "config", HOME=str(home))

    assert ended.returncode == 0
    assert ended.stdout.splitlines()[-1] == "validate: 2 passed, 0 failed"
    assert list(home.iterdir()) == []


WRONG = {
    "typos": ("my_metric/README.md", "random", "randmo wich teh"),
    "config": ("my_metric/assets/configuration/spec.yaml", "45", "46"),
    "metadata": ("my_metric/metadata.csv", "gauge", "gage"),
    "codeowners": (".github/CODEOWNERS", "@example-org/my-metric", "me@example.com"),
}


@needs_ddev
def test_each_thing_that_is_wrong_fails_its_step_and_the_whole(repository: Path) -> None:
    for file, old, new in WRONG.values():
        replace(repository / file, old, new)

    ended = validate("--root", repository, *WRONG)

    assert ended.returncode == 1
    assert set(re.findall(r"^failed +[\d.]+ s  (\w+)$", ended.stdout, re.M)) == set(WRONG)
    assert ended.stdout.splitlines()[-1] == "validate: 0 passed, 4 failed"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(["nope"], "there is no step nope"), (["--root", "/nowhere"], "/nowhere has no my_metric/")],
)
def test_a_wrong_argument_is_refused_in_one_sentence(arguments: list[str], sentence: str) -> None:
    ended = validate(*arguments)

    assert (ended.returncode, ended.stdout) == (64, "")
    assert ended.stderr == f"validate: {sentence}\n"
