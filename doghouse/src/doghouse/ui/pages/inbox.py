"""The inbox: every notification, and each as the mail that its recipient got."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

from msgspec import Struct

from doghouse.downtimes.store import DowntimeStore
from doghouse.monitors.message import mentions
from doghouse.monitors.store import MonitorStore
from doghouse.notifications.model import Notification
from doghouse.notifications.store import NotificationStore
from doghouse.notifications.webhooks.store import WebhookStore
from doghouse.queries.quantities import quantity, unit_of_window
from doghouse.queries.units import Units
from doghouse.ui import rendering
from doghouse.ui.data import monitor_history
from doghouse.ui.data.mails import Mails
from doghouse.ui.errors import no_such_page
from doghouse.web.errors import present
from doghouse.web.http import Call, Reply

PAGE = 100
LAST_PAGE = 10**9


class Inbox(Struct, frozen=True):
    """The pages over the store; `mails` gives the mails as they were sent, `downtimes` what a downtime is called, `webhooks` the requests that they made.

    `monitors` and `units` say in which unit a value is.
    """

    store: NotificationStore
    mails: Mails
    downtimes: DowntimeStore
    webhooks: WebhookStore
    monitors: MonitorStore
    units: Units

    def list(self, call: Call) -> Reply:
        """`GET /inbox?silenced=true&page=2`: the newest first, so many a page."""
        silenced = {"true": True, "false": False}.get(call.query.get("silenced", ""))
        page = call.number("page", 1, least=1, most=LAST_PAGE)
        listed = self.store.find(silenced=silenced, limit=PAGE + 1, skip=(page - 1) * PAGE, newest_first=True)
        notifications, older = listed[:PAGE], len(listed) > PAGE
        copies = self.store.deliveries(notification.id for notification in notifications)
        rows = [
            {"notification": notification, "copies": copies[notification.id], "state": state(notification)}
            for notification in notifications
        ]
        return rendering.render(
            "inbox.html", call, rows=rows, silenced=call.query.get("silenced", ""), page=page, older=older
        )

    def show(self, call: Call) -> Reply:
        """`GET /inbox/{id}`: one notification, its copies and the mail, or the request of a webhook."""
        notification = self._notification(call)
        copies = self.store.deliveries([notification.id])[notification.id]
        chosen = next(
            (copy for copy in copies if str(copy.id) == call.query.get("copy")), copies[0] if copies else None
        )
        is_hook = chosen is not None and mentions.is_webhook(chosen.recipient)
        mail = self.mails.message(notification, chosen) if chosen and not is_hook else None
        headers = [(name, str(mail[name])) for name in ("From", "To", "Subject", "Date") if mail[name]] if mail else []
        called = {
            of: monitor_history.called(self.downtimes, of)
            for of in (notification.silenced_by, notification.released_by)
            if of
        }
        return rendering.render(
            "notification.html",
            call,
            notification=notification,
            value=self._value(notification),
            copies=copies,
            chosen=chosen,
            headers=headers,
            is_hook=is_hook,
            request=self.webhooks.request(chosen.id) if chosen and is_hook else None,
            state=state(notification),
            called=called,
        )

    def body(self, call: Call) -> Reply:
        """`GET /ui/mail/{id}/{copy}`: a mail's HTML as its recipient saw it, in a sandbox that runs and loads nothing."""
        notification = self._notification(call)
        copies = {copy.id: copy for copy in self.store.deliveries([notification.id])[notification.id]}
        chosen = present(copies.get(call.key("copy")), no_such_page(call.path))
        content = html(self.mails.message(notification, chosen))
        policy = (
            "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox allow-popups; frame-ancestors 'self'"
        )
        return Reply(
            content.encode(), content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": policy}
        )

    def count(self, call: Call) -> Reply:
        """`GET /ui/data/inbox/count?after=12`: how many were sent after that one (at most PAGE), and the newest."""
        notifications = self.store.find(silenced=False, limit=PAGE, newest_first=True)
        after = call.number("after", 0)
        return Reply(
            {
                "count": sum(notification.id > after for notification in notifications),
                "newest": max((notification.id for notification in notifications), default=0),
            }
        )

    def _value(self, notification: Notification) -> str:
        """The value with its unit, which is the monitor's, as long as that asks the same."""
        if notification.value is None:
            return ""
        stored = None if notification.monitor_id is None else self.monitors.get(notification.monitor_id)
        same = stored is not None and stored.document["query"] == notification.query
        unit = unit_of_window(stored.definition.asked, self.units) if stored and same else None
        return quantity(notification.value, unit) if unit else f"{notification.value:.4g}"

    def _notification(self, call: Call) -> Notification:
        return present(self.store.get(call.key("id")), no_such_page(f"for notification {call.params['id']}"))


def state(notification: Notification) -> str:
    """A notification's state, for its mark: what it told of."""
    return notification.status if notification.status in ("OK", "Warn", "Alert", "No Data") else "No Data"


def html(message: EmailMessage) -> str:
    """A mail's HTML with its pictures in it, its links opening beside the page."""
    import base64

    body: Any = message.get_body(("html", "plain"))
    text = str(body.get_content()) if body else ""
    for part in message.walk():
        if part.get_content_maintype() == "image" and (cid := part.get("Content-ID")):
            data = base64.b64encode(part.get_payload(decode=True) or b"").decode()  # type: ignore[arg-type]
            text = text.replace(f"cid:{cid.strip('<>')}", f"data:{part.get_content_type()};base64,{data}")
    return text.replace("<head>", '<head><base target="_blank">', 1)
