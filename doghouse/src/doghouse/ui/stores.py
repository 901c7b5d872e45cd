"""Everything that pages read and change."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from doghouse.dashboards.sharing.store import ShareStore
from doghouse.dashboards.snapshots.store import SnapshotStore
from doghouse.dashboards.store import DashboardStore
from doghouse.downtimes.store import DowntimeStore
from doghouse.events.store import EventStore
from doghouse.hosts.checks import ServiceCheckStore
from doghouse.hosts.store import HostStore
from doghouse.logs.store.log_store import LogStore
from doghouse.metrics.catalogue.metadata import Catalogue
from doghouse.metrics.door import MetricStore
from doghouse.monitors.api.access import Monitors
from doghouse.monitors.notification_rules.store import RuleStore
from doghouse.notifications.delivery import Post
from doghouse.notifications.store import NotificationStore
from doghouse.notifications.webhooks.store import WebhookStore
from doghouse.queries.units import Units
from doghouse.search.records import Records
from doghouse.slos.api.access import Slos
from doghouse.traces.store import TraceStore
from doghouse.ui.simulated import SimulatedStore


class Stores(Struct, frozen=True):
    """The stores of one doghouse."""

    points: MetricStore
    hosts: HostStore
    checks: ServiceCheckStore
    events: EventStore
    logs: LogStore
    traces: TraceStore
    dashboards: DashboardStore
    shares: ShareStore
    monitors: Monitors
    downtimes: DowntimeStore
    notifications: NotificationStore
    post: Post
    simulated: SimulatedStore
    snapshots: SnapshotStore
    units: Units
    catalogue: Catalogue
    slos: Slos
    rules: RuleStore
    records: Mapping[str, Records]  # what monitors over logs, events and spans read, by data source
    webhooks: WebhookStore
    lag: Callable[[], float] = lambda: 0.0  # s; see `doghouse.live.lag`
