"""The traced Flask app of the demo, with a little traffic, as `my-metric app` and `my-metric load` run them."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from companion.demo import children, files
from companion.demo.children import Child, Stop
from companion.demo.postgres import APP, Database
from companion.problem import Problem

PORT = 5050  # the exercise's, where nobody has it
READY_S = 30.0
RATE = "2"  # requests a second


@dataclass(frozen=True, slots=True)
class TracedApp:
    """An app that is starting or runs."""

    child: Child
    port: int

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def wait(self, stop: Stop) -> None:
        """Wait until it accepts connections. Raises Problem."""
        for _ in range(int(READY_S * 10)):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            if self.child.ended:
                raise Problem(f"{self.child.name} did not start: {self.child.last_words()}")
            stop.wait(0.1)
        raise Problem(f"{self.child.name} accepted no connection within {READY_S:.0f} s")


@contextlib.contextmanager
def running(work: Path, url: str, keys_file: Path, database: Database, statsd: dict[str, str]) -> Iterator[TracedApp]:
    """Started, not waited for: it takes a second or two, in which the demo goes on. Traces and logs go to the doghouse at `url`."""
    port = _port()
    where: list[str | Path] = [
        "--api-url", url, "--keys-file", keys_file, "--host", files.hostname(), "--port", str(port),
    ]  # fmt: skip
    child = children.start(
        "the traced app",
        [children.program("my-metric"), "app", *where],
        environment=database.libpq(APP) | statsd,
        cwd=work,  # not where a my-metric.yaml of the person's may be
    )
    try:
        yield TracedApp(child, port)
    finally:
        child.stop()


@contextlib.contextmanager
def traffic(app: TracedApp, work: Path) -> Iterator[None]:
    """Requests to all its routes, for as long as the block lasts."""
    load = children.start(
        "my-metric load",
        [children.program("my-metric"), "load", "--url", app.url, "--rate", RATE],
        farewell=signal.SIGINT,
        cwd=work,
    )
    try:
        yield
    finally:
        load.stop()


def _port() -> int:
    try:
        return children.free_port(PORT)
    except Problem:
        return children.free_port()
