"""The outbox at work: mails are written to `.eml` files and sent, what was not accepted is tried again later."""

from __future__ import annotations

import logging
from collections.abc import Callable
from email import policy
from pathlib import Path

from msgspec import Struct

from doghouse.notifications import smtp
from doghouse.notifications.mail import SENDER, Links, mail
from doghouse.notifications.model import Delivery, Notification
from doghouse.notifications.smtp import Server, SmtpError
from doghouse.notifications.store import NotificationStore
from doghouse.storage import manifest
from doghouse.time.clock import Clock

log = logging.getLogger(__name__)

FIRST_WAIT_S, LONGEST_WAIT_S = 30, 3600
MOST_ATTEMPTS = 48  # about two days, as mail servers do
Graph = Callable[[Notification], bytes | None]  # a PNG of what was monitored, or None
Url = Callable[[], str]


def no_graph(_: Notification) -> None:
    """Mails without a picture."""
    return


class Post(Struct, frozen=True):
    """Where mails go: a folder for `.eml` files, and a server if there is one. `base_url` is where links in mails lead."""

    folder: Path
    server: Server | None = None
    sender: str = SENDER
    graph: Graph = no_graph
    base_url: Url = str

    def write(self, notification: Notification, delivery: Delivery) -> bytes:
        """The mail as it is sent, kept as a file too: written whole or not at all, and the same however often."""
        path = self.folder / f"{notification.id:08d}-{delivery.id:08d}.eml"
        if path.exists():
            return path.read_bytes()
        data = self._mail(notification, delivery)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        manifest.replace(path, data)
        return data

    def _mail(self, notification: Notification, delivery: Delivery) -> bytes:
        try:
            picture = self.graph(notification)
        except Exception:
            log.exception("no picture for notification %s; its mail goes without", notification.id)
            picture = None
        message = mail(notification, delivery, Links(self.base_url()), picture, self.sender)
        return message.as_bytes(policy=policy.SMTP)


def wait_s(attempts: int) -> int:
    """How long to wait after so many attempts (s): twice as long each time, an hour at most."""
    return int(min(FIRST_WAIT_S * 2 ** max(attempts - 1, 0), LONGEST_WAIT_S))


def deliver(store: NotificationStore, post: Post, clock: Clock) -> None:
    """Send every copy that is due.

    A copy is noted as sent once the server accepted it. A crash in between has it sent again, under the same Message-ID: nothing is forgotten, and what comes
    twice is known to be the same.
    """
    for delivery, notification in store.waiting(clock.now()):
        data = post.write(notification, delivery)
        if post.server is None:
            store.kept(delivery)
            continue
        try:
            smtp.send(post.server, post.sender, delivery.recipient, data)
        except SmtpError as error:
            _try_later(store, delivery, error, clock.now())
            if error.unreachable:
                break
        else:
            store.sent(delivery, clock.now())


def _try_later(store: NotificationStore, delivery: Delivery, error: SmtpError, now: float) -> None:
    attempts = delivery.attempts + 1
    final = error.final or attempts >= MOST_ATTEMPTS
    store.refused(delivery, str(error), None if final else now + wait_s(attempts))
    log.warning("mail %s to %s was not accepted: %s", delivery.id, delivery.recipient, error)
