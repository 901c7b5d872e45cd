"""The live loop: each minute every monitor of the store is stepped, and what follows is kept with its state in one transaction."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, partial

from msgspec import Struct, field
from msgspec.structs import replace

from doghouse.downtimes import Downtime
from doghouse.downtimes.store import DowntimeStore
from doghouse.live.lag import MINUTE_S, Lag
from doghouse.live.points import PointWindow, together
from doghouse.live.sources import HostsOf, LazyHosts, RecordWindow, shared
from doghouse.live.stepping import Before, Outcome, advance
from doghouse.metrics.model import Source
from doghouse.monitors import Definition, MonitorError, Sources
from doghouse.monitors.definition import Objectives
from doghouse.monitors.notification_rules import Rules
from doghouse.monitors.records.windows import RecordsOf
from doghouse.monitors.service_checks import CheckQuery, Runs
from doghouse.monitors.store import MonitorStore
from doghouse.notifications.announcements import announcements
from doghouse.notifications.model import Notification
from doghouse.notifications.store import NotificationStore
from doghouse.queries import NotEvaluated, QuerySyntaxError
from doghouse.storage.sqlite import Database
from doghouse.time.clock import Clock

log = logging.getLogger(__name__)

CATCH_UP_S = (
    3600  # after a stop no longer than this every missed tick is made up for; after a longer one evaluation begins anew
)
JUST_AFTER_S = 0.001
KEPT_TOGETHER = 100  # monitors whose states are put on the disk at once
DOWNTIMES = "downtimes"  # under which the announcements' progress is kept

RunsOf = Callable[[CheckQuery], Sequence[Runs]]
RulesOf = Callable[[], Rules]
Listener = Callable[[Notification], None]
NOBODY: HostsOf = dict


class LoopInputs(Struct, frozen=True):
    """What the loop reads beside its stores: `rules` are the notification rules. `listeners` are called with each notification, in its transaction.

    `passed` is called after each pass over the monitors, with its minute (s UTC) and the lag (s).
    """

    points: Source
    hosts: HostsOf = NOBODY
    runs: RunsOf = lambda _: ()
    listeners: Sequence[Listener] = ()
    rules: RulesOf = lambda: ()
    objectives: Objectives | None = None
    records: RecordsOf | None = None
    address: Callable[[], str] = str
    passed: Callable[[int, float], object] = lambda _, __: None


class _Known(Struct):
    """The monitors of a version of the store. What cannot be evaluated is left out, and logged once."""

    version: int = -1
    monitors: list[Definition] = field(default_factory=list)
    logged: set[tuple[int, str]] = field(default_factory=set)


class Live:
    """Steps monitors. Only one step runs at a time, on whichever thread asks for it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        monitors: MonitorStore,
        downtimes: DowntimeStore,
        notifications: NotificationStore,
        sources: LoopInputs,
    ) -> None:
        self._database, self._clock = database, clock
        self._monitors, self._downtimes, self._notifications = monitors, downtimes, notifications
        self._sources = sources
        self._alone = self._read = Sources(
            points=lambda _: (sources.points, None),
            runs=lambda monitor: lambda _: sources.runs(monitor.parsed()),
            states=monitors.states,
            objectives=sources.objectives,
            records=sources.records,
            address=sources.address,
        )
        self._known = _Known()
        self._lock = threading.Lock()
        self._stepped = -1
        self._steps: list[tuple[Definition, int, Outcome]] = []  # that is not on the disk yet
        self._lag = Lag()
        self._ending = threading.Event()

    def end(self) -> None:
        """Leave the ticks that are not made yet to the next start: a server with many monitors is not to be waited for."""
        self._ending.set()

    def step(self) -> None:
        """Make every tick that is due by the clock's time."""
        with self._lock:
            self._step(int(self._clock.now()))

    def lag(self) -> float:
        """How long after it is due a minute's last tick is made (s): of a pass that is under way, so far."""
        return self._lag.now()

    def now(self) -> float:
        """The clock's time (s UTC)."""
        return self._clock.now()

    def advance(self, minutes: int) -> None:
        """Set the clock forward minute by minute, making each one's ticks: for tests and time travel."""
        for _ in range(minutes):
            with self._lock:
                self._clock.set(self._clock.now() + MINUTE_S)
                self._step(int(self._clock.now()))

    def _step(self, now: int) -> None:
        minute = now // MINUTE_S
        if minute == self._stepped:
            return
        self._lag.begin(minute)
        self._announce(now)
        self._read = self._together(now)
        try:
            for monitor in self._evaluated():
                if self._ending.is_set():
                    return
                try:
                    self._catch_up(monitor, now)
                except (NotEvaluated, MonitorError) as error:  # such as an SLO that has changed since
                    self._log_once(monitor, error)
                except Exception:
                    self._failed(monitor)
        finally:
            self._save()
            self._read = self._alone
        self._stepped = minute
        self._lag.end()
        if self._known.monitors:
            self._sources.passed(minute * MINUTE_S, self.lag())

    def _together(self, now: int) -> Sources:
        """What monitors read at the ticks of this minute, read at once for all of them."""
        of_points: list[PointWindow] = []
        of_records: list[RecordWindow] = []
        for monitor in self._evaluated():
            with suppress(Exception):  # whatever it is, it is said when the monitor is stepped
                for tick in monitor.ticks(now - MINUTE_S, now).tolist():
                    of_points.extend(monitor.point_windows(tick))
                    of_records.extend(monitor.record_windows(tick))
        points, records = together(self._sources.points, of_points), self._sources.records
        return replace(
            self._alone,
            points=lambda _: (points, None),
            records=None if records is None else shared(records, of_records),
        )

    @staticmethod
    def _failed(monitor: Definition) -> None:
        log.exception("monitor %s could not be stepped; it is tried again in a minute", monitor.id)

    def _evaluated(self) -> list[Definition]:
        """The monitors that can be evaluated, composites last: they look at what the others' states are now."""
        version = self._monitors.version
        if self._known.version != version:
            stored = (monitor.definition for monitor in self._monitors.page())
            self._known.monitors = sorted(
                filter(self._can_be_stepped, stored), key=lambda definition: bool(definition.members)
            )
            self._known.version = version
        return self._known.monitors

    def _can_be_stepped(self, monitor: Definition) -> bool:
        try:
            _ = monitor.rules, monitor.bundle_keys, monitor.filters
        except (MonitorError, QuerySyntaxError, NotEvaluated) as error:
            self._log_once(monitor, error)
            return False
        return True

    def _log_once(self, monitor: Definition, error: Exception) -> None:
        if (monitor.id, str(error)) not in self._known.logged:
            self._known.logged.add((monitor.id, str(error)))
            log.warning("monitor %s is not evaluated: %s", monitor.id, error)

    def _catch_up(self, monitor: Definition, now: int) -> None:
        """Every tick of a monitor since its last one; of a monitor that is new, or was not stepped for long, the newest alone."""
        every, last = monitor.every, self._notifications.last(_name(monitor))
        if last is None:
            ticks, before = monitor.ticks(now - every, now), None
        else:
            ticks, before = monitor.ticks(max(int(last), now - CATCH_UP_S - every), now), int(last)
            if now - last > CATCH_UP_S + every:
                ticks = ticks[-1:]
        for tick in ticks.tolist():
            self._tick(monitor, tick, tick - every if before is None else before)
            before = tick

    def _tick(self, monitor: Definition, tick: int, last: int) -> None:
        if (
            monitor.members
            or len(self._steps) == KEPT_TOGETHER
            or (self._steps and self._steps[-1][0].id == monitor.id)
        ):
            self._save()  # composites look at the others' states, and each at its own
        before = Before(
            self._monitors.states(monitor.id),
            self._notifications.bundles(monitor.id) if monitor.bundle_keys is not None else {},
            cache(partial(self._downtimes_of, monitor, last)),
            last,
        )
        reading = monitor.at(self._read, before.states, tick)
        hosts, rules = LazyHosts(self._sources.hosts), self._sources.rules()
        outcome = advance(monitor, before, reading.steps, hosts, tick, reading.variables, rules)
        self._steps.append((monitor, tick, outcome))

    def _save(self) -> None:
        """Put what was made on the disk, in one transaction, for each waits for the disk. What one monitor cannot keep does not keep the others from it."""
        steps, self._steps = self._steps, []
        try:
            with self._database.transaction():
                for step in steps:
                    self._keep(*step)
        except Exception:
            for monitor, tick, outcome in steps:
                try:
                    self._keep(monitor, tick, outcome)
                except Exception:
                    self._failed(monitor)

    def _keep(self, monitor: Definition, tick: int, outcome: Outcome) -> None:
        """A state and its message are never apart: both are on disk when this returns, or neither."""
        with self._database.transaction():
            self._monitors.save_step(monitor.id, outcome.states, outcome.forgotten, outcome.overall, tick)
            if outcome.bundles:
                self._notifications.save_bundles(monitor.id, outcome.bundles)
            for notification in outcome.notifications:
                self._send(notification, tick)
            self._notifications.done(_name(monitor), tick)

    def _send(self, notification: Notification, now: float) -> None:
        stored = self._notifications.add(notification, now)
        for listener in self._sources.listeners:
            listener(stored)

    def _downtimes_of(self, monitor: Definition, last: int) -> list[Downtime]:
        """The downtimes that may matter since the last tick. One that was cancelled at the instant of that tick ended just after it."""
        live = self._downtimes.live(monitor.id, monitor.tags, last - JUST_AFTER_S)
        return [
            downtime if downtime.canceled is None else replace(downtime, canceled=downtime.canceled + JUST_AFTER_S)
            for downtime in live
        ]

    def _announce(self, now: int) -> None:
        """Tell those whom downtimes mention what began, ended, was scheduled or cancelled since the last time."""
        last = self._notifications.last(DOWNTIMES)
        since = float(now - MINUTE_S) if last is None or now - last > CATCH_UP_S else last
        records = [downtime for downtime in self._downtimes.all() if "@" in (downtime.attributes.get("message") or "")]
        notifications = [
            announcement
            for record in records
            for announcement in announcements(self._downtimes.downtime(record), since, float(now))
        ]
        with self._database.transaction():
            for notification in sorted(notifications, key=lambda announcement: announcement.at):
                if self._notifications.announce_once(notification):
                    self._send(notification, now)
            self._notifications.done(DOWNTIMES, now)


def _name(monitor: Definition) -> str:
    return f"monitor:{monitor.id}"
