"""The servers that are compared: doghouse and victoria-metrics, each a process of its own on a free port of loopback, with an empty folder."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

VICTORIA = shutil.which("victoria-metrics")
START_S = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers. `prefix` stands before the paths of Datadog's API."""

    name: str
    port: int
    process: psutil.Process
    data: Path
    prefix: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def connection(self) -> http.client.HTTPConnection:
        """A connection of its own."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)

    def get(self, path: str, connection: http.client.HTTPConnection | None = None) -> bytes:
        """The body of an answer, which must be a good one."""
        used = connection or self.connection()
        used.request("GET", path, headers=dict(self.headers))
        answer = used.getresponse()
        body = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{self.name}: GET {path.partition('?')[0]} answered {answer.status}: {body[:300]!r}")
        return body

    def resident(self) -> int:
        """Memory that the process holds (bytes)."""
        return int(self.process.memory_info().rss)

    def peak(self) -> int:
        """The most memory that the process ever held (bytes)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) * 1024

    def on_disk(self) -> int:
        """Size of its files (bytes)."""
        return sum(path.stat().st_blocks * 512 for path in self.data.rglob("*") if path.is_file())


@contextmanager
def doghouse(data: Path) -> Iterator[Server]:
    """A doghouse over a folder, which may hold something."""
    command = [sys.executable, "-m", "doghouse", "up", "--port", "0", "--json", "--data", str(data)]
    with running(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        started = json.loads(process.stdout.readline())
        keys = json.loads(Path(started["keys_file"]).read_text())
        headers = {"DD-API-KEY": keys["api_key"], "DD-APPLICATION-KEY": keys["app_key"]}
        port = int(started["url"].rpartition(":")[2])
        yield Server("doghouse", port, psutil.Process(process.pid), data, "", headers)


@contextmanager
def victoria_metrics(data: Path) -> Iterator[Server]:
    """A victoria-metrics over a folder, with its default flags but for where it is and that it forgets nothing."""
    assert VICTORIA
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [VICTORIA, f"-httpListenAddr=127.0.0.1:{port}", f"-storageDataPath={data}", "-retentionPeriod=100y"]
    with running(command, stdout=subprocess.DEVNULL) as process:
        server = Server("victoria-metrics", port, psutil.Process(process.pid), data, "/datadog")
        until = time.monotonic() + START_S
        while True:
            try:
                server.get("/health")
                break
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.02)
        yield server


@contextmanager
def running(command: list[str], stdout: int) -> Iterator[subprocess.Popen[bytes]]:
    """A process, stopped at the end."""
    process = subprocess.Popen(command, stdout=stdout, stderr=subprocess.DEVNULL, env=os.environ)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()
