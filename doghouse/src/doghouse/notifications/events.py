"""Notifications in the event stream, and mentions in events that others post."""

from __future__ import annotations

import html
from collections.abc import Callable

from doghouse.events.model import Event, new_id
from doghouse.monitors.message import mentions
from doghouse.monitors.message.context import time_text
from doghouse.notifications.mail import Links, visible
from doghouse.notifications.model import Notification
from doghouse.tags.pairs import group_text
from doghouse.web.body.limits import LONGEST_MESSAGE

SOURCE = "Monitor Alert"
LONGEST_KEY = 100  # of an aggregation key (the API's schema)
# By the state that is entered. GUESS: info for No Data.
ALERT_TYPES = {"Alert": "error", "Warn": "warning", "OK": "success", "No Data": "info"}


def event(notification: Notification, links: Links) -> Event:
    """The event of a notification: its message, query and links, as a real payload has them."""
    notification = visible(notification)
    parts = [html.unescape(notification.body)] if notification.body else []
    parts += [f"`{notification.query}`"] if notification.query else []
    if notification.last_triggered:
        parts.append(f"The monitor was last triggered at {time_text(notification.last_triggered)}.")
    footer = " · ".join(f"[[{name}]({address})]" for name, address in links.of(notification))
    parts += [f"- - -\n\n{footer}"] if footer else []
    host = dict(notification.group).get("host")
    return Event(
        id=notification.event_id or new_id(),
        title=notification.title,
        text="%%% \n" + "\n\n".join(parts) + "\n %%%",
        date_happened=int(notification.at),
        tags=(*notification.tags, "source:monitor") if notification.kind == "monitor" else notification.tags,
        host=host,
        priority="normal",
        alert_type=ALERT_TYPES.get(notification.status, "info"),
        aggregation_key=aggregation_key(notification),
        source_type_name=SOURCE,
    )


def aggregation_key(notification: Notification) -> str:
    """What the events of one monitor and group have in common."""
    group = group_text(notification.group)
    return f"{notification.monitor_id or notification.downtime_id}:{group}"[:LONGEST_KEY]


def poster(add: Callable[[Event], None], links: Callable[[], Links]) -> Callable[[Notification], None]:
    """A listener that posts an event for each notification which nothing silenced."""

    def post(notification: Notification) -> None:
        if notification.is_sent and notification.kind != "event":
            add(event(notification, links()))

    return post


def mentioned(posted: Event) -> Notification | None:
    """What an event that somebody posted sends to those whom its text mentions, in its first LONGEST_MESSAGE characters.

    None: nobody, or it is a notification's own.
    """
    recipients = () if posted.source_type_name == SOURCE else mentions.handles(posted.text[:LONGEST_MESSAGE])
    if not recipients:
        return None
    return Notification(
        at=float(posted.date_happened),
        kind="event",
        transition="Event",
        subject=f"[Event] {posted.title}",
        title=posted.title,
        body=posted.text,
        recipients=recipients,
        group=(("host", posted.host),) if posted.host else (),
        tags=posted.tags,
        since=float(posted.date_happened),
        until=float(posted.date_happened),
        event_id=posted.id,
    )
