"""`agent check NAME`: run a check's instances a few times and show what they submit, without sending it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct, field

from doghouse.agent.aggregation.submissions import Batch, Submissions
from doghouse.agent.checks import configuration, loading
from doghouse.agent.checks.cache import Cache
from doghouse.agent.checks.configuration import Instance
from doghouse.agent.checks.running import Running
from doghouse.agent.commands import log, metadata_csv
from doghouse.agent.commands.metadata_csv import Difference
from doghouse.agent.commands.start import prepare
from doghouse.agent.errors import ConfigurationError
from doghouse.agent.options import conf_folder, histogram_options
from doghouse.agent.settings import Settings, load
from doghouse.time.clock import Clock

RATE_PAUSE_S = 1.0  # with --check-rate: two runs, a second apart


class Turns(Struct, frozen=True):
    """How often to run, and how long to wait in between (s)."""

    times: int = 1
    pause: float = 0.0


class Shown(Struct):
    """One instance's runs: what they submitted, and how long each took (s)."""

    running: Running
    batch: Batch
    durations: list[float] = field(default_factory=list)


class Result(Struct, frozen=True):
    """The result of one command; `difference` is None where the check has no metadata.csv."""

    shown: tuple[Shown, ...]
    failed: tuple[tuple[Instance, str], ...]
    difference: Difference | None

    @property
    def raised(self) -> bool:
        """Whether any instance could not be loaded, or raised in its last run."""
        return bool(self.failed) or any(runs.running.history.last_error for runs in self.shown)


def check(
    name: str, conf: Path | None, datadog_yaml: Path | None, turns: Turns, log_level: str, metadata: Path | None
) -> Result:
    """Run a check, given by its name or by an integration's folder, without sending anything. Raises AgentError."""
    clock = Clock()
    settings = load(datadog_yaml, os.environ)
    log.to_stderr(log_level)
    submissions = Submissions(settings.hostname, clock.now, histogram_options(settings))
    folder = _integration_folder(name)
    where = conf or (None if folder else _conf_folder_for(name, settings))
    prepare(where, settings, submissions, Cache(), clock)
    if folder:
        name = folder.resolve().name
        loading.prefer_integration(folder.resolve())
        metadata = metadata or (folder / "metadata.csv" if (folder / "metadata.csv").is_file() else None)
    instances = _configured(where, name) if where else _example(folder or Path(), name)
    return _results(instances, submissions, turns, metadata, clock.now)


def _results(
    instances: tuple[Instance, ...],
    submissions: Submissions,
    turns: Turns,
    metadata: Path | None,
    now: Callable[[], float],
) -> Result:
    """Run each instance. One that can't be loaded is reported, and the others run. Raises ConfigurationError for a wrong metadata.csv."""
    shown, failed = [], []
    for instance in instances:
        try:
            shown.append(_run(Running(instance, submissions), submissions, turns, now))
        except loading.LoadError as error:
            failed.append((instance, str(error)))
    path = metadata or (metadata_csv.find(type(shown[0].running.check)) if shown else None)
    submitted = [pair for checked in shown for pair in submissions.promised(checked.running.instance.id).items()]
    submitted += [(series.metric, series.type) for checked in shown for series in checked.batch.series]
    submitted += [(sketch.metric, "distribution") for checked in shown for sketch in checked.batch.sketches]
    return Result(tuple(shown), tuple(failed), metadata_csv.compare(path, submitted) if path and shown else None)


def _run(running: Running, submissions: Submissions, turns: Turns, now: Callable[[], float]) -> Shown:
    durations = []
    for turn in range(turns.times):
        if turn:
            time.sleep(turns.pause)
        running.run(now())
        durations.append(running.history.last_duration)
    return Shown(running, submissions.flush(), durations)


def _configured(conf: Path, name: str) -> tuple[Instance, ...]:
    """The instances of a check. Raises ConfigurationError where there are none, or where one of its files is wrong."""
    checks = configuration.read(conf, name)
    if checks.problems and not checks.instances:
        raise checks.problems[0]
    if not checks.instances:
        raise ConfigurationError(
            str(conf), 0, f"no valid check found: there is no {name}.d/conf.yaml with instances of {name}"
        )
    return checks.instances


def _example(folder: Path, name: str) -> tuple[Instance, ...]:
    """The instances of the conf.yaml.example that an integration's folder ships. Raises ConfigurationError."""
    path = folder / "datadog_checks" / name / "data" / "conf.yaml.example"
    if not path.is_file():
        raise ConfigurationError(str(path), 0, "there is no such file; give --conf DIR")
    return tuple(configuration.instances_of(name, path))


def _integration_folder(name: str) -> Path | None:
    """The folder that `name` says, if it is a path (`./my_metric`): a plain word is a check's name. Raises ConfigurationError."""
    if os.sep not in name and name != ".":
        return None
    if not (Path(name) / "datadog_checks").is_dir():
        raise ConfigurationError(name, 0, "is not an integration's folder: it has no datadog_checks")
    return Path(name)


def _conf_folder_for(name: str, settings: Settings) -> Path:
    try:
        return conf_folder(settings)
    except ConfigurationError as problem:
        if (Path(name) / "datadog_checks").is_dir():
            raise ConfigurationError(
                problem.path, 0, f"{problem.what}, or say ./{name} for the integration's folder"
            ) from None
        raise
