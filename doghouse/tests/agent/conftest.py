"""Folders with checks, an intake that keeps what it is sent, and agents in processes of their own."""

import contextlib
import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
import zstandard
from google.protobuf.json_format import MessageToDict

from doghouse.metrics.intake.messages import message

KEY = "0123456789abcdef0123456789abcdef"


class Intake(http.server.ThreadingHTTPServer):
    """A server that accepts what an Agent posts, and keeps it as (path, body)."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received = []
        self.status = 202
        self.open = threading.Event()  # while it is clear, requests are not answered
        self.open.set()
        self.arrived = threading.Condition()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def wait(self, wanted, within=60):
        """Wait until `wanted(received)` is true."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: wanted(self.received), within), (
                f"within {within} s only {self.received}"
            )

    def bodies(self, path):
        return [body for at, body in self.received if at == path]

    def series(self, metric):
        return [one for body in self.bodies("/api/v2/series") for one in body["series"] if one["metric"] == metric]


def decoded(path, content_type, body):
    """A body as plain values: what is JSON, and the Agent's protobuf with its own names."""
    if content_type == "application/json":
        return json.loads(body)
    kind = {"/api/v2/series": "MetricPayload", "/api/beta/sketches": "SketchPayload"}[path]
    read = message(kind).FromString(body)
    return MessageToDict(read, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self._answer(200 if self.headers["DD-API-KEY"] == KEY else 403)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.server.open.is_set():
            self.server.open.wait(30)
            return  # whoever asked is gone
        if self.headers["Content-Encoding"] == "zstd":
            body = zstandard.decompress(body)
        if self.server.status < 300:
            with self.server.arrived:
                self.server.received.append((self.path, decoded(self.path, self.headers["Content-Type"], body)))
                self.server.arrived.notify_all()
        self._answer(self.server.status)

    def _answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


@pytest.fixture
def intake():
    server = Intake()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


class Checks:
    """A conf.d and a checks.d side by side."""

    def __init__(self, root):
        self.root = root
        self.conf = root / "conf.d"
        self.conf.mkdir()
        (root / "checks.d").mkdir()

    def add(self, name, body=None, yaml="instances:\n  - {}\n", file="conf.yaml"):
        """A check whose `check` method has this body (None: it is installed), configured by this YAML."""
        if body is not None:
            lines = "".join(f"        {line}\n" for line in body.splitlines())
            (self.root / "checks.d" / f"{name}.py").write_text(
                "import os, time\nfrom datadog_checks.base import AgentCheck\n"
                f"class Check(AgentCheck):\n    def check(self, _):\n{lines}"
            )
        folder = self.conf / f"{name}.d"
        folder.mkdir(exist_ok=True)
        (folder / file).write_text(yaml)
        return folder / file


@pytest.fixture
def checks(tmp_path):
    return Checks(tmp_path)


def command(*arguments):
    return [sys.executable, "-m", "doghouse", "agent", *map(str, arguments)]


@pytest.fixture
def environment(tmp_path):
    """A home of one's own, and no settings from outside."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("DD_", "DOGHOUSE_", "XDG_"))}
    return {**kept, "HOME": str(tmp_path / "home"), "DD_API_KEY": KEY, "DD_HOSTNAME": "web-1", "DD_DOGSTATSD_PORT": "0"}


@pytest.fixture
def doghouse_agent(environment):
    """Run `doghouse agent …` to its end: (exit code, stdout, stderr)."""

    def run(*arguments, **variables):
        done = subprocess.run(
            command(*arguments),
            capture_output=True,
            text=True,
            timeout=60,
            env={**environment, **variables},
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture
def running_agent(environment, checks, intake, tmp_path):
    """An agent under way, as a context manager that gives its process; it is stopped by SIGTERM and must exit 0."""

    @contextlib.contextmanager
    def start(*arguments, **variables):
        log = tmp_path / "agent.log"
        with log.open("w") as out:
            process = subprocess.Popen(
                command("run", "--conf", checks.conf, "--url", intake.url, *arguments),
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**environment, **variables},
            )
            process.log = log
            try:
                yield process
                process.send_signal(signal.SIGTERM)
                assert process.wait(60) == 0, log.read_text()
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()

    return start


def eventually(question, within=60):
    """The first true answer to a question that is asked again until it is."""
    until = time.monotonic() + within
    while not (answer := question()):
        assert time.monotonic() < until, f"not within {within} s"
        time.sleep(0.05)
    return answer
