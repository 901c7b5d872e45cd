"""What the cases are sent to: a doghouse for each, an organisation without a past; or, for the floor, a server that says `{}` to everything."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from doghouse import running
from doghouse.storage.config import Settings
from doghouse.time.clock import Clock


@dataclass(frozen=True, slots=True)
class Target:
    """A server under test."""

    url: str
    api_key: str = field(repr=False)
    app_key: str = field(repr=False)
    clock: Clock

    @property
    def headers(self) -> dict[str, str]:
        """Both keys, as request headers."""
        return {"DD-API-KEY": self.api_key, "DD-APPLICATION-KEY": self.app_key}


Open = Callable[[], AbstractContextManager[Target]]


@contextmanager
def doghouse() -> Iterator[Target]:
    """A doghouse that does as `X-Doghouse-Now` says, with a data folder that is gone afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="fidelity-") as folder,
        running.serve(Path(folder), settings=Settings(time_travel=True)) as target_house,
    ):
        yield Target(target_house.url, target_house.api_key, target_house.app_key, target_house.clock)


@contextmanager
def constant() -> Iterator[Target]:
    """A server that answers 200 and `{}` to everything."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Constant)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Target(f"http://127.0.0.1:{server.server_address[1]}", "a" * 32, "b" * 40, Clock())
    finally:
        server.shutdown()
        server.server_close()


class _Constant(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def log_message(self, *_: object) -> None:
        """Nothing."""
