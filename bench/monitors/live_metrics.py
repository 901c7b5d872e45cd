"""A live minute of 5,000 metric monitors of five hosts each, with 10,000 recurring downtimes, and of one monitor of 100,000 groups.

Each part is a process of its own, over a store that has a point each 15 s of every series.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import Figure, Row, note, p50

if TYPE_CHECKING:
    from bench.monitors.live_house import House
    from doghouse.metrics.store.point_store import PointStore

NOW, EACH_S, MINUTES = 1_772_445_600, 15, 3
METRICS, SERVICES, HOSTS, TEAMS = 50, 100, 5, 100  # hosts of a service; a monitor for each metric and service
DOWNTIMES = 10_000
WINDOWS = (("5m", 300), ("10m", 600), ("15m", 900), ("1h", 3600))
GROUPS = 100_000
BREACHING = 50  # of so many monitors one is beyond its threshold
ROWS = (
    Row("a live minute of 5,000 monitors of five hosts, 10,000 downtimes (s)", ("live_monitors",), "< 15"),
    Row("a live minute of one monitor of 100,000 groups (s)", ("live_groups",), "< 3"),
)


def run() -> Iterator[Figure]:
    """The first minute, in which all is new to the loop, and the median of those after it."""
    for part in PARTS:
        note(f"bench: live_metrics: {part}")
        command = [sys.executable, "-m", "bench.monitors.live_metrics", part]
        minutes = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
        yield Figure(f"live_{part}_first", minutes[0]["clock"], "s", "clock")
        yield Figure(f"live_{part}", p50([minute["clock"] for minute in minutes[1:]]), "s", "clock")
        yield Figure(f"live_{part}_cpu", p50([minute["cpu"] for minute in minutes[1:]]), "s", "processors")


def monitors(points: PointStore, house: House) -> None:
    """METRICS x SERVICES monitors over the hosts of a service, each with a team's tag, on which recurring downtimes are."""
    from doghouse.downtimes.record import fill_in
    from doghouse.monitors import parse

    for metric in range(METRICS):
        series = [
            (f"bench.m{metric}", f"h{service}-{host}", "gauge", 0, (f"service:s{service}",))
            for service in range(SERVICES)
            for host in range(HOSTS)
        ]
        _append(points, series, 3600)
        for service in range(SERVICES):
            number = metric * SERVICES + service
            window, threshold = WINDOWS[number % len(WINDOWS)][0], 10 if number % BREACHING == 0 else 1000
            query = f"avg(last_{window}):avg:bench.m{metric}{{service:s{service}}} by {{host}} > {threshold}"
            tags = [f"team:t{number % TEAMS}", f"service:s{service}"]
            body = {
                "type": "query alert",
                "name": f"m{number}",
                "message": "{{value}} @a@example.com",
                "query": query,
                "tags": tags,
            }
            house.monitors.add(parse(body), NOW)
    for number in range(DOWNTIMES):
        recurrence = {
            "rrule": "FREQ=DAILY;INTERVAL=1",
            "duration": "1h",
            "start": f"2026-02-01T{number % 24:02}:{number // 24 % 60:02}:00",
        }
        sent = {
            "scope": "*" if number % 10 == 0 else f"service:s{number % SERVICES}",
            "monitor_identifier": {"monitor_tags": [f"team:t{number % TEAMS}"]},
            "display_timezone": "Europe/Berlin",
            "schedule": {"timezone": "Europe/Berlin", "recurrences": [recurrence]},
        }
        house.downtimes.add(fill_in(sent, NOW), None, NOW)


def groups(points: PointStore, house: House) -> None:
    """One monitor by an id that has very many values."""
    from doghouse.monitors import parse

    _append(points, [("bench.ids", "h", "gauge", 0, (f"id:{number}",)) for number in range(GROUPS)], 300)
    query = "avg(last_5m):avg:bench.ids{*} by {id} > 1000"
    house.monitors.add(parse({"type": "query alert", "name": "m", "message": "", "query": query}), NOW)


PARTS = {"monitors": monitors, "groups": groups}


def _append(points: PointStore, series: Sequence[tuple[str, str, str, int, tuple[str, ...]]], back: int) -> None:
    """A point each EACH_S seconds of each series, from `back` seconds ago to the end of the last minute that is measured."""
    import numpy as np

    from doghouse.metrics.model import Columns

    numbers = points.numbers(series)
    times = np.arange(NOW - back, NOW + 60 * MINUTES, EACH_S)
    value = 50 + 10 * np.random.default_rng(1).standard_normal(len(numbers) * len(times))
    points.append(Columns(np.repeat(numbers, len(times)), np.tile(times, len(numbers)), value), patience=600)


def measure(part: str) -> list[dict[str, float]]:
    """What each minute takes."""
    from bench.monitors.live_house import house
    from doghouse.metrics.store.point_store import PointStore

    with tempfile.TemporaryDirectory() as name:
        points = PointStore(Path(name))
        with house(Path(name), NOW, points) as home:
            with home.database.transaction():
                PARTS[part](points, home)
            points.settle()
            minutes = home.minutes(MINUTES)
        points.close()
        return minutes


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
