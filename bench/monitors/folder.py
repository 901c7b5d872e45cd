"""A backtest of a folder of 330 monitors (18 queries over three metrics of a hundred hosts, thirty days) beside one of them, in turn; on one core and all."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np

from bench.figures import Figure, Row, p50
from bench.monitors.backtest import DAY_S, EVERY_S, START_S, Took, process
from doghouse.metrics.model import Floats

ONLY_WHEN_NAMED = True  # minutes
METRICS = ("cpu", "memory", "queue")
AGGREGATORS, SCOPES = ("avg", "max", "min"), ("{*} by {host}", "{*}")  # with the metrics 18 queries
WINDOWS = ("last_5m", "last_10m", "last_15m", "last_30m", "last_1h")
MONITORS, HOSTS, DAYS, ROUNDS = 330, 100, 30, 3
BREACHES_A_DAY = 3
ROWS = (
    Row("backtest of 330 monitors, 30 days of 100 hosts (s)", ("backtest_folder",)),
    Row("the same: times one of them", ("backtest_folder_times_one",), "≤ 20"),
    Row("the same: times as fast as one process", ("backtest_folder_jobs",)),
    Row("the same: most memory of a process (MB)", ("backtest_folder_memory",), "< 1,000"),
)


def run(monitors: int = MONITORS, hosts: int = HOSTS, days: int = DAYS, rounds: int = ROUNDS) -> Iterator[Figure]:
    """The medians of some rounds; what one core and all of them print must be the same."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_monitors(folder / "monitors", monitors)
        write_points(folder / "points.parquet", hosts, days)
        runs: dict[str, list[Took]] = {"one": [], "one_core": [], "all_cores": []}
        for _ in range(rounds):
            runs["one"].append(backtest(folder, "monitors/000.json", days))
            runs["all_cores"].append(backtest(folder, "monitors", days, "all"))
            runs["one_core"].append(backtest(folder, "monitors", days, "one", "--jobs", "1"))
        if (folder / "all").read_bytes() != (folder / "one").read_bytes():
            raise SystemExit("bench: folder: --jobs 1 prints something else")
        seconds = {what: p50([took.seconds for took in some]) for what, some in runs.items()}
        yield Figure("backtest_folder", seconds["all_cores"], "s", "whole-process")
        yield Figure("backtest_folder_times_one", seconds["all_cores"] / seconds["one"], "ratio", "one-of-them")
        yield Figure("backtest_folder_jobs", seconds["one_core"] / seconds["all_cores"], "ratio", "jobs-1")
        yield Figure("backtest_folder_cpu", p50([took.cpu for took in runs["all_cores"]]), "s", "processors")
        memory = max(took.memory for took in runs["all_cores"])
        yield Figure("backtest_folder_memory", memory, "MB", "largest-process")


def backtest(folder: Path, monitors: str, days: int, out: str = "", *options: str) -> Took:
    """One backtest as a process."""
    over = ["--series", "points.parquet", "--from", str(START_S), "--to", str(START_S + days * DAY_S)]
    command = [sys.executable, "-m", "doghouse", "backtest", monitors, *over, "--format", "markdown", *options]
    return process(command, folder, folder / out if out else None)


def write_monitors(folder: Path, count: int) -> None:
    """So many monitors: each query with several windows and thresholds."""
    folder.mkdir()
    asked = list(product(WINDOWS, METRICS, AGGREGATORS, SCOPES))
    for number in range(count):
        window, metric, aggregator, scope = asked[number % len(asked)]
        critical = 80 + number // len(asked) * 3
        body = {
            "name": f"{metric} {number}",
            "type": "metric alert",
            "query": f"avg({window}):{aggregator}:{metric}{scope} > {critical}",
            "message": "{{#is_alert}}{{value}} @ops@example.com{{/is_alert}}{{#is_recovery}}@ops@example.com{{/is_recovery}}",
            "options": {"thresholds": {"critical": critical, "critical_recovery": critical - 5}},
        }
        (folder / f"{number:03}.json").write_text(json.dumps(body))


def write_points(path: Path, hosts: int, days: int) -> None:
    """A slowly wandering series for each metric and host, which goes high for half an hour a few times a day."""
    import polars

    rng = np.random.default_rng(330)
    points = days * DAY_S // EVERY_S
    frames = [
        polars.DataFrame(
            {
                "timestamp": START_S + EVERY_S * np.arange(points),
                "metric": polars.repeat(metric, points, eager=True),
                "value": wandering(rng, points, days),
                "tags": polars.repeat(f"host:web-{host}", points, eager=True),
            }
        )
        for metric in METRICS
        for host in range(hosts)
    ]
    polars.concat(frames).write_parquet(path)


def wandering(rng: np.random.Generator, points: int, days: int) -> Floats:
    """From 20 to 60 for most of the time."""
    steps = np.cumsum(rng.normal(0, 1, points))
    level = 40 + 20 * np.sin(steps / 200)
    for start in rng.integers(0, points, BREACHES_A_DAY * days).tolist():
        level[start : start + 40] += 45
    return np.round(level, 2)
