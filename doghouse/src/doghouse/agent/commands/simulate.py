"""`agent simulate`: the history that a check would have written, from the same check on a simulated clock. It is for demos and tests, and was not measured."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from doghouse.agent.aggregation.samples import FlushedSeries
from doghouse.agent.aggregation.submissions import Submissions
from doghouse.agent.checks import configuration, loading
from doghouse.agent.checks.cache import Cache
from doghouse.agent.checks.configuration import Instance
from doghouse.agent.checks.running import Running
from doghouse.agent.commands import log
from doghouse.agent.commands.start import prepare
from doghouse.agent.errors import ConfigurationError
from doghouse.agent.options import histogram_options
from doghouse.agent.settings import load
from doghouse.time.clock import Clock

COLUMNS = ("timestamp", "metric", "value", "type", "interval", "tags")


def simulate(name: str, conf: Path, datadog_yaml: Path | None, span: tuple[int, int], out: Path) -> int:
    """Write a check's simulated history of a span (s UTC, the end excluded) to a CSV file; how many points it has. Raises AgentError."""
    clock = Clock()
    settings = load(datadog_yaml, os.environ)
    log.to_stderr("critical")
    submissions = Submissions(settings.hostname, clock.now, histogram_options(settings))
    prepare(conf, settings, submissions, Cache(), Clock())
    return _write(_history(name, conf, clock, submissions, *span), out)


def _history(
    name: str, conf: Path, clock: Clock, submissions: Submissions, start: int, end: int
) -> Iterator[FlushedSeries]:
    """What every instance of the check submits from `start` to before `end` (s UTC), run each interval of its YAML.

    `submissions` must read `clock`, which is set to the time of each run; the process that runs this can't run a live Agent as well.
    Raises ConfigurationError where the check isn't configured, can't be loaded, or fails.
    """
    configured = configuration.read(conf, name)
    if configured.problems:
        raise configured.problems[0]
    if not configured.instances:
        raise ConfigurationError(str(conf), 0, f"has no instance of {name} ({name}.d/conf.yaml)")
    for instance in configured.instances:
        yield from _runs(instance, clock, submissions, start, end)


def _runs(instance: Instance, clock: Clock, submissions: Submissions, start: int, end: int) -> Iterator[FlushedSeries]:
    try:
        running = Running(instance, submissions)
    except loading.LoadError as error:
        raise ConfigurationError(instance.source, 0, f"{instance.name} can't be loaded: {error}") from None
    for when in range(start, end, instance.interval):
        clock.set(when)
        committed = running.run(when)
        if running.history.last_error:
            raise ConfigurationError(instance.source, 0, f"{instance.name} raised: {running.history.last_error.line}")
        yield from committed.series
    running.stop()


def _write(series: Iterable[FlushedSeries], path: Path) -> int:
    """The points as CSV for `doghouse import`, `host:` among the tags as a live Agent's are; how many there are. Raises ConfigurationError."""
    count = 0
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            out = csv.writer(file)
            out.writerow(COLUMNS)
            for flushed in series:
                tags = ",".join((*flushed.tags, f"host:{flushed.host}") if flushed.host else flushed.tags)
                for timestamp, value in flushed.points:
                    out.writerow((int(timestamp), flushed.metric, repr(value), flushed.type, flushed.interval, tags))
                    count += 1
    except OSError as error:
        raise ConfigurationError(str(path), 0, f"can't be written: {error.strerror}") from None
    return count
