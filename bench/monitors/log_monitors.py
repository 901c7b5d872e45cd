"""A backtest of a hundred log monitors over thirty days and ten million lines of a Parquet file, beside one of them: whole processes."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from bench.figures import Figure, note
from bench.monitors.backtest import DAY_S, ROOT, START_S, Took, process

ONLY_WHEN_NAMED = True  # writing the file takes half a minute
LINES, DAYS, MONITORS = 10_000_000, 30, 100
SERVICES, TEAMS = 50, 8
# Errors come in bursts, an hour a day of one service, so that a monitor alerts a few times and not always.
LINES_OF = """
SELECT ({start}::BIGINT * 1000 + i * {span}::BIGINT // {lines}) AS timestamp,
    ['payment refused', 'connection timeout', 'order done', 'login failed', 'cache miss'][1 + (hash(i) % 5)::INT] || ' id=' || i AS message,
    'svc-' || (hash(i * 3) % {services}) AS service,
    CASE WHEN hash(i * 5) % 100 < 2 THEN 'error'
         WHEN hash(i * 3) % {services} = (i * 720 // {lines}) % {services} AND hash(i * 7) % 2 = 0 THEN 'error'
         ELSE 'info' END AS status,
    'host-' || (hash(i * 11) % 100) AS host,
    ['env:prod', 'team:t' || (hash(i * 13) % {teams})] AS tags,
    {{'duration': (hash(i * 17) % 1000)::INT,
      'region': ['eu', 'us', 'ap'][1 + (hash(i * 19) % 3)::INT],
      'usr': {{'id': 'u' || (hash(i * 23) % 5000)}},
      'http': {{'status_code': [200, 404, 500][1 + (hash(i * 29) % 3)::INT], 'url': '/api/' || (hash(i * 31) % 40)}}}} AS attributes
FROM range({lines}) AS numbers(i)
"""
SEARCHES = (
    *(f"service:svc-{number} status:error" for number in range(20)),
    *(f"status:error env:prod team:t{number}" for number in range(TEAMS)),
    *(f"@http.status_code:[500 TO 599] service:svc-{number}" for number in range(20)),
    '"payment refused" status:error',
    "login status:error -service:svc-1*",
    "@http.url:/api/1* @duration:>900 status:error",
)
# What is worked out, by what it is grouped, and above which multiple of its usual value an alert is due.
COMPUTES = (
    ('"count"', "", 8),
    ('"count"', '.by("service")', 20),
    ('"cardinality", "@usr.id"', "", 8),
    ('"avg", "@duration"', "", 1.9),
    ('"count"', '.by("@region")', 8),
)


def run() -> Iterator[Figure]:
    """Seconds, processors and memory of both."""
    with tempfile.TemporaryDirectory() as folder:
        logs, every, single = Path(folder) / "logs.parquet", Path(folder) / "every.json", Path(folder) / "single.json"
        with duckdb.connect() as connection:
            sql = LINES_OF.format(start=START_S, span=DAYS * DAY_S * 1000, lines=LINES, services=SERVICES, teams=TEAMS)
            connection.execute(f"COPY ({sql}) TO '{logs}' (FORMAT parquet)")
        monitors = [monitor(number) for number in range(MONITORS)]
        every.write_text(json.dumps(monitors))
        single.write_text(json.dumps(monitors[:1]))
        note(f"bench: log_monitors: {LINES:,} lines, {logs.stat().st_size / 2**20:.0f} MB, {len(SEARCHES)} searches")
        of_one, all_of_them = backtest(single, logs, Path(folder) / "out"), backtest(every, logs, Path(folder) / "out")
        sent = sum(len(entry["notifications"]) for entry in json.loads((Path(folder) / "out").read_text())["monitors"])
        note(f"bench: log_monitors: {sent:,} notifications, {all_of_them.cpu:.1f} s of processors")
        yield Figure("log_monitors_100", all_of_them.seconds, "s", "whole-process")
        yield Figure("log_monitors_100_memory", all_of_them.memory, "MB", "peak")
        yield Figure("log_monitors_100", all_of_them.seconds / of_one.seconds, "x", "one-of-them")


def monitor(number: int) -> dict[str, Any]:
    """One of them, as its API has it."""
    compute, by, factor = COMPUTES[number % len(COMPUTES)]
    window = (5, 15, 60)[number % 3]
    usual = 500.0 if compute.startswith('"avg') else LINES / (DAYS * 1440) * window / SERVICES / 10
    search = json.dumps(SEARCHES[number % len(SEARCHES)])
    critical = round(usual * factor)
    return {
        "id": number + 1,
        "type": "log alert",
        "name": f"monitor {number}",
        "query": f'logs({search}).index("*").rollup({compute}){by}.last("{window}m") > {critical}',
        "message": "{{value}} @ops@example.com",
        "options": {"thresholds": {"critical": critical}},
    }


def backtest(monitors: Path, logs: Path, out: Path) -> Took:
    """The command, as a process."""
    span = ["--from", str(START_S), "--to", str(START_S + DAYS * DAY_S)]
    command = [sys.executable, "-m", "doghouse", "backtest", str(monitors), "--logs", str(logs), *span, "--json"]
    return process(command, ROOT, out)
