"""A receiver of webhooks on this machine, which answers as it is told and remembers what it got."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """What arrived: path, headers in lower case, body. `answers` are the statuses in order, the last one again and again."""

    url: str = ""
    answers: Sequence[int] = (200,)
    waits_s: float = 0.0
    location: str = ""
    got: list[tuple[str, dict[str, str], str]] = field(default_factory=list)

    @property
    def bodies(self) -> list[str]:
        return [body for _, _, body in self.got]


@contextmanager
def receiving(*answers: int, waits_s: float = 0.0, location: str = "", port: int = 0) -> Iterator[Receiver]:
    """A receiver for as long as the block lasts."""
    receiver = Receiver(answers=answers or (200,), waits_s=waits_s, location=location)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            receiver.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            time.sleep(receiver.waits_s)
            self.send_response(receiver.answers[min(len(receiver.got), len(receiver.answers)) - 1])
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
