"""A notification as a mail: text, HTML, the graph as a picture, links. A function of its arguments."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

import msgspec

from doghouse.monitors.message import mentions
from doghouse.monitors.message.context import time_text
from doghouse.notifications import markdown
from doghouse.notifications.model import Delivery, Notification

SENDER = "doghouse@localhost"
NAME = "doghouse"
_COLORS = {"Alert": "#d33043", "Warn": "#e8a600", "No Data": "#7b7f87", "OK": "#2a8a4a"}


class Links(msgspec.Struct, frozen=True):
    """Where a mail's links lead: the doghouse's own address; empty: no links."""

    base_url: str = ""

    def of(self, notification: Notification) -> list[tuple[str, str]]:
        """Names and addresses, as a real notification's footer has them."""
        if not self.base_url or notification.monitor_id is None or "footer" in notification.hides:
            return []
        status = f"{self.base_url}/monitors/{notification.monitor_id}"
        start, end = (int(when * 1000) for when in (notification.since, notification.until))
        lines = [
            ("Monitor Status", f"{status}?from_ts={start}&to_ts={end}&live=false"),
            ("Edit Monitor", f"{status}/edit"),
        ]
        host = dict(notification.group).get("host")
        return [*lines, (f"View {host}", f"{self.base_url}/infrastructure?host={host}")] if host else lines


def mail(
    notification: Notification, delivery: Delivery, links: Links, picture: bytes | None = None, sender: str = SENDER
) -> EmailMessage:
    """One recipient's mail. Its Message-ID depends on notification and recipient alone, so that one sent again is known to be the same.

    `picture` is a PNG of the monitored query around the notification's time.
    """
    message = EmailMessage()
    message["From"] = formataddr((NAME, sender))
    message["To"] = delivery.recipient
    message["Subject"] = " ".join(notification.subject.split())
    message["Date"] = format_datetime(datetime.fromtimestamp(int(notification.at), UTC))
    message["Message-ID"] = f"<notification-{notification.id}-{delivery.id}@doghouse.localhost>"
    message["Auto-Submitted"] = "auto-generated"
    shown = delivery.recipient not in notification.bodiless
    notification, footer = visible(notification), links.of(notification)
    picture = None if "picture" in notification.hides else picture
    message.set_content(_text(notification, footer, body=shown))
    image = f"graph-{notification.id}@doghouse.localhost" if picture else None
    message.add_alternative(_html(notification, footer, image, body=shown), subtype="html")
    if picture and image:
        rich = message.get_payload()[-1]  # type: ignore[index]
        rich.add_related(picture, "image", "png", cid=f"<{image}>", filename="graph.png", disposition="inline")  # type: ignore[union-attr]
    return message


def visible(notification: Notification) -> Notification:
    """The notification without the text that it hides."""
    if "query" in notification.hides:
        notification = msgspec.structs.replace(notification, query="")
    if "handles" in notification.hides:
        body = notification.body
        for mention in reversed(list(mentions.mentions(body))):
            body = body[: mention.place].rstrip(" ") + body[mention.place + 1 + len(mention.handle) :]
        notification = msgspec.structs.replace(notification, body=body.strip())
    return notification


def _text(notification: Notification, footer: list[tuple[str, str]], *, body: bool) -> str:
    parts = [notification.title]
    if body and notification.body:
        parts.append(html.unescape(notification.body))
    if notification.query:
        parts.append(notification.query)
    if notification.last_triggered:
        parts.append(_last_triggered(notification))
    parts += ["\n".join(f"{name}: {address}" for name, address in footer)] if footer else []
    return "\n\n".join(parts) + "\n"


def _last_triggered(notification: Notification) -> str:
    return f"The monitor was last triggered at {time_text(notification.last_triggered or 0)}."


def _html(notification: Notification, footer: list[tuple[str, str]], image: str | None, *, body: bool) -> str:
    color = _COLORS.get(notification.status, "#4a4f57")
    parts = [f'<h2 style="color:{color};font-size:18px;margin:0 0 12px">{html.escape(notification.title)}</h2>']
    if body and notification.body:
        # What variables said is escaped already, the author's words are not.
        parts.append(markdown.linked(html.unescape(notification.body)))
    if image:
        about = html.escape(notification.query)
        parts.append(f'<p><img src="cid:{image}" alt="{about}" style="max-width:100%"></p>')
    if notification.query:
        parts.append(f"<p><code>{html.escape(notification.query)}</code></p>")
    if notification.last_triggered:
        parts.append(f"<p>{_last_triggered(notification)}</p>")
    if footer:
        joined = " · ".join(f'<a href="{html.escape(address)}">{html.escape(name)}</a>' for name, address in footer)
        parts.append(f"<hr><p>{joined}</p>")
    inside = "\n".join(parts)
    return (
        '<!doctype html><html><head><meta charset="utf-8"></head>'
        f'<body style="font-family:sans-serif;font-size:14px;color:#22252b">\n{inside}\n</body></html>\n'
    )
