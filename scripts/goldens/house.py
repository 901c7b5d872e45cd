"""A doghouse whose clock stands still, spoken to over HTTP alone. The one module here that imports doghouse."""

from __future__ import annotations

import logging
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from doghouse import running
from doghouse.storage.config import Settings
from doghouse.time.clock import Clock
from scripts.goldens.case import lines
from scripts.goldens.names import of_house

NOW = int(datetime.fromisoformat("2026-03-02T10:00:00Z").timestamp())
PATIENCE_S = 60
KEYS = {"DOGHOUSE_API_KEY": "a" * 32, "DOGHOUSE_APP_KEY": "b" * 40, "DD_HOSTNAME": "web-1"}
HEADERS = {"DD-API-KEY": KEYS["DOGHOUSE_API_KEY"], "DD-APPLICATION-KEY": KEYS["DOGHOUSE_APP_KEY"]}
TOLD = ("location", "x-ratelimit-name", "cache-control", "content-disposition")  # headers that a golden has


class Golden:
    """A running doghouse at NOW, and the names of what is there by chance."""

    def __init__(self, url: str, data: Path) -> None:
        self.url, self.data, self.names = url, data, of_house(url, data)
        self.client = _client(url)

    def send(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """A request with both keys; `body` goes as JSON."""
        if body is not None:
            options["json"] = body
        answer = self.client.request(method, path, **options)
        if answer.is_server_error:  # after a fault the server ends the connection
            self.client = _client(self.url)
        return answer

    def ok(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """The JSON of an answer that has to be one of success."""
        answer = self.send(method, path, body, **options)
        if not answer.is_success:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    def advance(self, minutes: int) -> None:
        """Let minutes pass."""
        self.ok("POST", "/doghouse/advance", {"minutes": minutes})

    def text(self, answer: httpx.Response) -> str:
        """An answer as a golden has it: its status and type, some headers, its body."""
        kind = answer.headers.get("content-type", "")
        head = [
            f"{answer.status_code} {kind}",
            *(f"{name}: {answer.headers[name]}" for name in TOLD if name in answer.headers),
        ]
        body = picture(answer.content) if kind == "image/png" else lines(answer.text)
        return self.names.steady("\n".join([*head, body]))

    def wait(self, what: str, there: Callable[[], bool]) -> None:
        """Wait until work in the background is done. Raises RuntimeError."""
        until = time.monotonic() + PATIENCE_S
        while not there():
            if time.monotonic() > until:
                raise RuntimeError(f"{what} did not come in {PATIENCE_S} s")
            time.sleep(0.05)

    def delivered(self) -> bool:
        """Whether no mail waits."""
        return not self.ok("GET", "/doghouse/notifications")["deliveries"].get("waiting")


@contextmanager
def house(data: Path | None = None, *, now: int = NOW, **settings: Any) -> Iterator[Golden]:
    """A doghouse over a folder (a new one where none is given). It has stepped to `now`, so that nothing moves until `advance`."""
    by_chance, numbers = secrets.randbelow, count()
    secrets.randbelow = lambda below: next(numbers) % below  # of events of one second the ids decide which is first
    logging.disable()  # what the server says on stderr is no answer
    before = dict(os.environ)
    os.environ.update(KEYS)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="goldens-") as made,
            running.serve(
                data or Path(made) / "data",
                clock=Clock(float(now - 60)),
                settings=Settings(time_travel=True, **settings),
            ) as served,
        ):
            golden = Golden(served.url, served.data)
            golden.advance(1)
            yield golden
    finally:
        secrets.randbelow = by_chance
        logging.disable(logging.NOTSET)
        os.environ.clear()
        os.environ.update(before)


def _client(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers=HEADERS, timeout=PATIENCE_S)


def picture(data: bytes) -> str:
    """A PNG by its size in pixels: how it is drawn is up to libraries."""
    return f"PNG {int.from_bytes(data[16:20])} x {int.from_bytes(data[20:24])}"
