"""The past that a check would have written: the same check, run on a simulated clock (for demos and tests; it is not measured history, and says so)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from doghouse.agent import configs, loader
from doghouse.agent.configs import Instance
from doghouse.agent.problems import Problem
from doghouse.agent.running import Running
from doghouse.agent.samples import FlushedSeries
from doghouse.agent.submissions import Submissions
from doghouse.time.clock import Clock

COLUMNS = ("timestamp", "metric", "value", "type", "interval", "tags")


def simulate(
    name: str, conf: Path, clock: Clock, submissions: Submissions, start: int, end: int
) -> Iterator[FlushedSeries]:
    """What every instance of the check submits from `start` to before `end` (s UTC), run each interval of its YAML.

    `submissions` must read `clock`, which is set to the time of each run; the process that runs this can't run a live Agent as well.
    Raises Problem where the check isn't configured, can't be loaded, or fails.
    """
    found = configs.read(conf, name)
    if found.problems:
        raise found.problems[0]
    if not found.instances:
        raise Problem(str(conf), 0, f"has no instance of {name} ({name}.d/conf.yaml)")
    for instance in found.instances:
        yield from _runs(instance, clock, submissions, start, end)


def _runs(instance: Instance, clock: Clock, submissions: Submissions, start: int, end: int) -> Iterator[FlushedSeries]:
    try:
        running = Running(instance, submissions)
    except loader.LoadError as error:
        raise Problem(instance.source, 0, f"{instance.name} can't be loaded: {error}") from None
    for when in range(start, end, instance.interval):
        clock.set(when)
        committed = running.run(when)
        if running.history.last_error:
            raise Problem(instance.source, 0, f"{instance.name} raised: {running.history.last_error.line}")
        yield from committed.series
    running.stop()


def write(series: Iterable[FlushedSeries], path: Path) -> int:
    """The points as CSV for `doghouse import`, `host:` among the tags as a live Agent's are; how many there are. Raises Problem."""
    count = 0
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            out = csv.writer(file)
            out.writerow(COLUMNS)
            for one in series:
                tags = ",".join((*one.tags, f"host:{one.host}") if one.host else one.tags)
                for timestamp, value in one.points:
                    out.writerow((int(timestamp), one.metric, repr(value), one.type, one.interval, tags))
                    count += 1
    except OSError as error:
        raise Problem(str(path), 0, f"can't be written: {error.strerror}") from None
    return count
