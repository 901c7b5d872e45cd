"""The share of the traced app's log lines whose trace, and span in it, doghouse has.

1,000 requests to `my-metric app`, threads and background work among them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, note
from companion.demo.children import free_port
from doghouse import running
from doghouse.logs.correlation import span_of, trace_of
from doghouse.running import House

REQUESTS, RATE = 1000, 100
MY_METRIC = [sys.executable, "-c", "from companion.cli import main; main()"]
START_S = 60


def run() -> Iterator[Figure]:
    """Both shares: of lines that lead to their span, and of requests that were counted."""
    with tempfile.TemporaryDirectory() as folder, running.serve(Path(folder)) as house:
        requests = traffic(house)
        lines = [
            line for line in house.app.state.logs.between(0, 1e11) if line.attributes["logger"].startswith("companion")
        ]
        store = house.app.state.traces
        led = sum(span_of(line) in {span.span_id for span in store.spans(trace_of(line) or "")} for line in lines)
        note(f"  {requests} requests, {len(lines)} lines, {led} of them lead to their span")
        yield Figure("correlated", led / len(lines), "ratio", "log-lines")
        yield Figure("trace_hits", hits(house) / requests, "ratio", "requests")


def traffic(house: House) -> int:
    """Serve the app, send it requests, end it so that all is sent; how many were answered."""
    port = free_port()
    serve = [*MY_METRIC, "app", "--port", str(port), "--api-url", house.url, "--keys-file", str(house.keys_file)]
    app = subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ))
    try:
        ready(port)
        load = ["load", "--url", f"http://127.0.0.1:{port}", "--count", str(REQUESTS), "--rate", str(RATE), "--json"]
        done = subprocess.run([*MY_METRIC, *load], capture_output=True, text=True, check=True)
    finally:
        app.terminate()
        app.wait(START_S)
    return int(json.loads(done.stdout)["requests"])


def ready(port: int) -> None:
    """Wait until the app accepts connections."""
    import socket

    until = time.monotonic() + START_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def hits(house: House) -> float:
    """Requests that `trace.flask.request.hits` has counted."""
    from doghouse.traces import summary

    now = int(house.clock.now())
    house.app.state.trace_intake.give_out(now + 60)
    rows = summary.services(house.app.state.points, now - 600, now + 60)
    return sum(row.hits for row in rows if row.operation == "flask.request")
