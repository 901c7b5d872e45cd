"""The generated points that monitors are tried on: ten hours of gauges, counts, rates and runs of a check, with gaps, late starts and silences."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

BEGINS = int(datetime.fromisoformat("2026-03-02T00:00:00Z").timestamp())
FROM, TO = "2026-03-02T06:00:00Z", "2026-03-02T09:00:00Z"  # what is backtested
MINUTES = 600
SEED = 14
HOSTS = {"a": "env:prod,az:x", "b": "env:prod,az:y", "c": "env:staging,az:x"}

Row = tuple[int, str, float, str, int, str]


def write(path: Path) -> None:
    """Write the points as the CSV that `doghouse backtest --series` takes."""
    rows = ["timestamp,metric,value,type,interval,tags"]
    rows += [
        f'{ts},{metric},{value},{kind},{interval or ""},"{tags}"'
        for ts, metric, value, kind, interval, tags in points()
    ]
    path.write_text("\n".join(rows) + "\n")


def points() -> Iterator[Row]:
    """Every point: (s UTC, metric, value, type, interval in s, tags)."""
    source = random.Random(SEED)
    for host, tags in HOSTS.items():
        where = f"host:{host},{tags}"
        yield from _walk(source, "gen.cpu", where, level=60, step=9, until=460 if host == "c" else MINUTES)
        yield from _walk(source, "gen.mem", where, level=500, step=3, every=30)
        yield from _counts(source, "gen.hits", where, most=40)
        yield from _counts(source, "gen.errors", where, most=8, chance=0.4)
        yield from _runs(source, "gen.can_connect", where)
    yield from _walk(source, "gen.cpu", "host:d,env:prod,az:y", level=80, step=5, begins=480)
    yield from _walk(source, "gen.lone", "", level=10, step=4, gaps=0.15)
    yield from _walk(source, "gen.cold", "room:r1", level=-3, step=2)
    yield from _walk(source, "gen.queue", "queue:q1", level=4, step=3, gaps=0.9)
    yield from ((ts, "gen.rate", source.randrange(0, 50) / 10, "rate", 10, "host:a") for ts in _times(60))
    yield from ((ts, "gen.rows", 10.0 if k < 40 else 8.0, "gauge", 0, "") for k, ts in enumerate(_times(600)))
    yield from ((ts, "gen.jump", 10.0 if k < 450 else 8.0, "gauge", 0, "") for k, ts in enumerate(_times(60)))
    yield from (
        (ts, "gen.season", float(k % 60 // 10 + (30 if k in range(500, 520) else 0)), "gauge", 0, "")
        for k, ts in enumerate(_times(60))
    )


def _times(every: int, begins: int = 0, until: int = MINUTES) -> range:
    return range(BEGINS + 60 * begins, BEGINS + 60 * until, every)


def _walk(source: random.Random, metric: str, tags: str, *, level: int, step: int, every: int = 60, begins: int = 0, until: int = MINUTES,
          gaps: float = 0.0) -> Iterator[Row]:  # fmt: skip
    value = level
    for ts in _times(every, begins, until):
        value += source.randint(-step, step) + (level - value) // 12
        spike = 2 * abs(level) if source.random() < 0.01 else 0
        if source.random() >= gaps:
            yield ts, metric, float(value + spike), "gauge", 0, tags


def _counts(source: random.Random, metric: str, tags: str, *, most: int, chance: float = 1.0) -> Iterator[Row]:
    for ts in _times(60):
        if source.random() < chance:
            yield ts, metric, float(source.randint(0, most)), "count", 60, tags


def _runs(source: random.Random, check: str, tags: str) -> Iterator[Row]:
    status = 0
    for ts in _times(60):
        if source.random() < 0.08:
            status = source.choice((0, 0, 1, 2, 2, 3))
        yield ts, check, float(status), "gauge", 0, tags
