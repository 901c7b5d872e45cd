"""200 hosts whose Agents send what Agents send, as often as they do: all of it is there, monitors keep up, memory has an end."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from bench.servers import Server, doghouse
from doghouse.agent.aggregation.samples import FlushedSeries, ServiceCheck
from doghouse.agent.aggregation.submissions import Batch
from doghouse.agent.forwarder import payloads
from doghouse.agent.forwarder.transport import Fate, Intake

HOSTS, METRICS, LINES = 200, 100, 5  # of each host, in each flush: so many series, and lines of logs
FLUSH_S = 15
SECONDS = int(os.environ.get("TORTURE_HOSTS_S", "30"))
MONITORS = 20  # a group for each host
MEMORY_MIB = 1500


def batch(host: str, now: int) -> Batch:
    """What an Agent has at a flush."""
    return Batch(
        series=[
            FlushedSeries(f"load.m{number}", "gauge", 0, host, ("env:prod", "team:shop"), ((now, 1.0),))
            for number in range(METRICS)
        ],
        service_checks=[ServiceCheck("load.up", 0, host, ("env:prod",), "", now)],
        logs=[{"message": f"line {line} of {now}", "hostname": host, "service": "load"} for line in range(LINES)],
    )


@dataclass
class Watch:
    """What a server says of itself while it is under load."""

    server: Server
    lag_s: float = 0.0
    slowest_s: float = 0.0
    memory: int = 0  # bytes
    ended: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        while not self.ended.wait(1):
            begun = time.monotonic()
            health = httpx.get(f"http://127.0.0.1:{self.server.port}/health", timeout=60).json()
            self.slowest_s = max(self.slowest_s, time.monotonic() - begun)
            self.lag_s = max(self.lag_s, health["monitors"]["lag_s"])
            self.memory = max(self.memory, self.server.resident())


def flush(intake: Intake, number: int, ends: float) -> tuple[int, list[str]]:
    """An Agent until the end: how often it flushed, and what was not delivered. Agents begin one after the other, as in life."""
    host, flushes, problems = f"host-{number}", 0, []
    due = time.monotonic() + FLUSH_S * number / HOSTS
    while due < ends:
        time.sleep(max(0.0, due - time.monotonic()))
        outcomes = [intake.send(payload) for payload in payloads.of(batch(host, int(time.time())), host)]
        problems += [outcome.why for outcome in outcomes if outcome.fate is not Fate.DELIVERED]
        flushes, due = flushes + 1, due + FLUSH_S
    return flushes, problems


@pytest.mark.slow
def test_what_200_hosts_send_is_all_there_and_monitors_keep_up(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with doghouse(tmp_path) as server:
        url, begun = f"http://127.0.0.1:{server.port}", int(time.time())
        with httpx.Client(base_url=url, headers=dict(server.headers), timeout=60) as client:
            for number in range(MONITORS):
                query = f"avg(last_5m):avg:load.m{number}{{*}} by {{host}} > 2"
                client.post(
                    "/api/v1/monitor", json={"type": "metric alert", "name": "m", "query": query, "message": ""}
                )
            watch = Watch(server)
            with ThreadPoolExecutor(HOSTS + 1) as threads:
                looking = threads.submit(watch.look)
                intake, ends = Intake(url, server.headers["DD-API-KEY"]), time.monotonic() + SECONDS
                agents = [threads.submit(flush, intake, number, ends) for number in range(HOSTS)]
                results = [agent.result() for agent in agents]
                watch.ended.set()
                looking.result()
            flushes = {f"host:host-{number}": count for number, (count, _) in enumerate(results)}
            assert [problem for _, problems in results for problem in problems] == []
            for number in range(METRICS):
                # without fill(null) a minute in which other hosts have points is interpolated for those that have none
                query = f"sum:load.m{number}{{*}} by {{host}}.rollup(count, 60).fill(null)"
                asked = {"query": query, "from": begun - 60, "to": int(time.time()) + 60}
                series = client.get("/api/v1/query", params=asked).json()["series"]
                points = {one["scope"]: sum(value or 0 for _, value in one["pointlist"]) for one in series}
                assert points == flushes, f"load.m{number}"
            asked_logs = {
                "compute": [{"aggregation": "count"}],
                "filter": {
                    "query": "service:load",
                    "from": str((begun - 60) * 1000),
                    "to": str(int(time.time() + 60) * 1000),
                },
            }
            [bucket] = client.post("/api/v2/logs/analytics/aggregate", json=asked_logs).json()["data"]["buckets"]
            assert bucket["computes"]["c0"] == LINES * sum(flushes.values())
            hosts = client.get("/api/v1/hosts", params={"count": 1000}).json()
            assert hosts["total_matching"] == HOSTS
    posted = METRICS * sum(flushes.values())
    record_property(
        "figure",
        f"{HOSTS} hosts for {SECONDS} s: {posted:,} points, monitors at most {watch.lag_s:.1f} s behind, "
        f"/health answered within {watch.slowest_s:.2f} s, at most {watch.memory >> 20} MiB",
    )
    assert watch.lag_s < 60
    assert watch.memory >> 20 < MEMORY_MIB
