"""What a command says on stderr while it works."""

from __future__ import annotations

import subprocess
import sys

import pytest

from doghouse.cli.terminal import many, now_and_then


def test_a_command_that_takes_long_says_what_it_is_at_every_few_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    seconds = [0.0]
    tell = now_and_then(lambda: seconds[0])
    for at in (0.0, 4.0, 5.0, 6.0, 9.9, 10.0):
        seconds[0] = at
        tell(f"at {at}")
    assert capsys.readouterr().err == "doghouse: at 5.0\ndoghouse: at 10.0\n"


def test_what_is_counted_is_in_the_plural_unless_it_is_one() -> None:
    assert [many(count, "point") for count in (0, 1, 2)] == ["0 points", "1 point", "2 points"]


def test_a_command_that_loaded_duckdb_ends_without_a_word_of_what_it_left() -> None:
    ended = "import duckdb, sys; sys.argv = ['doghouse', '--version']; from doghouse.cli import main; main()"
    run = subprocess.run([sys.executable, "-c", ended], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("doghouse ")
    assert run.stderr == ""
