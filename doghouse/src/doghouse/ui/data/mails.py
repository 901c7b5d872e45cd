"""Notifications as the mails that were sent, and the picture in a mail: the snapshot that it tells of, else what its monitor looked at."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

from msgspec import Struct

from doghouse.dashboards.snapshots.store import SnapshotStore, shown_in
from doghouse.metrics.model import Source
from doghouse.monitors.message import mentions
from doghouse.monitors.store import MonitorStore
from doghouse.notifications.delivery import Graph, Post
from doghouse.notifications.graph import graph as monitored
from doghouse.notifications.mail import Links, mail
from doghouse.notifications.model import Delivery, Notification


class Mails(Struct, frozen=True):
    """The mails of the outbox."""

    post: Post

    def message(self, notification: Notification, delivery: Delivery) -> EmailMessage:
        """One recipient's mail: the file that was sent; for a recipient without an address (`@slack-ops`), what it would have been."""
        if mentions.is_email(delivery.recipient):
            data = self.post.write(notification, delivery)
            return message_from_bytes(data, policy=policy.default)
        return mail(notification, delivery, Links(self.post.base_url()), None, self.post.sender)


def graph(monitors: MonitorStore, points: Source, snapshots: SnapshotStore) -> Graph:
    """What draws the picture of a notification; None for one that has nothing to show."""

    def drawn(notification: Notification) -> bytes | None:
        name = shown_in(notification.body)
        return snapshots.get(name) if name else monitored(points, monitors, notification)

    return drawn
