"""A folder inside a folder that is named may not be read: what is in it is not said to be checked, nor taken for nothing."""

import ctypes
import json
import subprocess
import sys

import pytest

from doghouse.files.places.folders import LocalFolder

MONITOR = {"name": "a", "type": "query alert", "query": "avg(last_5m):avg:m{*} > 1", "message": "m @a@example.com"}
PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="root reads every folder unless Linux takes that from it"
)


def as_anybody():
    """Takes from root what lets it read everything; fails in silence for who may not do that, and reads no more than others."""
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability)


def doghouse(folder, *arguments):
    command = [sys.executable, "-m", "doghouse", *arguments]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, preexec_fn=as_anybody, check=False)
    return ran.returncode, ran.stdout + ran.stderr


@pytest.fixture
def closed(tmp_path):
    """A folder `all` with `open` and `closed` in it: monitors, a test, and points of both."""
    for name in ("open", "closed"):
        folder = tmp_path / "all" / name
        folder.mkdir(parents=True)
        (folder / f"{name}.json").write_text(json.dumps({**MONITOR, "name": name}))
        (folder / f"{name}.parquet").write_bytes(b"")
        test = {
            "monitor": f"{name}.json",
            "tests": [{"name": "t", "series": [{"m": "2x10"}], "expect": {"+6m": "Alert"}}],
        }
        (folder / f"{name}.test.yaml").write_text(json.dumps(test))
    folder.chmod(0)
    yield tmp_path
    folder.chmod(0o700)


def test_lint_counts_it_as_wrong(closed):
    code, said = doghouse(closed, "lint", "all")
    assert code == 1
    assert "all/closed" in said
    assert "cannot be read: Permission denied" in said
    assert "1 ok, 1 wrong" in said


@pytest.mark.parametrize(
    "arguments", [("test", "all"), ("backtest", "open.json", "--series", "all", "--from", "0", "--to", "600")], ids=str
)
def test_tests_and_history_are_not_those_of_the_other_folders_alone(closed, arguments):
    (closed / "open.json").write_text(json.dumps(MONITOR))
    code, said = doghouse(closed, *arguments)
    assert code == 1
    assert "all/closed: Permission denied" in said


def test_a_folder_that_is_not_there_has_no_files(tmp_path):
    assert LocalFolder(tmp_path).entries("nothing") == []
