"""The command itself: instant help, an example for each command, exit codes."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from companion import terminal
from companion.cli import COMMANDS
from doghouse.running import House

from .conftest import MyMetric

HEAVY = ("rich", "pydantic", "yaml", "urllib3", "datadog_api_client", "dateutil", "ruamel", "psycopg", "flask")


def test_help_loads_nothing_that_it_does_not_need() -> None:
    program = f"import sys, companion.cli; companion.cli.application(); print([name for name in {HEAVY} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_every_promised_command_is_there() -> None:
    promised = ["validate", "plan", "apply", "status", "destroy", "adopt", "snapshot", "open", "agent-config", "demo"]
    assert set(promised) <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(offline: MyMetric, name: str) -> None:
    ran = offline(name, "--help")
    assert ran.code == 0
    assert f"Example: my-metric {name}" in ran.out


@pytest.mark.parametrize(
    "words",
    [
        ("demo", "--pictures", "x"),
        ("plan", "--nothing"),
        ("nothing",),
        ("adopt",),
        ("plan",),
        ("plan", "--api-url", "127.0.0.1:8420"),
    ],
)
def test_wrong_use_exits_64_without_a_traceback(
    offline: MyMetric, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    if "--api-url" in words:
        monkeypatch.setenv("DD_API_KEY", "a")
        monkeypatch.setenv("DD_APP_KEY", "b")
    ran = offline(*words)
    assert ran.code == 64
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (("agent-config", ""), "'DIR'"),
        (("adopt", "monitor", ""), "'id'"),
        (("plan", "--config", ""), "'--config'"),
        (("plan", "--timezone="), "'--timezone'"),
        (("plan", "--tag", "team:a", "--tag", ""), "'--tag'"),
    ],
)
def test_a_variable_without_a_value_is_not_taken_for_an_option_that_is_not_given(
    offline: MyMetric, words: tuple[str, ...], place: str
) -> None:
    ran = offline(*words)
    assert ran.code == 64
    assert f"Invalid value for {place}" in ran.err
    assert "it is empty" in ran.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_said_in_one_sentence(settings_file: Path, house: House) -> None:
    command = [sys.executable, "-c", "from companion.cli import main; main()", "plan", "--config", str(settings_file)]
    command += ["--api-url", house.url, "--keys-file", str(house.keys_file)]
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (1, "my-metric: No space left on device\n")  # not 120, Python's own


def test_who_leaves_at_the_question_has_not_said_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert terminal.ask("Apply this?") is False


def test_without_colours_nothing_but_text_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    for said, colours in (("1", None), ("", "standard")):
        monkeypatch.setenv("NO_COLOR", said)
        monkeypatch.setenv("TTY_COMPATIBLE", "1")
        monkeypatch.setenv("TERM", "xterm")
        assert terminal.console().color_system == colours
