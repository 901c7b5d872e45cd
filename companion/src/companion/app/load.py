"""`my-metric load`: requests at a steady rate, each at its own time: a slow answer does not make the next ones fewer."""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from companion import terminal
from companion.app.options import Traffic
from companion.problem import WRONG_USE, Problem

ROUTES = (
    "/", "/api/apm", "/api/trace", "/api/database", "/", "/api/background", "/api/trace", "/api/apm", "/",
    "/api/error",
)  # fmt: skip
TIMEOUT_S = 10


@dataclass
class Tally:
    """What was asked and answered. `failed` got no answer."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    failed: int = 0
    reason: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def as_json(self, seconds: float) -> dict[str, object]:
        """The form that `--json` prints."""
        requests = self.answers.total()
        return {
            "requests": requests,
            "unanswered": self.failed,
            "seconds": round(seconds, 3),
            "rate": round(requests / seconds, 1) if seconds else 0.0,
            "by_route": [
                {"route": route, "status": status, "requests": count}
                for (route, status), count in sorted(self.answers.items())
            ],
        }


def load(traffic: Traffic) -> int:
    """Send the requests at their rate; 1 where one got no answer."""
    parts = urlsplit(traffic.url)
    if parts.scheme != "http" or not parts.hostname:
        raise Problem(f"'{traffic.url}' is no address of the app: expected such as http://127.0.0.1:5050", WRONG_USE)
    if (traffic.out or traffic.live) and not traffic.bakery:
        raise Problem("--out and --live are for --bakery", WRONG_USE)
    if traffic.bakery:
        from companion.app.bakery import play

        return play.play(traffic.url, traffic.out, traffic.live, traffic.as_json)
    tally, started, stop = Tally(), time.monotonic(), threading.Event()
    numbers = iter(range(traffic.count)) if traffic.count else itertools.count()
    turn = threading.Lock()

    def worker() -> None:
        connection = http.client.HTTPConnection(str(parts.hostname), parts.port or 80, timeout=TIMEOUT_S)
        while not stop.is_set() and (number := _next(numbers, turn)) is not None:
            stop.wait(max(0.0, started + number / traffic.rate - time.monotonic()))
            if not stop.is_set():
                _ask(connection, ROUTES[number % len(ROUTES)], tally)
        connection.close()

    threads = [threading.Thread(target=worker, daemon=True) for _ in range(traffic.connections)]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            while thread.is_alive():
                thread.join(0.2)
    except KeyboardInterrupt:
        stop.set()
    _report(tally, time.monotonic() - started, traffic.as_json)
    if tally.failed:
        requests = "1 request" if tally.failed == 1 else f"{tally.failed} requests"
        terminal.say(f"my-metric: {requests} to {traffic.url} got no answer: {tally.reason}")
    return 1 if tally.failed else 0


def _next(numbers: Iterator[int], turn: threading.Lock) -> int | None:
    with turn:
        return next(numbers, None)


def _ask(connection: http.client.HTTPConnection, route: str, tally: Tally) -> None:
    try:
        connection.request("GET", route)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        with tally.lock:
            tally.failed, tally.reason = tally.failed + 1, str(error) or type(error).__name__
        return
    with tally.lock:
        tally.answers[route, answer.status] += 1


def _report(tally: Tally, seconds: float, as_json: bool) -> None:
    document = tally.as_json(seconds)
    if as_json:
        terminal.print_json(document)
        return
    screen = terminal.console()
    for (route, status), count in sorted(tally.answers.items()):
        screen.print(f"{count:8} {status} {route}")
    screen.print(f"{tally.answers.total()} requests in {seconds:.1f} s, {document['rate']} a second")
