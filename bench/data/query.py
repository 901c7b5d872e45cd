"""Queries over 1 and 10 million points of 100 hosts, asked over HTTP, beside victoria-metrics and (as the limit) polars on a Parquet file.

The rollup is the average of each hour by host; both servers must give the same numbers first. Victoria-metrics is asked with its cache
of results off (`nocache=1`), for with it a repeated query is answered without a look at the points; how long that takes is noted.
Cold is the first query of a server that was just started (files are still in the system's memory).
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import polars as pl

from bench.data.history import (
    EVERY_S,
    METRIC,
    START,
    History,
    into_doghouse,
    into_parquet,
    into_victoria_metrics,
    settle,
)
from bench.figures import Figure, Row, in_turn, note, p50, p99
from bench.servers import VICTORIA, Server, doghouse, victoria_metrics

HOUR_S, DAY_S = 3600, 86400
MIB = 1024 * 1024
MOST_HOURS = 1500  # a Datadog query has no more buckets
ROUNDS = 15
SMALL_ROUNDS = 100
SIZES = ("1m", "10m", "100m")
HEADS = "100 hosts, a point each 45 s", "1 million points", "10 million", "100 million"
ROWS = [
    Row(words, tuple(figure.format(size) for size in SIZES), goal, HEADS)
    for words, figure, goal in (
        ("hourly average by host: times as fast as victoria-metrics", "query_rollup_{}", "≥ 1"),
        ("the same: its time as a share of polars' from Parquet", "query_rollup_{}_limit", "< 1"),
        ("the same, p50 (ms)", "query_rollup_{}_p50", ""),
        ("the same, p99 (ms)", "query_rollup_{}_p99", ""),
        ("the same, the first of a new process (ms)", "query_rollup_{}_cold", ""),
        ("one host, one day, p50 (ms)", "query_1host_1day_{}_p50", "< 3"),
        ("bytes on disk a point", "bytes_per_point_{}", "< 3"),
        ("memory at rest (MiB)", "memory_rest_{}", ""),
        ("memory at its peak (MiB)", "memory_peak_{}", ""),
        ("start until requests are accepted (s)", "serve_ready_{}", ""),
    )
]
Ask = Callable[[], bytes]


def run() -> Iterator[Figure]:
    """The figures for each size."""
    for millions in (1, 10):
        with tempfile.TemporaryDirectory() as folder:
            yield from measure(Path(folder), History(millions * 1_000_000), f"{millions}m")


def measure(folder: Path, history: History, size: str) -> Iterator[Figure]:
    """Load the history everywhere, check that the answers are the same, then time them in turn."""
    into_parquet(folder / "history.parquet", history)
    with doghouse(folder / "doghouse") as server:
        into_doghouse(server, history)
        settle(server)
    with ExitStack() as stack:
        before = time.perf_counter()
        ours = stack.enter_context(doghouse(folder / "doghouse"))
        yield Figure(f"serve_ready_{size}", time.perf_counter() - before, "s", "start")
        yield Figure(f"memory_rest_{size}", ours.resident() / MIB, "MiB", "process")
        asked: dict[str, Callable[[], object]] = {"doghouse": our_rollup(ours, history)}
        cold = in_turn(asked, 1)["doghouse"][0]
        asked["polars"] = lambda: polars_rollup(folder / "history.parquet", history)
        theirs = None
        if VICTORIA:
            theirs = stack.enter_context(victoria_metrics(folder / "victoria"))
            into_victoria_metrics(theirs, history)
            asked["victoria-metrics"] = their_rollup(theirs, history, nocache=1)
            asked["victoria-metrics, cached"] = their_rollup(theirs, history, nocache=0)
            compare(our_rollup(ours, history)(), their_rollup(theirs, history, nocache=1)())
            asked["doghouse"] = our_rollup(ours, history)  # a new connection: the load may have outlasted the idle one
        took = in_turn(asked, ROUNDS)
        for name, times in took.items():
            note(f"  {size} hourly rollup, {name}: p50 {p50(times) * 1e3:.1f} ms, p99 {p99(times) * 1e3:.1f} ms")
        middle = p50(took["doghouse"])
        yield Figure(f"query_rollup_{size}_cold", cold * 1e3, "ms", "first-query")
        yield Figure(f"query_rollup_{size}_p50", middle * 1e3, "ms", "wall-clock")
        yield Figure(f"query_rollup_{size}_p99", p99(took["doghouse"]) * 1e3, "ms", "wall-clock")
        if VICTORIA:
            yield Figure(f"query_rollup_{size}", p50(took["victoria-metrics"]) / middle, "ratio", "victoria-metrics")
        yield Figure(f"query_rollup_{size}_limit", middle / p50(took["polars"]), "ratio", "polars")
        yield from one_host_one_day(ours, theirs, history, size)
        yield Figure(f"memory_peak_{size}", ours.peak() / MIB, "MiB", "process")
        yield Figure(f"bytes_per_point_{size}", ours.on_disk() / history.points, "bytes", "point")


def one_host_one_day(ours: Server, theirs: Server | None, history: History, size: str) -> Iterator[Figure]:
    """A host's day at the default interval."""
    day = START + history.points_a_host * EVERY_S // DAY_S // 2 * DAY_S
    asked: dict[str, Callable[[], object]] = {
        "doghouse": ask(
            ours, "/api/v1/query", query="avg:load.metric{host:host-50}", **{"from": day, "to": day + DAY_S}
        )
    }
    if theirs:
        query = f'avg_over_time({{__name__="{METRIC}",host="host-50"}}[5m])'
        times = {"start": day + 299, "end": day + DAY_S - 1, "step": 300}
        asked["victoria-metrics"] = ask(theirs, "/api/v1/query_range", query=query, nocache=1, **times)
    took = in_turn(asked, SMALL_ROUNDS)
    for name, times_taken in took.items():
        note(
            f"  {size} one host, one day, {name}: p50 {p50(times_taken) * 1e3:.2f} ms, p99 {p99(times_taken) * 1e3:.2f} ms"
        )
    yield Figure(f"query_1host_1day_{size}_p50", p50(took["doghouse"]) * 1e3, "ms", "wall-clock")


