"""A check instance with the results of its runs."""

from __future__ import annotations

import json
import logging
import threading
import time
from typing import Any

from msgspec import Struct, field

from doghouse.agent.aggregation.sampler import Committed
from doghouse.agent.aggregation.submissions import Counts, Submissions
from doghouse.agent.checks import loading
from doghouse.agent.checks.configuration import Instance

_logger = logging.getLogger("doghouse.agent.runner")


class CheckError(Struct, frozen=True):
    """What a run raised: its message, and Python's traceback."""

    message: str
    traceback: str

    def __str__(self) -> str:
        return self.message

    @property
    def line(self) -> str:
        """Message and the place in the code as one line."""
        places = [part.strip() for part in self.traceback.splitlines() if part.strip().startswith("File ")]
        where = f" ({places[-1]})" if places else ""
        return f"{' '.join(self.message.split())}{where}"


class History(Struct):
    """The outcome of an instance's runs. Times and durations are in seconds."""

    runs: int = 0
    errors: int = 0
    skipped: int = 0
    last_error: CheckError | None = None
    last_warnings: tuple[str, ...] = ()
    last_start: float = 0.0
    last_success: float = 0.0
    last_duration: float = 0.0
    total_duration: float = 0.0
    last_counts: Counts = field(default_factory=Counts)


class Running:
    """A check that was made from its configuration. `run` may be called from any thread, once at a time."""

    def __init__(self, instance: Instance, submissions: Submissions) -> None:
        """Find the class and make the check. Raises loading.LoadError."""
        self.instance = instance
        self.history = History()
        self._submissions = submissions
        self._busy = threading.Lock()
        submissions.register(instance)
        try:
            self.check: Any = loading.make(loading.find_class(loading.not_jmx(instance).name), instance)
        except loading.LoadError:
            submissions.forget(instance.id)
            raise

    @property
    def counts(self) -> Counts:
        """What it submitted so far."""
        return self._submissions.counts(self.instance.id)

    @property
    def busy(self) -> bool:
        """Whether a run is under way."""
        return self._busy.locked()

    def run(self, now: float) -> Committed:
        """Run the check once, starting at `now` (s UTC), and commit what it submitted. It never raises.

        While a run is under way another one is skipped.
        """
        if not self._busy.acquire(blocking=False):
            self.history.skipped += 1
            _logger.warning("%s is still running since its last turn; this one is skipped", self.instance.id)
            return Committed((), ())
        try:
            return self._run(now)
        finally:
            self._busy.release()

    def _run(self, now: float) -> Committed:
        history = self.history
        history.last_start = now
        before = self.counts.copy()
        clock = time.perf_counter()
        error = _outcome(self.check)
        committed = self._submissions.commit(self.instance.id)
        history.last_duration = time.perf_counter() - clock
        history.total_duration += history.last_duration
        history.runs += 1
        history.last_error = error
        history.last_warnings = _warnings(self.check)
        history.last_counts = self.counts.since(before)
        if error:
            history.errors += 1
            _logger.error("%s raised: %s", self.instance.id, error.line)
        else:
            history.last_success = now
        return committed

    def stop(self) -> None:
        """Let the check free its resources, and accept no more submissions from it."""
        try:
            self.check.cancel()
        except Exception as error:  # it is a stranger's code, and is on its way out
            _logger.warning("%s can't be cancelled: %s", self.instance.id, loading.described(error))
        self._submissions.forget(self.instance.id)


def _outcome(check: Any) -> CheckError | None:
    """Run the check. The error that it raised, or None (AgentCheck.run returns it as JSON)."""
    try:
        answer = check.run()
    except (Exception, SystemExit) as error:  # a check that calls sys.exit() ends its run, not its thread
        return CheckError(loading.described(error), "")
    if not answer:
        return None
    try:
        first = json.loads(answer)[0]
        return CheckError(str(first.get("message", "")), str(first.get("traceback", "")))
    except (ValueError, LookupError, AttributeError, TypeError):
        return CheckError(str(answer), "")


def _warnings(check: Any) -> tuple[str, ...]:
    try:
        return tuple(map(str, check.get_warnings()))
    except Exception as error:
        return (f"its warnings can't be read: {loading.described(error)}",)
