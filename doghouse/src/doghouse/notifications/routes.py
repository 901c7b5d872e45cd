"""The inbox over HTTP: `/doghouse/notifications`, which Datadog does not have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from starlette.routing import BaseRoute

from doghouse.monitors.message import mentions
from doghouse.notifications.errors import notification_not_found
from doghouse.notifications.model import Delivery, Notification
from doghouse.notifications.store import NotificationStore
from doghouse.notifications.webhooks.store import WebhookStore
from doghouse.time import iso
from doghouse.web.errors import present
from doghouse.web.http import Call, Reply, endpoint

LIMIT, MOST = 100, 10_000
FAR_S = 10**12  # later than any notification


def routes(store: NotificationStore, webhooks: WebhookStore) -> list[BaseRoute]:
    """Reading the inbox."""
    return [
        endpoint("GET", "/doghouse/notifications", partial(inbox, store, webhooks)),
        endpoint("GET", "/doghouse/notifications/{id:int}", partial(get, store, webhooks)),
    ]


def inbox(store: NotificationStore, webhooks: WebhookStore, call: Call) -> Reply:
    """Notifications by time, the newest `limit` of them: `from`, `to` (s UTC), `monitor_id`, `silenced` (true, false; both if missing)."""
    matching = store.find(
        start=call.number("from", 0),
        end=call.number("to", FAR_S),
        monitor_id=call.number("monitor_id", 0) or None,
        silenced={"true": True, "false": False}.get(call.query.get("silenced", "")),
        limit=min(call.number("limit", LIMIT), MOST),
        newest_first=True,
    )
    copies = store.deliveries(notification.id for notification in matching)
    shown = [answer(notification, copies[notification.id], webhooks) for notification in reversed(matching)]
    return Reply({"notifications": shown, "deliveries": store.counts()})


def get(store: NotificationStore, webhooks: WebhookStore, call: Call) -> Reply:
    """One notification."""
    notification = present(store.get(call.key("id")), notification_not_found())
    return Reply(answer(notification, store.deliveries([notification.id])[notification.id], webhooks))


def answer(notification: Notification, deliveries: Sequence[Delivery], webhooks: WebhookStore) -> Mapping[str, Any]:
    """A notification as JSON: times in ISO 8601, the group as an object."""
    return {
        "id": notification.id,
        "time": iso.microseconds(notification.at),
        "kind": notification.kind,
        "transition": notification.transition,
        "status": notification.status,
        "monitor_id": notification.monitor_id,
        "monitor_name": notification.monitor_name,
        "downtime_id": notification.downtime_id,
        "group": dict(notification.group),
        "value": notification.value,
        "priority": notification.priority,
        "recipients": notification.recipients,
        "subject": notification.subject,
        "title": notification.title,
        "body": notification.body,
        "silenced_by": notification.silenced_by,
        "released_by": notification.released_by,
        "tags": notification.tags,
        "deliveries": [_copy(delivery, webhooks) for delivery in deliveries],
    }


def _copy(delivery: Delivery, webhooks: WebhookStore) -> Mapping[str, Any]:
    """A recipient's copy; a webhook's with the request that was made, its secrets masked."""
    waits = delivery.state == "waiting"
    request = webhooks.request(delivery.id) if mentions.is_webhook(delivery.recipient) else None
    return {
        "recipient": delivery.recipient,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "error": delivery.error,
        "next_attempt": iso.microseconds(delivery.due) if waits else None,
        "sent_at": None if delivery.sent_at is None else iso.microseconds(delivery.sent_at),
        **({"request": request} if request else {}),
    }
