"""Spans a second at the intake of traces: bodies of v0.4 as a Flask app's tracer makes them.

10 spans a trace, 50 traces a body, on disk before each answer, over one connection.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bench.figures import Figure, Row, p50
from bench.servers import Server, doghouse

SPANS, TRACES, BODIES, ROUNDS = 10, 50, 40, 5
ROWS = (Row("spans a second, one connection", ("trace_intake",), "> 100,000"),)
HEADERS = {
    "Content-Type": "application/msgpack",
    "Datadog-Meta-Lang": "python",
    "Datadog-Client-Computed-Top-Level": "true",
}


def body(chosen: random.Random) -> bytes:
    """New traces of now."""
    return msgspec.msgpack.encode([trace(chosen) for _ in range(TRACES)])


def trace(chosen: random.Random) -> list[dict[str, object]]:
    """A request with nine spans inside."""
    number, start = chosen.getrandbits(64), time.time_ns()
    resource = f"GET /api/{chosen.randrange(20)}"
    first = chosen.getrandbits(63)
    root: dict[str, object] = {
        "service": "shop",
        "name": "flask.request",
        "resource": resource,
        "trace_id": number,
        "span_id": first,
        "parent_id": 0,
        "start": start,
        "duration": chosen.randrange(1_000_000, 300_000_000),
        "error": 0,
        "type": "web",
        "meta": {
            "_dd.p.tid": f"{chosen.getrandbits(32):08x}00000000",
            "component": "flask",
            "env": "lab",
            "flask.version": "3.1.3",
            "http.method": "GET",
            "http.route": resource[4:],
            "http.status_code": "200",
            "http.url": f"http://10.0.0.1:5050{resource[4:]}",
            "http.useragent": "bench",
            "language": "python",
            "runtime-id": "0d153b345bbd47b3bea5105fd6a71c76",
            "span.kind": "server",
            "version": "1.2.3",
        },
        "metrics": {
            "_dd.measured": 1.0,
            "_dd.top_level": 1.0,
            "_dd.tracer_kr": 1.0,
            "_sampling_priority_v1": 1.0,
            "process_id": 1.0,
        },
    }
    inner = [
        {
            "service": "shop",
            "name": f"flask.step{place}",
            "resource": f"flask.step{place}",
            "trace_id": number,
            "span_id": first + place,
            "parent_id": first,
            "start": start + place * 1000,
            "duration": 100_000,
            "error": 0,
            "meta": {"component": "flask", "env": "lab", "version": "1.2.3"},
            "metrics": {},
        }
        for place in range(1, SPANS)
    ]
    return [root, *inner]


def rate(server: Server, chosen: random.Random) -> float:
    """Spans a second over one connection, as a tracer has it."""
    bodies = [body(chosen) for _ in range(BODIES)]
    connection = server.connection()
    start = time.perf_counter()
    for payload in bodies:
        connection.request("PUT", "/v0.4/traces", payload, HEADERS)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{server.name} answered {answer.status}")
    return BODIES * TRACES * SPANS / (time.perf_counter() - start)


def run() -> Iterator[Figure]:
    """The median of the rounds by the clock, and all of them by the server's processor time."""
    with tempfile.TemporaryDirectory() as folder, doghouse(Path(folder)) as server:
        before = sum(server.process.cpu_times()[:2])
        rates = [rate(server, random.Random(seed)) for seed in range(ROUNDS)]
        busy = sum(server.process.cpu_times()[:2]) - before
    yield Figure("trace_intake", p50(rates), "spans/s", "wall-clock")
    yield Figure("trace_intake_cpu", ROUNDS * BODIES * TRACES * SPANS / busy, "spans/s", "processors")
