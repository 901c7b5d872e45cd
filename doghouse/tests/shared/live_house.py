"""A live loop over real stores in one SQLite file, points in memory, a clock that is set: what the tests of notifications share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from memory_points import T0, Given, minutely, source

from doghouse.downtimes import record as downtime_records
from doghouse.downtimes.store import DowntimeStore
from doghouse.events.store import EventStore
from doghouse.hosts.checks import ServiceCheckStore, Submitted
from doghouse.hosts.store import HostStore
from doghouse.live import service
from doghouse.live.service import Service
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Rollup, Series
from doghouse.monitors import parse
from doghouse.monitors.notification_rules.model import attributes as rule_attributes
from doghouse.monitors.notification_rules.model import parse as parse_rule
from doghouse.monitors.notification_rules.store import RuleStore
from doghouse.monitors.store import MonitorStore
from doghouse.notifications.model import Notification
from doghouse.notifications.webhooks.store import WebhookStore
from doghouse.search.records import Records
from doghouse.slos.store import SloStore
from doghouse.storage.sqlite import Database
from doghouse.time.clock import Clock

S = (80, 85, 95, 99, 100, 100, 60, 50, 50, 50, 50, 50)
HIGH = "avg(last_5m):avg:m{*} > 90"
TOLD = "{{#is_alert}}high {{value}} @ops@example.com{{/is_alert}}{{#is_recovery}}fine @ops@example.com{{/is_recovery}}"


@dataclass
class Points:
    """Series that grow: a Source."""

    given: list[Given] = field(default_factory=list)

    def give(self, values: Sequence[float | None], **more: Any) -> None:
        """A series with a value a minute; None is a gap. `more` says what else a `Given` has."""
        self.given.append(minutely(values, **more))

    def _source(self) -> MemorySource:
        return source(*self.given)

    def find(self, metric: str) -> Sequence[Series]:
        return self._source().find(metric)

    def read(self, ids: Any, start: int, end: int, rollup: Rollup | None = None) -> Columns:
        return self._source().read(ids, start, end, rollup)


@dataclass
class Live:
    """A house without a server."""

    clock: Clock
    points: Points
    stores: service.Stores
    service: Service
    folder: Path

    def monitor(self, query: str = HIGH, message: str = TOLD, type: str = "metric alert", **body: Any) -> int:
        """Store a monitor; its id."""
        monitor = parse({"type": type, "query": query, "name": "High", "message": message, **body})
        stored = self.stores.monitors.add(monitor, self.clock.now())
        assert not isinstance(stored, int)
        return int(stored.document["id"])

    def rule(self, **attributes: Any) -> None:
        """Store a notification rule."""
        sent = rule_attributes({"name": "rule", **attributes})
        parse_rule(sent)
        self.stores.rules.add(sent, self.clock.now())

    def downtime(self, start: str, end: str | None = None, **attributes: Any) -> str:
        """Store a downtime of that Monday, for all monitors; its id."""
        schedule: dict[str, Any] = {"start": f"2026-03-02T{start}Z", "end": f"2026-03-02T{end}Z" if end else None}
        sent = {"monitor_identifier": {"monitor_tags": ["*"]}, "scope": "*", "schedule": schedule, **attributes}
        return self.stores.downtimes.add(downtime_records.fill_in(sent, self.clock.now()), None, self.clock.now()).id

    def cancel(self, downtime_id: str) -> None:
        record = self.stores.downtimes.get(downtime_id)
        assert record is not None
        self.stores.downtimes.cancel(record, self.clock.now())

    def check(self, status: int, *, host: str = "a", name: str = "can_connect", message: str = "") -> None:
        """Submit a service check."""
        self.stores.checks.submit([Submitted(name, status, host, message=message)], self.clock.now())

    def advance(self, minutes: int) -> None:
        self.service.live.advance(minutes)

    @property
    def notifications(self) -> list[Notification]:
        return self.service.store.find()

    @property
    def told(self) -> list[str]:
        """`10:05 Triggered`, with the group and what silenced it."""
        return [shown(notification) for notification in self.notifications]

    def deliver(self) -> None:
        """The outboxes at work, once."""
        self.service.work[1]()
        self.service.outbox.look()
        self.service.outbox.wait()


def shown(notification: Notification) -> str:
    group = "".join(f" {key}:{value}" for key, value in notification.group)
    silenced = " silenced" if notification.silenced_by else ""
    released = " (end)" if notification.released_by else ""
    return f"{datetime.fromtimestamp(notification.at, UTC):%H:%M} {notification.transition}{group}{silenced}{released}"


@contextmanager
def living(
    folder: Path,
    *,
    points: Points | None = None,
    now: float = T0,
    records: Mapping[str, Records] | None = None,
    **options: Any,
) -> Iterator[Live]:
    """A house over a folder, whose clock stands at `now`. `records` are its logs, events and spans."""
    database = Database(folder / "doghouse.sqlite")
    clock = Clock(now)
    points = points or Points()
    stores = service.Stores(
        database,
        points,
        MonitorStore(database),
        DowntimeStore(database),
        EventStore(database),
        HostStore(database),
        ServiceCheckStore(database),
        RuleStore(database),
        SloStore(database),
        WebhookStore(database),
        records or {},
    )
    running = service.build(stores, clock, folder / "mails", **options)
    try:
        yield Live(clock, points, stores, running, folder)
    finally:
        running.end()
        database.close()


Options = Mapping[str, Any]
