"""The checks of one Agent: made from their configuration, run on schedule, and made anew when the configuration changes."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Container, Mapping
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

from doghouse.agent.aggregation.submissions import Submissions
from doghouse.agent.checks import configuration, loading
from doghouse.agent.checks.configuration import Configured, Instance
from doghouse.agent.checks.running import Running
from doghouse.agent.checks.schedule import Schedule
from doghouse.agent.checks.workers import Workers
from doghouse.agent.errors import ConfigurationError
from doghouse.time.clock import Clock

MAKE_S = 1.0  # how long the others wait for a check that is being made
UNFINISHED = "is not made yet: its module or its constructor still runs"
_logger = logging.getLogger("doghouse.agent.collector")


class Collector:
    """The configured checks: `running` and `failed` (not loaded, with the reason) by id, and `problems` with files. For one thread only."""

    def __init__(self, conf: Path, submissions: Submissions, clock: Clock) -> None:
        self.conf = conf
        self.running: dict[str, Running] = {}
        self.failed: dict[str, tuple[Instance, str]] = {}
        self.problems: tuple[ConfigurationError, ...] = ()
        self._submissions = submissions
        self._clock = clock
        self._schedule = Schedule()
        self._workers = Workers()
        self._signature: object = None
        self._making: dict[str, tuple[Instance, Future[Running]]] = {}

    def reload(self, now: float) -> None:
        """Read the configuration if it has changed. `now` is the schedule's time, in seconds of the monotonic clock.

        Reading and making checks takes time (a second for 500 instances). The first runs are scheduled after it, or they would be late.
        """
        begun = time.monotonic()
        try:
            signature = _signature(self.conf)
            if signature != self._signature:
                self._signature = signature
                configured = configuration.read(self.conf)
                self.apply(configured, now + time.monotonic() - begun)
        except (OSError, ConfigurationError) as error:  # the folder is being replaced: the next look will tell
            _logger.error("%s", error)
        late = [id for id, (_, future) in self._making.items() if future.done()]
        self._schedule.add({id: self.running[id].instance.interval for id in late if self._finish(id)}, now)

    def apply(self, configured: Configured, now: float) -> None:
        """Stop checks that are gone, start new ones, and leave the others alone. A check whose file is wrong goes on as it was."""
        instances = {instance.id: instance for instance in configured.instances}
        self._tell(configured.problems)
        self._drop_all_but(instances.keys(), {problem.path for problem in configured.problems})
        begun = time.monotonic()
        fresh = self._start(
            [instance for id, instance in instances.items() if id not in self.running and id not in self.failed]
        )
        self._schedule.add(fresh, now + time.monotonic() - begun)

    def run_due(self, now: float) -> None:
        """Start each check that is due in a thread of its own."""
        for id in self._schedule.due(now):
            self.run_aside(lambda running=self.running[id]: running.run(self._clock.now()))  # type: ignore[misc]

    def run_aside(self, job: Callable[[], object]) -> None:
        """Run something in another thread; it must not raise."""
        self._workers.run(job)

    def pause(self, now: float, longest: float) -> float:
        """How long it is until the next check is due (s), at most `longest`."""
        upcoming = self._schedule.next()
        return longest if upcoming is None else min(longest, max(0.0, upcoming - now))

    def states(self) -> dict[str, str]:
        """Each check's state: `ERROR` where an instance could not be loaded or raised in its last run, else `OK`."""
        states = {running.instance.name: "OK" for running in self.running.values()}
        states |= {check.instance.name: "ERROR" for check in self.running.values() if check.history.last_error}
        return states | {instance.name: "ERROR" for instance, _ in self.failed.values()}

    def finish(self, within: float) -> None:
        """Wait for the runs that are under way, at most so many seconds."""
        until = time.monotonic() + within
        while time.monotonic() < until and any(running.busy for running in self.running.values()):
            time.sleep(0.02)

    def stop(self, within: float) -> None:
        """Let every check that isn't hanging free what it holds; wait for that at most so many seconds."""
        stopped = threading.Event()

        def stop() -> None:
            for running in list(self.running.values()):
                if not running.busy:
                    running.stop()
            stopped.set()

        self.run_aside(stop)
        stopped.wait(within)

    def _start(self, instances: list[Instance]) -> dict[str, int]:
        """Make checks in another thread, and give the interval of each that is made.

        A check that hangs in its constructor is waited for only briefly: another thread makes the rest, and each reload asks whether it is ready.
        """
        todo = deque(instances)
        futures: dict[str, Future[Running]] = {instance.id: Future() for instance in instances}
        self._making |= {instance.id: (instance, futures[instance.id]) for instance in instances}
        self.run_aside(lambda: _make(todo, self._submissions, futures))
        for instance in instances:
            try:
                futures[instance.id].exception(MAKE_S)
            except TimeoutError:
                self.failed[instance.id] = (instance, UNFINISHED)
                _logger.warning("%s (%s) %s", instance.name, instance.source, UNFINISHED)
                self.run_aside(lambda: _make(todo, self._submissions, futures))
        return {
            instance.id: instance.interval
            for instance in instances
            if futures[instance.id].done() and self._finish(instance.id)
        }

    def _finish(self, id: str) -> bool:
        instance, future = self._making.pop(id)
        self.failed.pop(id, None)
        if (error := future.exception()) is not None:
            self.failed[id] = (instance, str(error))
            _logger.error("%s (%s) can't be loaded: %s", instance.name, instance.source, error)
            return False
        self.running[id] = future.result()
        _logger.info("%s runs every %d s (%s)", id, instance.interval, instance.source)
        return True

    def _drop_all_but(self, ids: Container[str], wrong: set[str]) -> None:
        for id, running in list(self.running.items()):
            if id not in ids and running.instance.source not in wrong:
                self._schedule.remove(id)
                del self.running[id]
                self.run_aside(running.stop)
                _logger.info("%s is no longer configured", id)
        self.failed = {id: entry for id, entry in self.failed.items() if id in ids}
        self._making = {id: entry for id, entry in self._making.items() if id in ids}

    def _tell(self, problems: tuple[ConfigurationError, ...]) -> None:
        sentences = {str(problem) for problem in self.problems}
        for problem in problems:
            if str(problem) not in sentences:
                _logger.error("%s", problem)
        self.problems = problems


def _make(todo: deque[Instance], submissions: Submissions, futures: Mapping[str, Future[Running]]) -> None:
    with suppress(IndexError):  # until nothing is left
        while True:
            instance = todo.popleft()
            try:
                futures[instance.id].set_result(Running(instance, submissions))
            except loading.LoadError as error:
                futures[instance.id].set_exception(error)


def _signature(conf: Path) -> object:
    """Changes when a file that configures checks does."""
    files = [path for paths in configuration.check_files(conf).values() for path in paths]
    return [(str(path), stat.st_mtime_ns, stat.st_size) for path in files for stat in (path.stat(),)]
