"""Notifications as the mails that were sent."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

from msgspec import Struct

from doghouse.monitors.message import mentions
from doghouse.notifications.delivery import Post
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
