"""A backtest with 900,000 notifications, as JSON: a value that is random each minute, of 42 hosts over thirty days."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.backtest import DAY_S, MINUTE_S, START_S, process
from bench.figures import Figure, p50

HOSTS, DAYS, ROUNDS = 42, 30, 3
MONITOR = {
    "name": "random",
    "type": "metric alert",
    "query": "avg(last_1m):avg:cpu{*} by {host} > 50",
    "message": "{{#is_alert}}{{value}} on {{host.name}} @ops@example.com{{/is_alert}}{{#is_recovery}}@ops@example.com{{/is_recovery}}",
}


def run(hosts: int = HOSTS, days: int = DAYS, rounds: int = ROUNDS) -> Iterator[Figure]:
    """The median of some rounds, and the most memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "random.json").write_text(json.dumps(MONITOR))
        write_points(folder / "points.parquet", hosts, days)
        over = ["--series", "points.parquet", "--from", str(START_S), "--to", str(START_S + days * DAY_S)]
        command = [sys.executable, "-m", "doghouse", "backtest", "random.json", *over, "--json"]
        took = [process(command, folder, folder / "out") for _ in range(rounds)]
        figures = json.loads((folder / "out").read_bytes())["figures"]
        yield Figure("backtest_messages_sent", figures["notifications"], "notifications", "counted")
        yield Figure("backtest_messages", p50([one.seconds for one in took]), "s", "whole-process")
        yield Figure("backtest_messages_cpu", p50([one.cpu for one in took]), "s", "processors")
        yield Figure("backtest_messages_memory", max(one.memory for one in took), "MB", "peak")


def write_points(path: Path, hosts: int, days: int) -> None:
    """A point a minute and host, as often above the threshold as below."""
    import polars

    rng, points = np.random.default_rng(5), days * DAY_S // MINUTE_S
    frames = [
        polars.DataFrame(
            {
                "timestamp": START_S + MINUTE_S * np.arange(points),
                "metric": polars.repeat("cpu", points, eager=True),
                "value": rng.uniform(0, 100, points).round(2),
                "tags": polars.repeat(f"host:web-{host}", points, eager=True),
            }
        )
        for host in range(hosts)
    ]
    polars.concat(frames).write_parquet(path)
