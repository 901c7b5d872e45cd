"""A variable of the shell without a value, as in `doghouse up --data "$DATA"`, does not mean the working folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (("up", "--port", "0", "--data", ""), "'--data'"),
        (("up", "--port", "0", "--data="), "'--data'"),
        (("lint", "monitors", ""), "'PATH...'"),
        (("diff", "", ""), "'BASE'"),
        (("export", ""), "'PLACE'"),
        (("query", "avg:x{*}", "--keys-file", ""), "'--keys-file'"),
        (("agent", "configcheck", "--conf", ""), "'--conf'"),
        (("lint", "monitors", "--select", ""), "'--select'"),
        (("backtest", "high.json", "--from", "0", "--timezone="), "'--timezone'"),
        (("up", "--port", "0", "--retention", ""), "'--retention'"),
    ],
)
def test_an_empty_value_is_refused(tmp_path: Path, words: tuple[str, ...], place: str) -> None:
    command = [sys.executable, "-m", "doghouse", *words]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout) == (64, "")
    assert f"Invalid value for {place}" in ran.stderr
    assert "it is empty" in ran.stderr
    assert not list(tmp_path.iterdir())
