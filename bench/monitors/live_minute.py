"""A live minute of a thousand log monitors over 200,000 logs of the last hour: by the clock and in processor time, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, Row, note, p50

MONITORS, DISTINCT, LOGS, HOUR_S = 1000, 600, 200_000, 3600
MINUTES = 5
NOW = 1_772_445_600
ROWS = (Row("a live minute of 1,000 log monitors over 200,000 logs (s)", ("live_minute",)),)
SEARCHES = (
    *(f"service:web-{number} status:error" for number in range(20)),
    *(f"status:(error OR warn) team:t{number}" for number in range(7)),
    *(f"@http.status_code:[500 TO 599] service:web-{number}" for number in range(20)),
    *(f"host:h{number}* -status:info" for number in range(1, 10)),
    '"refused" status:error',
    "refused -service:web-1*",
    "@http.url:/api/v1/users/1* @duration:>900000000000",
    "env:prod @http.method:POST",
)
COMPUTES = (
    ('"count"', ""),
    ('"count"', '.by("service")'),
    ('"cardinality", "@usr.id"', ""),
    ('"avg", "@duration"', ""),
    ('"pc95", "@duration"', '.by("service")'),
)
WINDOWS = ("5m", "10m", "15m", "1h")


def query(number: int) -> str:
    """One of the DISTINCT queries: they differ in search, in what is worked out, or in the window."""
    compute, by = COMPUTES[number % len(COMPUTES)]
    search = json.dumps(SEARCHES[number // len(COMPUTES) % len(SEARCHES)])
    window = WINDOWS[number // (len(COMPUTES) * len(SEARCHES)) % len(WINDOWS)]
    return f'logs({search}).index("*").rollup({compute}){by}.last("{window}") > 1e9'


def run() -> Iterator[Figure]:
    """The first minute, in which all is new to the loop, and the median of those after it."""
    note(f"bench: live_minute: {MONITORS:,} monitors, {DISTINCT} queries, {LOGS:,} logs")
    done = subprocess.run(
        [sys.executable, "-m", "bench.monitors.live_minute"], stdout=subprocess.PIPE, text=True, check=True
    )
    minutes = json.loads(done.stdout)
    yield Figure("live_minute_first", minutes[0]["clock"], "s", "clock")
    yield Figure("live_minute", p50([minute["clock"] for minute in minutes[1:]]), "s", "clock")
    yield Figure("live_minute_cpu", p50([minute["cpu"] for minute in minutes[1:]]), "s", "processors")


def measure() -> list[dict[str, float]]:
    """What each minute takes."""
    from msgspec import structs

    from bench.data.logs import lines
    from bench.monitors.live_house import house
    from doghouse.logs.store.log_store import LogStore
    from doghouse.monitors import parse

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        logs = LogStore(folder)
        logs.add(
            [
                structs.replace(log, timestamp=NOW - HOUR_S + number * HOUR_S / LOGS)
                for number, log in enumerate(lines(LOGS))
            ]
        )
        logs.settle()
        with house(folder, NOW, records={"logs": logs}) as home:
            for number in range(MONITORS):
                body = {"type": "log alert", "name": f"m{number}", "message": "", "query": query(number % DISTINCT)}
                home.monitors.add(parse(body), NOW)
            minutes = home.minutes(MINUTES)
        logs.close()
        return minutes


if __name__ == "__main__":
    print(json.dumps(measure()))
