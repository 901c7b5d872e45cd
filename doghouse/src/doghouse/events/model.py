"""What an event is (docs.datadoghq.com/api/latest/events), and how its id is made and shown."""

from __future__ import annotations

import base64
import secrets
from typing import Any

import msgspec

ALERT_TYPES = ("error", "warning", "info", "success", "user_update", "recommendation", "snapshot")
PRIORITIES = ("normal", "low")
SITE = "https://app.datadoghq.com"
PAST_LIMIT_S = 18 * 3600  # an older event is refused (schema of EventCreateRequest)


def new_id() -> int:
    """An id of 19 digits, as all recorded ones."""
    return 6 * 10**18 + secrets.randbelow(3 * 10**18)


def new_uid() -> str:
    """The id under which version 2 knows an event: 24 characters."""
    return base64.urlsafe_b64encode(secrets.token_bytes(18)).decode()


class Event(msgspec.Struct, frozen=True):
    """An event. `date_happened` is s UTC; `priority` None is normal. `attributes` are those of a v2 event, whose `category` is `change` or `alert`."""

    title: str
    text: str
    date_happened: int
    tags: tuple[str, ...] = ()
    host: str | None = None
    priority: str | None = None
    alert_type: str | None = None
    aggregation_key: str | None = None
    source_type_name: str | None = None
    device_name: str | None = None
    related_event_id: int | None = None
    category: str | None = None
    attributes: dict[str, Any] | None = None
    handle: str | None = None  # whose comment it is
    id: int = msgspec.field(default_factory=new_id)
    uid: str = msgspec.field(default_factory=new_uid)


def rounded(event_id: int) -> int:
    """`id` as v1 answers it: what is left of `id_str` in a JavaScript number (recorded: 6327818702635911562 → 6327818702635911000)."""
    mantissa, _, exponent = repr(float(event_id)).partition("e+")
    whole, _, fraction = mantissa.partition(".")
    return int(whole + fraction.ljust(int(exponent), "0"))


def url(event_id: int) -> str:
    """Where an event is looked at, as the answer to its creation says (recorded); reads leave the site out (recorded by datadogpy: test_events)."""
    return f"{SITE}{path(event_id)}"


def path(event_id: int) -> str:
    """The same without the site."""
    return f"/event/event?id={event_id}"
