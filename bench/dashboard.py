"""A dashboard of 20 widgets over the past week, each a metric of 50 hosts at 45 s by host: what the page asks for, over six connections as a browser does."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

from bench.data.history import EVERY_S, History, into_doghouse, settle
from bench.figures import Figure, Row, in_turn, p50, p99
from bench.servers import Server, doghouse

WIDGETS, HOSTS, WEEK_S = 20, 50, 7 * 86400
CONNECTIONS = 6
ROUNDS = 15
ROWS = (
    Row("dashboard of 20 widgets, a week, 50 hosts, p50 (ms)", ("dashboard_20_widgets_p50",), "< 300"),
    Row("the same, p99 (ms)", ("dashboard_20_widgets_p99",)),
)


def run() -> Iterator[Figure]:
    """The time until all widgets have their numbers."""
    with tempfile.TemporaryDirectory() as folder, doghouse(Path(folder)) as server:
        start = int(time.time()) // EVERY_S * EVERY_S - WEEK_S
        for number in range(WIDGETS):
            into_doghouse(server, History(WEEK_S // EVERY_S * HOSTS, f"widget.m{number}", HOSTS, start))
        settle(server)
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            took = in_turn({"dashboard": lambda: show(server, pool, start)}, ROUNDS)["dashboard"]
    yield Figure("dashboard_20_widgets_p50", p50(took) * 1e3, "ms", "wall-clock")
    yield Figure("dashboard_20_widgets_p99", p99(took) * 1e3, "ms", "wall-clock")


def show(server: Server, pool: ThreadPoolExecutor, start: int) -> None:
    """Ask for every widget."""
    queries = [f"avg:widget.m{number}{{*}} by {{host}}" for number in range(WIDGETS)]
    paths = [f"/api/v1/query?{urlencode({'query': query, 'from': start, 'to': start + WEEK_S})}" for query in queries]
    for answer in pool.map(server.get, paths):
        assert len(answer) > HOSTS * 160 * 20, answer[:300]
