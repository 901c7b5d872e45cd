"""Events of version 2: the body that posts one, checked against its schema, and the object that searches answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from doghouse.events.errors import event_schema
from doghouse.events.model import Event
from doghouse.tags import pairs
from doghouse.time import iso

Name = Annotated[str, Meta(min_length=1, max_length=128)]
CATEGORIES = ("alert", "change")
ALERT_STATUSES = ("error", "ok", "warn")
AUTHOR_TYPES = ("api", "automation", "system", "user")
CHANGED_TYPES = ("configuration", "feature_flag")
NO_SERVICE = "undefined"  # recorded: v2 search_events, its pagination
STATUS_OF_ALERT = {"error": "error", "ok": "success", "warn": "warning"}


class Typed(msgspec.Struct, forbid_unknown_fields=True):
    """Something with a name and a type: an author, a resource."""

    name: Name
    type: str


class Change(msgspec.Struct, forbid_unknown_fields=True):
    """`attributes` of a change."""

    changed_resource: Typed
    author: Typed | None = None
    change_metadata: dict[str, Any] | None = None
    impacted_resources: Annotated[list[Typed], Meta(max_length=100)] | None = None
    new_value: dict[str, Any] | None = None
    prev_value: dict[str, Any] | None = None


class Alert(msgspec.Struct, forbid_unknown_fields=True):
    """`attributes` of an alert."""

    status: str
    custom: dict[str, Any] | None = None
    links: list[dict[str, Any]] | None = None
    priority: str | None = None


class Payload(msgspec.Struct, forbid_unknown_fields=True):
    """EventPayload of the schema; its inner attributes are read by `category`."""

    title: Annotated[str, Meta(min_length=1, max_length=500)]
    category: str
    attributes: dict[str, Any]
    message: Annotated[str, Meta(min_length=1, max_length=4000)] | None = None
    aggregation_key: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    host: Annotated[str, Meta(min_length=1, max_length=255)] | None = None
    integration_id: str | None = None
    tags: Annotated[list[str], Meta(max_length=100)] | None = None
    timestamp: str | None = None


class Data(msgspec.Struct):
    """`data` of the body."""

    type: str
    attributes: Payload


class Body(msgspec.Struct):
    """The body that posts an event."""

    data: Data


def read(body: bytes, now: float) -> Event:
    """The event that a body posts. Raises ApiError 400 as Datadog's schema check words it."""
    try:
        data = msgspec.json.decode(body, type=Body).data
        payload = data.attributes
        _one_of("$.data.type", data.type, ("event",))
        _one_of("$.data.attributes.category", payload.category, CATEGORIES)
        if payload.integration_id is not None:
            _one_of("$.data.attributes.integration_id", payload.integration_id, ("custom-events",))
        status = _check_attributes(payload)
    except msgspec.ValidationError as error:
        text, _, place = str(error).partition(" - at ")
        raise event_schema(place.strip("`") or "$", f"{text[:1].lower()}{text[1:]}.") from None
    except msgspec.DecodeError as error:
        raise event_schema("$", f"{error}.") from None
    return Event(
        title=payload.title,
        text=payload.message or "",
        date_happened=_happened(payload.timestamp, now),
        tags=tuple(payload.tags or ()),
        host=payload.host,
        alert_type=status,
        aggregation_key=payload.aggregation_key,
        category=payload.category,
        attributes=payload.attributes,
    )


def shown(event: Event, tags: Sequence[str]) -> dict[str, Any]:
    """An event as searches answer it."""
    shown = {
        "timestamp": datetime.fromtimestamp(event.date_happened, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "tags": list(tags),
        "message": event.text,
        "attributes": attributes(event, tags),
    }
    return {"id": event.uid, "type": "event", "attributes": shown}


def attributes(event: Event, tags: Sequence[str]) -> dict[str, Any]:
    """The attributes of an event, without those that it has nothing for. GUESS: its service is that of its tags."""
    own: dict[str, Any] = {
        "title": event.title,
        "timestamp": event.date_happened * 1000,
        "status": event.alert_type or "info",
        "service": next(iter(pairs.values(tags, "service")), NO_SERVICE),
        "priority": None if event.category else event.priority or "normal",
        "aggregation_key": event.aggregation_key,
        "event_object": event.aggregation_key,
        "hostname": event.host,
        "source_type_name": event.source_type_name,
        "device_name": event.device_name,
        "related_event_id": event.related_event_id,
        "evt": {"id": str(event.id), "uid": event.uid, "type": event.category or "api"},
        **(event.attributes or {}),
    }
    return {key: value for key, value in own.items() if value is not None}


def _check_attributes(payload: Payload) -> str | None:
    """Check what the category has, and return the event's status."""
    place = "$.data.attributes.attributes"
    try:
        if payload.category == "alert":
            alert = msgspec.convert(payload.attributes, Alert)
            _one_of(f"{place}.status", alert.status, ALERT_STATUSES)
            return STATUS_OF_ALERT[alert.status]
        change = msgspec.convert(payload.attributes, Change)
    except msgspec.ValidationError as error:
        text, _, inner = str(error).partition(" - at ")
        raise msgspec.ValidationError(f"{text} - at `{place}{inner.strip('`').removeprefix('$')}`") from None
    _one_of(f"{place}.changed_resource.type", change.changed_resource.type, CHANGED_TYPES)
    if change.author is not None:
        _one_of(f"{place}.author.type", change.author.type, AUTHOR_TYPES)
    return None


def _one_of(place: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        quoted = ", ".join(f'"{choice}"' for choice in sorted(allowed))
        raise event_schema(place, f"value must be one of: [{quoted}].")


def _happened(timestamp: str | None, now: float) -> int:
    if timestamp is None:
        return int(now)
    try:
        return int(iso.instant(timestamp))
    except ValueError:
        raise event_schema("$.data.attributes.timestamp", "value must be an ISO 8601 time.") from None
