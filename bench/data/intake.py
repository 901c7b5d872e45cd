"""Points a second over HTTP: v1 JSON in bodies of 1,000 points, each committed before its answer, beside victoria-metrics.

Three shapes of body: 1,000 series with a point each, as a flush of an Agent with many checks (the figures without a suffix);
100 series with 10 points; one series with 1,000 points. Every point is new. A round posts as many bodies to each server in turn;
a figure is the ratio of the rounds' medians.
"""

from __future__ import annotations

import json
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.figures import Figure, Row, note, p50
from bench.servers import VICTORIA, Server, doghouse, victoria_metrics

POINTS = 1000  # a body
BODIES = 800  # a round, over all connections
ROUNDS = 5
SHAPES = {"": 1000, "_100x10": 100, "_1x1000": 1}  # suffix of the figure: series in a body
HEADS = "intake, v1 JSON, 1,000 points a body", "points a second", "times victoria-metrics"
IN_WORDS = {
    "": "1,000 series with a point",
    "_100x10": "100 series with 10 points",
    "_1x1000": "1 series with 1,000 points",
}
ROWS = [
    Row(f"{words}, {connections} connection{'s' * (connections > 1)}", (f"{name}_rate", name), "≥ 1", HEADS)
    for suffix, words in IN_WORDS.items()
    for connections in (1, 4)
    for name in [f"intake_v1_{connections}conn{suffix}"]
]


def bodies(series: int, count: int, round_number: int, connection: int) -> list[bytes]:
    """`count` bodies of points that are in no other round, connection or body, within the hour that is taken."""
    points, start = POINTS // series, int(time.time()) - 3500
    encoded = []
    for number in range(count):
        # A series gets `points` points in each body, until its seconds are used up; then other series follow.
        span = number * points
        metric = (
            f"load.r{round_number}.m{span // 3500}" if points < POINTS else f"load.r{round_number}.m{number // 300}"
        )
        first = start + span % 3500 if points < POINTS else start + 1000 * (number // 100 % 3)
        host = 0 if points < POINTS else number % 100
        payload = [
            {
                "metric": f"{metric}.{place // 100}",
                "type": "gauge",
                "interval": 15,
                "host": f"host-{(place + host) % 100}",
                "tags": ["env:prod", f"connection:{connection}"],
                "points": [[first + point, random.randint(0, 1000)] for point in range(points)],
            }
            for place in range(series)
        ]
        encoded.append(json.dumps({"series": payload}).encode())
    return encoded


def post(server: Server, parts: list[list[bytes]]) -> float:
    """Points a second, a thread and connection for each part."""
    failures: list[int] = []

    def work(part: list[bytes]) -> None:
        connection = server.connection()
        headers = {**server.headers, "Content-Type": "application/json"}
        for body in part:
            connection.request("POST", f"{server.prefix}/api/v1/series", body, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 202:
                failures.append(answer.status)
                return

    threads = [threading.Thread(target=work, args=(part,)) for part in parts]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - start
    if failures:
        raise RuntimeError(f"{server.name} answered {failures}")
    return sum(map(len, parts)) * POINTS / took


def measure(servers: list[Server], series: int, connections: int, first_round: int) -> dict[str, float]:
    """The median of points a second, by server."""
    rates_of: dict[str, list[float]] = {server.name: [] for server in servers}
    for number in range(first_round, first_round + ROUNDS):
        parts = [bodies(series, BODIES // connections, number, place) for place in range(connections)]
        for server in servers if number % 2 else reversed(servers):
            rates_of[server.name].append(post(server, parts))
            time.sleep(1)  # let each finish what it does afterwards
    return {name: p50(rates) for name, rates in rates_of.items()}


def run() -> Iterator[Figure]:
    """The ratios, or doghouse's own figures where there is no victoria-metrics."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        servers = [stack.enter_context(doghouse(Path(folder) / "doghouse"))]
        if VICTORIA:
            servers.append(stack.enter_context(victoria_metrics(Path(folder) / "victoria")))
        first_round = 0
        for suffix, series in SHAPES.items():
            for connections in (1, 4):
                rates = measure(servers, series, connections, first_round)
                first_round += ROUNDS
                note(
                    f"  {series} series a body, {connections} connections: {', '.join(f'{name} {rate:,.0f}/s' for name, rate in rates.items())}"
                )
                name = f"intake_v1_{connections}conn{suffix}"
                yield Figure(f"{name}_rate", rates["doghouse"], "points/s", "wall-clock")
                if VICTORIA:
                    yield Figure(name, rates["doghouse"] / rates["victoria-metrics"], "ratio", "victoria-metrics")
