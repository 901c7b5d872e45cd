"""The same history in every engine: hosts with a point each 45 seconds, random whole numbers from 0 to 1,000."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from bench.servers import Server
from doghouse.metrics.intake.importing import CONTENT_TYPE, parts
from doghouse.metrics.model import Columns, Floats, Ints, Series
from doghouse.metrics.store import compaction

EVERY_S = 45
HOSTS = 100
METRIC = "load.metric"
START = 1_699_488_000  # a Thursday's midnight, UTC: a week of 1970's counting begins
SETTLE_S = 600


@dataclass(frozen=True, slots=True)
class History:
    """`points` points, as many of each host, from `start` (s UTC) on."""

    points: int
    metric: str = METRIC
    hosts: int = HOSTS
    start: int = START

    @property
    def points_a_host(self) -> int:
        """Points of a host."""
        return self.points // self.hosts

    @property
    def end(self) -> int:
        """The first second after the last point's interval."""
        return self.start + self.points_a_host * EVERY_S

    def pieces(self, most: int = 1_000_000) -> Iterator[tuple[Ints, Ints, Floats]]:
        """Hosts, seconds and values, in the order of time."""
        rng = np.random.default_rng(1)
        step = most // self.hosts
        for first in range(0, self.points_a_host, step):
            count = min(step, self.points_a_host - first)
            host = np.tile(np.arange(self.hosts), count)
            ts = self.start + np.repeat(np.arange(first, first + count), self.hosts) * EVERY_S
            yield host, ts, rng.integers(0, 1001, len(ts)).astype(np.float64)


def into_doghouse(server: Server, history: History) -> None:
    """Import it."""
    names = [f"host-{number}" for number in range(history.hosts)]
    series = [Series(place, history.metric, "gauge", EVERY_S, name, ()) for place, name in enumerate(names)]
    connection = server.connection()
    for host, ts, value in history.pieces():
        for body in parts(series, Columns(host, ts, value)):
            post(connection, "/doghouse/import", body, {**server.headers, "Content-Type": CONTENT_TYPE})


def settle(server: Server) -> None:
    """Wait until the store has put in order what it puts in order by itself: it works longer than a look on a busy machine."""
    until = time.monotonic() + SETTLE_S
    before = None
    while (now := json.loads(server.get("/doghouse/store"))) != before or now["arrived"] >= compaction.MANY:
        if time.monotonic() > until:
            raise RuntimeError(f"doghouse does not settle: {now}")
        before = now
        time.sleep(6)  # it looks for work each five seconds


def into_victoria_metrics(server: Server, history: History) -> None:
    """Import it, and wait until it can be asked for."""
    connection = server.connection()
    for host, ts, value in history.pieces():
        lines = []
        for number in range(history.hosts):
            mine = slice(number, None, history.hosts)
            labels = {"__name__": history.metric, "host": f"host-{number}"}
            assert host[number] == number
            lines.append({"metric": labels, "values": value[mine].tolist(), "timestamps": (ts[mine] * 1000).tolist()})
        post(connection, "/api/v1/import", "\n".join(map(json.dumps, lines)).encode(), {})
    server.get("/internal/force_flush", connection)


def into_parquet(path: Path, history: History) -> None:
    """A Parquet file with the columns host, ts, value, sorted as doghouse's store is."""
    columns = [np.concatenate(column) for column in zip(*history.pieces(), strict=True)]
    frame = pl.DataFrame({"host": columns[0].astype(np.int32), "ts": columns[1], "value": columns[2]})
    week = pl.col("ts") // (7 * 86400)
    frame.sort(week, "host", "ts").write_parquet(path)


def post(connection: http.client.HTTPConnection, path: str, body: bytes, headers: dict[str, str]) -> None:
    """Send a body, which must be taken."""
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    answered = answer.read()
    if answer.status >= 300:
        raise RuntimeError(f"{path} answered {answer.status}: {answered[:300]!r}")
