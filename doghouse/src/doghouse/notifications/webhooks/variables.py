"""What the built-in variables say of a notification (integrations/webhooks, variables)."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping

from doghouse.notifications import markdown
from doghouse.notifications.events import ALERT_TYPES, aggregation_key
from doghouse.notifications.mail import visible
from doghouse.notifications.model import Notification
from doghouse.tags import pairs
from doghouse.web import account

SEPARATOR = ", "  # GUESS: as the documentation's samples have it
_TAG = re.compile(r"<[^>]+>")


def built_in(notification: Notification, recipient: str, base_url: str) -> Mapping[str, str]:
    """Each variable's value, empty where there is none. `recipient` is the handle that is told, `base_url` this doghouse's address.

    GUESS: `$ALERT_TITLE` is the title of the event; an event's last change is the event; the user is who has the account; `$LINK` leads to the inbox here.
    """
    shown = visible(notification)
    body = "" if recipient in notification.bodiless else html.unescape(shown.body)
    group = [f"{key}:{value}" for key, value in notification.group]
    ms, seconds = str(int(notification.at * 1000)), str(int(notification.at))
    cycle = f"{aggregation_key(notification)}:{notification.triggered}"
    return {
        "ID": str(notification.event_id),
        "AGGREG_KEY": _hash(aggregation_key(notification)),
        "ALERT_CYCLE_KEY": "" if notification.triggered is None else _hash(cycle),
        "ALERT_ID": "" if notification.monitor_id is None else str(notification.monitor_id),
        "ALERT_QUERY": shown.query,
        "ALERT_METRIC": notification.metric,
        "METRIC_NAMESPACE": notification.metric.partition(".")[0],
        "ALERT_PRIORITY": f"P{notification.priority}" if notification.priority else "",
        "PRIORITY": "normal",
        "ALERT_SCOPE": SEPARATOR.join(group),
        "TAGS": SEPARATOR.join(_tags(notification)),
        "ALERT_STATUS": notification.status_text,
        "ALERT_TITLE": notification.title,
        "EVENT_TITLE": notification.title,
        "ALERT_TRANSITION": notification.transition,
        "ALERT_TYPE": ALERT_TYPES.get(notification.status, "info"),
        "EVENT_TYPE": notification.event_type,
        "DATE": ms,
        "DATE_POSIX": seconds,
        "LAST_UPDATED": ms,
        "LAST_UPDATED_POSIX": seconds,
        "EVENT_MSG": body,
        "TEXT_ONLY_MSG": html.unescape(_TAG.sub("", markdown.render(body))).strip(),
        "HOSTNAME": dict(notification.group).get("host", ""),
        "LINK": f"{base_url}/inbox/{notification.id}",
        "SNAPSHOT": "",
        "LOGS_SAMPLE": notification.logs_sample,
        "ORG_ID": str(account.ORG_ID),
        "ORG_NAME": account.ORG_NAME,
        "USER": account.USER.name,
        "USERNAME": account.USER.handle,
        "EMAIL": account.USER.email,
    }


def tags(notification: Notification) -> Mapping[str, str]:
    """What `$TAGS[key]` says: the tag's value; several values of a key with commas (GUESS)."""
    return {key: ",".join(values) for key, values in pairs.by_key(_tags(notification)).items()}


def _tags(notification: Notification) -> tuple[str, ...]:
    """The event's tags: `monitor`, the monitor's own and the group's."""
    return ("monitor", *notification.tags) if notification.kind == "monitor" else notification.tags


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
