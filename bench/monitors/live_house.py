"""A live loop over stores of its own, in which benchmarks step monitors minute by minute."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doghouse.downtimes.store import DowntimeStore
    from doghouse.live.loop import Live
    from doghouse.metrics.model import Source
    from doghouse.monitors.store import MonitorStore
    from doghouse.storage.sqlite import Database
    from doghouse.time.clock import Clock

MINUTE_S = 60.0


class House:
    """What a benchmark needs of it: where monitors and downtimes are kept, and the minutes."""

    def __init__(
        self, live: Live, clock: Clock, database: Database, monitors: MonitorStore, downtimes: DowntimeStore
    ) -> None:
        self._live, self._clock, self.database = live, clock, database
        self.monitors, self.downtimes = monitors, downtimes

    def minutes(self, count: int) -> list[dict[str, float]]:
        """What each minute from the clock's time on takes: by the clock and of processors (s)."""
        begins, timings = self._clock.now(), []
        for minute in range(count):
            self._clock.set(begins + MINUTE_S * minute)
            begun, cpu = time.perf_counter(), time.process_time()
            self._live.step()
            timings.append({"clock": time.perf_counter() - begun, "cpu": time.process_time() - cpu})
        self._clock.set(begins + MINUTE_S * count)
        return timings


@contextmanager
def house(
    folder: Path, now: float, points: Source | None = None, records: Mapping[str, Any] | None = None
) -> Iterator[House]:
    """A house in `folder` whose clock shows `now` (s UTC)."""
    from doghouse.downtimes.store import DowntimeStore
    from doghouse.events.store import EventStore
    from doghouse.hosts.checks import ServiceCheckStore
    from doghouse.hosts.store import HostStore
    from doghouse.live import service
    from doghouse.metrics.memory import MemorySource
    from doghouse.metrics.model import no_columns
    from doghouse.monitors.notification_rules.store import RuleStore
    from doghouse.monitors.store import MonitorStore
    from doghouse.notifications.webhooks.store import WebhookStore
    from doghouse.slos.store import SloStore
    from doghouse.storage.sqlite import Database
    from doghouse.time.clock import Clock

    database, clock = Database(folder / "doghouse.sqlite"), Clock(now)
    monitors, downtimes = MonitorStore(database), DowntimeStore(database)
    stores = service.Stores(
        database,
        points or MemorySource([], no_columns()),
        monitors,
        downtimes,
        EventStore(database),
        HostStore(database),
        ServiceCheckStore(database),
        RuleStore(database),
        SloStore(database),
        WebhookStore(database),
        records or {},
    )
    running = service.build(stores, clock, folder / "mails")
    try:
        yield House(running.live, clock, database, monitors, downtimes)
    finally:
        running.end()
        database.close()