def window(history: History) -> tuple[int, int]:
    """The range that is asked for: all of it, or the last hours that one query can show."""
    return max(START, history.end // HOUR_S * HOUR_S - MOST_HOURS * HOUR_S), history.end


def our_rollup(server: Server, history: History) -> Ask:
    """The hourly averages by host."""
    start, end = window(history)
    query = f"avg:{METRIC}{{*}} by {{host}}.rollup(avg, {HOUR_S})"
    return ask(server, "/api/v1/query", query=query, **{"from": start, "to": end})


def their_rollup(server: Server, history: History, nocache: int) -> Ask:
    """The same; its windows are open at the left and closed at the right."""
    start, end = window(history)
    query = f'avg(avg_over_time({{__name__="{METRIC}"}}[1h])) by (host)'
    last = end - 1 if end % HOUR_S == 0 else end // HOUR_S * HOUR_S + HOUR_S - 1
    return ask(
        server, "/api/v1/query_range", query=query, start=start + HOUR_S - 1, end=last, step=HOUR_S, nocache=nocache
    )


def polars_rollup(path: Path, history: History) -> pl.DataFrame:
    """The same, from a Parquet file."""
    start, end = window(history)
    rows = pl.scan_parquet(path).filter(pl.col("ts").is_between(start, end, closed="left"))
    return rows.group_by("host", pl.col("ts") // HOUR_S).agg(pl.col("value").mean()).collect()


def ask(server: Server, path: str, **query: object) -> Ask:
    """Asks over a connection of its own; the answer is not read further, for that would measure this program."""
    connection = server.connection()
    address = f"{path}?{urlencode(query)}"
    return lambda: server.get(address, connection)


def compare(ours: bytes, theirs: bytes) -> None:
    """Both must say the same of every host and hour."""
    mine = {series["scope"].removeprefix("host:"): dict(series["pointlist"]) for series in json.loads(ours)["series"]}
    other = {series["metric"]["host"]: series["values"] for series in json.loads(theirs)["data"]["result"]}
    assert mine.keys() == other.keys(), (len(mine), len(other))
    for host, points in other.items():
        at = [(int(ts) - HOUR_S + 1) * 1000 for ts, _ in points]
        np.testing.assert_allclose([mine[host][ms] for ms in at], [float(value) for _, value in points], rtol=1e-9)
        assert len(mine[host]) == len(points)
