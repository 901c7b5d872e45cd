"""A metric of a million contexts: to post them, to ask for each (`by {id}`), and how long other requests wait meanwhile."""

from __future__ import annotations

import http.client
import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

from bench.figures import Figure, Row, note, seconds
from bench.servers import Server, doghouse

CONTEXTS, A_BODY = 1_000_000, 5000
PAUSE_S = 0.05  # between two other requests
ROWS = (
    Row("a million new contexts, posted (s)", ("cardinality_post",), "< 10"),
    Row("the longest of the other requests meanwhile (s)", ("cardinality_post_others",), "< 0.5"),
    Row("`by {id}` over all of them: refused with its limit (s)", ("cardinality_by_id",), "< 10"),
    Row("the longest of the other requests meanwhile (s)", ("cardinality_by_id_others",), "< 0.5"),
    Row("most memory of the server (MB)", ("cardinality_memory",), "< 1,000"),
)


def run() -> Iterator[Figure]:
    """Seconds by the clock, processor seconds of the server, the longest wait of the others and the memory of the server at its most."""
    with tempfile.TemporaryDirectory() as folder, doghouse(Path(folder)) as server:
        now = int(time.time())
        _post(server, now, "other", 100)
        bodies = [_body(now, "ids", first, A_BODY) for first in range(0, CONTEXTS, A_BODY)]
        yield from _beside(server, now, "cardinality_post", lambda: _send(server, bodies))
        for name, query in (("by_id", "avg:ids{*} by {id}"), ("one", "avg:ids{id:i777777}"), ("all", "avg:ids{*}")):
            yield from _beside(server, now, f"cardinality_{name}", lambda query=query: _ask(server, query, now))  # type: ignore[misc]
        yield Figure("cardinality_memory", server.peak() / 1e6, "MB", "most")


def _beside(server: Server, now: int, name: str, work: Callable[[], None]) -> Iterator[Figure]:
    """What the work takes, and the longest of the requests that are made meanwhile."""
    waits, done = [0.0], threading.Event()

    def others() -> None:
        while not done.wait(PAUSE_S):
            waits.append(seconds(lambda: _ask(server, "avg:other{*} by {id}", now, quiet=True)))

    thread = threading.Thread(target=others)
    thread.start()
    cpu = sum(server.process.cpu_times()[:2])
    took = seconds(work)
    done.set()
    thread.join()
    yield Figure(name, took, "s", "clock")
    yield Figure(f"{name}_cpu", sum(server.process.cpu_times()[:2]) - cpu, "s", "processors")
    yield Figure(f"{name}_others", max(waits), "s", "clock")


def _ask(server: Server, query: str, now: int, *, quiet: bool = False) -> None:
    """An answer, or the sentence of what refuses."""
    connection: http.client.HTTPConnection = server.connection()
    asked = urlencode({"query": query, "from": now - 600, "to": now + 60})
    connection.request("GET", f"/api/v1/query?{asked}", headers=dict(server.headers))
    answer = connection.getresponse()
    text = answer.read()
    if not quiet:
        shown = text[:200].decode() if answer.status >= 300 else f"{len(text):,} bytes"
        note(f"  {query}: {answer.status}, {shown}")


def _post(server: Server, now: int, metric: str, count: int) -> None:
    _send(server, [_body(now, metric, 0, count)])


def _send(server: Server, bodies: list[bytes]) -> None:
    connection = server.connection()
    for body in bodies:
        connection.request("POST", "/api/v1/series", body, {**server.headers, "Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 202:
            raise RuntimeError(f"{server.name} answered {answer.status}")


def _body(now: int, metric: str, first: int, count: int) -> bytes:
    """Series of one metric that differ in a tag, each with a point."""
    series = [
        {"metric": metric, "type": "gauge", "host": "h", "tags": [f"id:i{number}"], "points": [[now, number % 100]]}
        for number in range(first, first + count)
    ]
    return json.dumps({"series": series}).encode()


if __name__ == "__main__":
    for figure in run():
        print(figure.line(), flush=True)
