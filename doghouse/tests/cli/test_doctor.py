"""`doghouse doctor`: what is installed, what runs, where the data is."""

from __future__ import annotations

import http.server
import json
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from doghouse import __version__, running
from doghouse.cli import doctor as command


def doctor(*options: object) -> tuple[int, list[dict[str, Any]]]:
    """The exit code, and what was said."""
    command = [sys.executable, "-m", "doghouse", "doctor", "--json", *map(str, options)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)["findings"]


def only(findings: list[dict[str, Any]], about: str) -> dict[str, Any]:
    (finding,) = (each for each in findings if each["about"] == about)
    return finding


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_everything_is_said_of_a_doghouse_that_runs(tmp_path: Path) -> None:
    with running.serve(tmp_path / "data") as house:
        code, findings = doctor("--url", house.url, "--data", tmp_path / "data")
    assert code == 0, findings
    assert only(findings, "server")["text"] == f"doghouse {__version__} runs"
    assert "GiB free" in only(findings, "data")["text"]
    assert {each["name"]: each["state"] for each in findings if each["about"] == "extra"}["server"] == "ok"
    assert {each["name"] for each in findings if each["about"] == "package"} >= {"doghouse", "my-metric-companion"}


def test_what_is_not_there_is_no_fault(tmp_path: Path) -> None:
    code, findings = doctor("--url", f"http://127.0.0.1:{free_port()}", "--data", tmp_path / "none")
    assert code == 0
    assert (only(findings, "server")["state"], only(findings, "data")["state"]) == ("none", "none")


def test_a_port_that_something_else_has_is_a_fault(tmp_path: Path) -> None:
    class Other(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"hello")

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Other) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        code, findings = doctor("--url", f"http://127.0.0.1:{server.server_port}", "--data", tmp_path / "none")
        server.shutdown()
    assert code == 1
    assert "no doghouse" in only(findings, "server")["text"]


@pytest.mark.parametrize("mode", [0o755, 0o770])
def test_a_data_folder_that_others_may_read_is_a_fault(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(mode)
    code, findings = doctor("--url", f"http://127.0.0.1:{free_port()}", "--data", folder)
    assert code == 1
    assert f"chmod 700 {folder}" in only(findings, "data")["text"]


def test_a_file_in_place_of_the_folder_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    code, findings = doctor("--url", f"http://127.0.0.1:{free_port()}", "--data", tmp_path / "data")
    assert (code, only(findings, "data")["text"]) == (1, "is no folder")


def test_what_brings_an_extra_is_said_to_people_as_it_is_typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("doghouse.cli.doctor._is_installed", lambda _: False)
    command.doctor(f"http://127.0.0.1:{free_port()}", tmp_path / "none")
    assert "pip install './doghouse[terraform]' would bring google-re2, python-hcl2" in capsys.readouterr().out
