"""`doghouse up` as a person and a program meet it: a real process on a real port."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

DOGHOUSE = [sys.executable, "-m", "doghouse"]


@contextmanager
def up(*options: str, env: dict[str, str] | None = None) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    process = subprocess.Popen(
        [*DOGHOUSE, "up", "--port", "0", "--json", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(env or {})},
    )
    try:
        assert process.stdout
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def refused(*options: str) -> tuple[int, str]:
    done = subprocess.run([*DOGHOUSE, "up", *options], capture_output=True, text=True, timeout=60)
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_first_line_is_json_printed_when_requests_are_accepted_and_a_signal_stops_it_with_exit_0(
    tmp_path: Path, number: signal.Signals
) -> None:
    with up("--data", str(tmp_path)) as (process, said):
        assert httpx.get(f"{said['url']}/health").json()["status"] == "ok"
        assert said["data"] == str(tmp_path)
        keys = json.loads(Path(said["keys_file"]).read_text())
        answer = httpx.get(f"{said['url']}/api/v1/validate", headers={"DD-API-KEY": keys["api_key"]})
        assert answer.json() == {"valid": True}
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "", "")


def test_the_keys_file_is_for_its_owner_alone_and_keys_can_come_from_the_environment(tmp_path: Path) -> None:
    env = {"DOGHOUSE_API_KEY": "a" * 32, "DOGHOUSE_APP_KEY": "b" * 40}
    with up("--data", str(tmp_path), env=env) as (_, said):
        keys_file = Path(said["keys_file"])
        assert stat.S_IMODE(keys_file.stat().st_mode) == 0o600
        assert json.loads(keys_file.read_text()) == {"api_key": "a" * 32, "app_key": "b" * 40}


def test_a_data_folder_in_use_is_refused_with_a_sentence_that_names_the_process_that_has_it(tmp_path: Path) -> None:
    with up("--data", str(tmp_path)) as (process, _):
        code, text = refused("--port", "0", "--data", str(tmp_path))
    assert code == 1
    assert text == (
        f"doghouse: the data folder {tmp_path} is in use by doghouse, process {process.pid};"
        " stop that one, or choose another folder with --data\n"
    )


def test_a_busy_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, text = refused("--port", str(port), "--data", str(tmp_path))
    assert code == 1
    assert text == (
        f"doghouse: port {port} of 127.0.0.1 is in use by another program; choose another with --port (0 picks a free one)\n"
    )


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--host", "0.0.0.0"], 64, "the host 0.0.0.0 is not a loopback address"),
        (["--host", "example.com"], 64, "the host 'example.com' is not an IP address or localhost"),
        (["--retention", "fortnight"], 64, "--retention: 'fortnight' is not a length of time"),
        (["--log-retention", "-5d"], 64, "--log-retention: '-5d' is not a length of time"),
        (["--retention", f"{10**20}d"], 64, f"--retention: '{10**20}d' is too long"),
        (["--smtp-from", "doghouse@example.com"], 64, "--smtp-from has no effect without --smtp"),
        (["--seed", "7"], 64, "--seed has no effect without --chaos"),
        (["--smtp", "mail.example.com:smtp"], 64, "--smtp: 'mail.example.com:smtp' is no mail server"),
        (["--smtp", "[mail"], 64, "--smtp: '[mail' is no mail server"),
        (["--smtp-from", "our doghouse"], 64, "--smtp-from: 'our doghouse' is no address"),
        (["--port", "70000"], 64, "65535"),
        (["--colour"], 64, "No such option"),
    ],
)
def test_wrong_use_gets_one_sentence(tmp_path: Path, options: list[str], code: int, words: str) -> None:
    got, text = refused("--data", str(tmp_path), *options)
    assert got == code
    assert words in text


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    ("command", "default"),
    [
        ("up", "(default: in the user's data folder)"),
        ("up", "(default: for ever)"),
        ("backup", "(default: the doghouse's own)"),
    ],
)
def test_help_says_what_holds_where_an_option_is_not_given(command: str, default: str) -> None:
    done = subprocess.run([*DOGHOUSE, command, "--help"], capture_output=True, text=True, timeout=60)
    assert default in " ".join(done.stdout.replace("│", " ").split())


@pytest.mark.parametrize("words", [["--help"], ["coverage"], ["lint", "--help"]])
def test_what_cannot_be_printed_for_a_full_disk_is_one_sentence_and_exit_1(words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "doghouse", *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (ran.returncode, ran.stderr) == (1, "doghouse: No space left on device\n")


def test_a_data_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, text = refused("--port", "0", "--data", str(tmp_path / "file"))
    assert code == 1
    assert text == f"doghouse: the data folder {tmp_path / 'file'} cannot be used: File exists\n"
