"""The app as a person runs it: `my-metric app` in a process of its own, against a doghouse of the test's own."""

from __future__ import annotations

import contextlib
import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from companion.demo.children import free_port
from doghouse.running import House

START_S = 60
Serve = Callable[..., AbstractContextManager[str]]
Command = Callable[..., Any]  # `my-metric` of ../conftest.py


def answers(port: int) -> bool:
    """Whether something answers HTTP. Asked on a path that is no route, so that it is no request of the test's."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/favicon.ico")
        connection.getresponse().read()
        return True
    return False


@pytest.fixture
def serve(house: House, tmp_path: Path) -> Serve:
    """Runs the app for as long as a block lasts; gives its address. Afterwards all of its traces and logs are sent."""

    @contextlib.contextmanager
    def run(*arguments: str, **environment: str) -> Iterator[str]:
        port = free_port()
        command = [
            sys.executable, "-c", "from companion.cli import main; main()", "app", "--port", str(port),
            "--service", "shop", "--env", "lab", "--api-url", house.url, "--keys-file", str(house.keys_file), *arguments,
        ]  # fmt: skip
        with (tmp_path / "app.out").open("w") as out:
            process = subprocess.Popen(
                command, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, "DD_VERSION": "1.2.3", **environment}
            )
            try:
                until = time.monotonic() + START_S
                while not answers(port):
                    assert process.poll() is None, (tmp_path / "app.out").read_text()
                    assert time.monotonic() < until, "the app did not start"
                    time.sleep(0.1)
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()
                process.wait(START_S)

    return run
