"""A review of a folder of 330 monitors with 5 changed: without history, and over 30 days of 100 hosts. Whole processes, with what they take of processors."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, p50
from bench.monitors.backtest import DAY_S, MONITOR, START_S, Took, process, samples, write_parquet

MONITORS, CHANGED, ROUNDS = 330, 5, 3
HOSTS, DAYS = 100, 30


def run() -> Iterator[Figure]:
    """The medians of some rounds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_monitors(folder / "base", 0)
        write_monitors(folder / "head", CHANGED)
        write_parquet(folder / "series.parquet", samples(HOSTS, DAYS))
        yield from figures("diff_330", [diff(folder) for _ in range(ROUNDS)])
        over = ["--series", "series.parquet", "--from", str(START_S), "--to", str(START_S + DAYS * DAY_S)]
        yield from figures("diff_330_100hosts_30d", [diff(folder, *over) for _ in range(ROUNDS)])


def figures(name: str, took: list[Took]) -> Iterator[Figure]:
    """The time by the clock, and that of processors, which other programs on the machine change less."""
    yield Figure(name, p50([timing.seconds for timing in took]), "s", "whole-process")
    yield Figure(f"{name}_cpu", p50([timing.cpu for timing in took]), "s", "processors")


def diff(folder: Path, *options: str) -> Took:
    """One review; it must find the changed monitors and no other."""
    took = process([sys.executable, "-m", "doghouse", "diff", "base", "head", *options], folder, folder / "said")
    summary = (folder / "said").read_text().splitlines()[-1]
    if summary != f"{CHANGED} monitors changed; {MONITORS - CHANGED} unchanged":
        raise SystemExit(f"bench: review: {summary}")
    return took


def write_monitors(folder: Path, changed: int) -> None:
    """The shipped monitor many times, each with thresholds of its own; the first `changed` have others than they had."""
    folder.mkdir()
    shipped = json.loads(MONITOR.read_text())["definition"]
    for number in range(MONITORS):
        critical = 600 + number % 100 + (30 if number < changed else 0)
        query = shipped["query"].rpartition(">")[0] + f"> {critical}"
        options = {**shipped["options"], "thresholds": {"critical": critical, "warning": 500}}
        body = {**shipped, "name": f"my_metric {number}", "query": query, "options": options}
        (folder / f"{number:03}.json").write_text(json.dumps(body))
