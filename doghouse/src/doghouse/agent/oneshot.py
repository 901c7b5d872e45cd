"""`agent check NAME`: run a check's instances a few times and show what they submit, without sending it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from doghouse.agent import configs, loader, metadata_csv
from doghouse.agent.configs import Instance
from doghouse.agent.metadata_csv import Difference
from doghouse.agent.problems import Problem
from doghouse.agent.running import Running
from doghouse.agent.submissions import Batch, Submissions

RATE_PAUSE_S = 1.0  # with --check-rate: two runs, a second apart


@dataclass(frozen=True, slots=True)
class Turns:
    """How often to run, and how long to wait in between (s)."""

    times: int = 1
    pause: float = 0.0


@dataclass(slots=True)
class Shown:
    """One instance's runs: what they submitted, and how long each took (s)."""

    running: Running
    batch: Batch
    durations: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that one command ran; `difference` is None where the check has no metadata.csv."""

    shown: tuple[Shown, ...]
    failed: tuple[tuple[Instance, str], ...]
    difference: Difference | None

    @property
    def raised(self) -> bool:
        """Whether any instance could not be loaded, or raised in its last run."""
        return bool(self.failed) or any(one.running.history.last_error for one in self.shown)


def run(
    instances: tuple[Instance, ...],
    submissions: Submissions,
    turns: Turns,
    metadata: Path | None,
    now: Callable[[], float],
) -> Result:
    """Run each instance; one that can't be loaded is told of, and the others run. Raises Problem for a wrong metadata.csv."""
    shown, failed = [], []
    for instance in instances:
        try:
            shown.append(_run(Running(instance, submissions), submissions, turns, now))
        except loader.LoadError as error:
            failed.append((instance, str(error)))
    path = metadata or (metadata_csv.find(type(shown[0].running.check)) if shown else None)
    seen = [pair for each in shown for pair in submissions.promised(each.running.instance.id).items()]
    seen += [(one.metric, one.type) for each in shown for one in each.batch.series]
    seen += [(one.metric, "distribution") for each in shown for one in each.batch.sketches]
    return Result(tuple(shown), tuple(failed), metadata_csv.compare(path, seen) if path and shown else None)


def _run(running: Running, submissions: Submissions, turns: Turns, now: Callable[[], float]) -> Shown:
    durations = []
    for turn in range(turns.times):
        if turn:
            time.sleep(turns.pause)
        running.run(now())
        durations.append(running.history.last_duration)
    return Shown(running, submissions.flush(), durations)


def configured(conf: Path, name: str) -> tuple[Instance, ...]:
    """The instances of a check. Raises Problem where there are none, or a file of it is wrong."""
    found = configs.read(conf, name)
    if found.problems and not found.instances:
        raise found.problems[0]
    if not found.instances:
        raise Problem(str(conf), 0, f"no valid check found: there is no {name}.d/conf.yaml with instances of {name}")
    return found.instances


def example(folder: Path, name: str) -> tuple[Instance, ...]:
    """The instances of the conf.yaml.example that an integration's folder ships. Raises Problem."""
    path = folder / "datadog_checks" / name / "data" / "conf.yaml.example"
    if not path.is_file():
        raise Problem(str(path), 0, "there is no such file; give --conf DIR")
    return tuple(configs.instances_of(name, path))
