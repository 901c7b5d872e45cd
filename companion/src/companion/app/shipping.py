"""Ships log lines to Datadog's intake, as an Agent that tails them would: for an app that runs where there is none.

`POST /api/v2/logs` (docs.datadoghq.com/api/latest/logs/send-logs): at most 1,000 lines a body, sent each second by a thread of its own.
"""

from __future__ import annotations

import atexit
import json
import logging
import queue
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field

from typing_extensions import override

URL = "MY_METRIC_LOGS_URL"  # names of environment variables that `my-metric app` sets for the app
KEYS_FILE = "MY_METRIC_KEYS_FILE"
HOST = "MY_METRIC_LOGS_HOST"
PATH = "/api/v2/logs"
BATCH = 500
EVERY_S = 1.0
HELD = 50_000  # lines; more are dropped, and said
TRIES = 5
CLOSE_S = 10.0


@dataclass(frozen=True, slots=True)
class Target:
    """Where lines go, and as whose."""

    url: str
    api_key: str = field(repr=False)
    service: str
    host: str
    tags: str


def from_environment(environ: Mapping[str, str]) -> Shipper | None:
    """A handler for the intake that the environment names, if it names one."""
    url = environ.get(URL)
    if not url:
        return None
    from doghouse.importing import find_keys

    tags = ",".join(
        f"{name}:{environ[key]}" for name, key in (("env", "DD_ENV"), ("version", "DD_VERSION")) if environ.get(key)
    )
    keys = find_keys(environ.get(KEYS_FILE))
    return Shipper(Target(url, keys.api_key, environ.get("DD_SERVICE", ""), environ.get(HOST, ""), tags))


class Shipper(logging.Handler):
    """Takes lines without waiting, sends them from a thread, and what is left when the process ends."""

    def __init__(self, target: Target) -> None:
        super().__init__()
        self._target = target
        self._lines: queue.Queue[tuple[float, str]] = queue.Queue(HELD)
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._ending = threading.Event()

    @override
    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._lines.put_nowait((record.created, self.format(record)))
        except queue.Full:
            return  # the intake is away for long: the app's work goes first
        if self._thread is None:
            self._start()

    def _start(self) -> None:
        """At the first line and not before: gunicorn forks its workers, and a thread does not survive that."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="log shipper", daemon=True)
                self._thread.start()
                atexit.register(self._end)

    def _end(self) -> None:
        self._ending.set()
        if self._thread:
            self._thread.join(CLOSE_S)

    def _run(self) -> None:
        while True:
            ending = self._ending.wait(EVERY_S)
            while lines := self._next_batch():
                self._send(lines)
            if ending:
                return

    def _next_batch(self) -> list[tuple[float, str]]:
        lines: list[tuple[float, str]] = []
        while len(lines) < BATCH:
            try:
                lines.append(self._lines.get_nowait())
            except queue.Empty:
                break
        return lines

    def _send(self, lines: list[tuple[float, str]]) -> None:
        body = json.dumps([self._log(created, line) for created, line in lines]).encode()
        headers = {"Content-Type": "application/json", "DD-API-KEY": self._target.api_key}
        for again in range(TRIES):
            try:
                with urllib.request.urlopen(urllib.request.Request(self._target.url + PATH, body, headers), timeout=5):
                    return None
            except urllib.error.HTTPError as error:
                if error.code < 500 and error.code != 429:
                    return _lost(len(lines), f"answered {error.code}")
            except OSError:
                pass
            if self._ending.is_set():
                break
            time.sleep(0.2 * 2**again)
        return _lost(len(lines), "could not be reached")

    def _log(self, created: float, line: str) -> dict[str, object]:
        """As the Agent sends a line of a file: the line is the message, whatever it holds."""
        return {
            "message": line,
            "timestamp": int(created * 1000),
            "ddsource": "python",
            "ddtags": self._target.tags,
            "service": self._target.service,
            "hostname": self._target.host,
        }


def _lost(count: int, why: str) -> None:
    """On stderr, as a log about logs would be shipped too."""
    print(f"my-metric app: {count} log lines are lost: the intake of logs {why}", file=sys.stderr)  # noqa: T201
