"""A way to an account on which one call goes wrong, as calls do: refused, failed, too slow, or cut off after the account has acted."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import urllib3

SLOW_S = 1.2
EVERY = -1  # as `broken_call`: each one
PASSED_ON = ("dd-api-key", "dd-application-key", "content-type")


@dataclass
class Road:
    """What stands between us and the account. The call number `broken_call` (from 1) meets `fault`, or each the next of `faults`, where there are any."""

    target: str
    fault: str = ""
    broken_call: int = 0
    faults: Iterator[str] | None = None
    calls: list[str] = field(default_factory=list)
    url: str = ""
    answer: bytes = b""  # what a broken call gets with fault "answer"

    def breaks(self, call: str) -> str:
        """Count a call; the fault that it meets, or nothing."""
        self.calls.append(call)
        if self.faults is not None:
            return next(self.faults)
        return self.fault if self.broken_call in (len(self.calls), EVERY) else ""


@contextmanager
def road_to(target: str) -> Iterator[Road]:
    """A road to the account at `target`, for as long as the block lasts."""
    road = Road(target)
    pool = urllib3.PoolManager(retries=False)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            fault = road.breaks(f"{self.command} {self.path}")
            if fault in ("429", "500"):
                self.answer(int(fault), b'{"errors": ["on purpose"]}', {"X-Ratelimit-Reset": "3"})
                return
            if fault == "403":
                self.answer(403, b'{"errors": ["Forbidden", "Failed permission authorization checks"]}', {})
                return
            if fault == "answer":
                self.answer(200, road.answer, {})
                return
            headers = {name: self.headers[name] for name in PASSED_ON if name in self.headers}
            answer = pool.request(self.command, road.target + self.path, body=body or None, headers=headers)
            if fault == "cut":
                self.close_connection = True
                return
            if fault == "slow":
                time.sleep(SLOW_S)
            self.answer(answer.status, answer.data, {"Content-Type": answer.headers.get("content-type", "")})

        def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            try:
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
            except OSError:  # the caller has gone
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    road.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield road
    finally:
        server.shutdown()
        server.server_close()
        pool.clear()
