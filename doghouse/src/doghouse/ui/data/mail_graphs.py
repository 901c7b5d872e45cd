"""The picture in a mail: the snapshot that it tells of, else what its monitor looked at."""

from __future__ import annotations

from doghouse.dashboards.snapshots.store import SnapshotStore, shown_in
from doghouse.metrics.model import Source
from doghouse.monitors.store import MonitorStore
from doghouse.notifications.delivery import Graph
from doghouse.notifications.graph import graph as monitored
from doghouse.notifications.model import Notification


def graph(monitors: MonitorStore, points: Source, snapshots: SnapshotStore) -> Graph:
    """What draws the picture of a notification; None for one that has nothing to show."""

    def drawn(notification: Notification) -> bytes | None:
        name = shown_in(notification.body)
        return snapshots.get(name) if name else monitored(points, monitors, notification)

    return drawn
