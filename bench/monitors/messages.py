"""A backtest with 900,000 notifications, as JSON, by line, and with every message: a value that is random each minute, of 42 hosts over thirty days."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.figures import Figure, Row, p50
from bench.monitors.backtest import DAY_S, MINUTE_S, START_S, process

HOSTS, DAYS, ROUNDS = 42, 30, 3
FORMS = {"": ("--json",), "_lines": ("--json-lines",), "_all": ("--json-lines", "--messages", "all")}
ROWS = (
    Row("900,000 notifications as JSON: the first, the rest counted (s)", ("backtest_messages",), "< 20"),
    Row("the same: most memory (MB)", ("backtest_messages_memory",), "< 500"),
    Row("the same with `--json-lines` (s)", ("backtest_messages_lines",)),
    Row("the same with every message, `--messages all` (s)", ("backtest_messages_all",)),
    Row("the same: most memory (MB)", ("backtest_messages_all_memory",)),
)
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
        command = [sys.executable, "-m", "doghouse", "backtest", "random.json", *over]
        for suffix, form in FORMS.items():
            took = [process([*command, *form], folder, folder / f"out{suffix}") for _ in range(rounds)]
            yield Figure(f"backtest_messages{suffix}", p50([timing.seconds for timing in took]), "s", "whole-process")
            yield Figure(f"backtest_messages{suffix}_cpu", p50([timing.cpu for timing in took]), "s", "processors")
            yield Figure(f"backtest_messages{suffix}_memory", max(timing.memory for timing in took), "MB", "peak")
        [line] = (folder / "out_lines").read_text().splitlines()
        sent = json.loads(line)["figures"]["notifications"]
        yield Figure("backtest_messages_sent", sent, "notifications", "counted")


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
