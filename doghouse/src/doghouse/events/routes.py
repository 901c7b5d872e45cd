"""The endpoints of events, version 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from itertools import islice
from typing import Annotated, Any

import msgspec
from starlette.routing import BaseRoute

from doghouse.events import comments, model, records, v2_routes
from doghouse.events.errors import event_not_found, event_too_old
from doghouse.events.model import Event
from doghouse.events.records import HostTags
from doghouse.events.store import EventStore
from doghouse.numbers import LATEST_S
from doghouse.web import errors
from doghouse.web.access import Keys
from doghouse.web.errors import present
from doghouse.web.http import Call, Reply, endpoint, warned

PAGE, LAST_PAGE = 1000, 2_147_483_647  # the schema's number of events in an answer, and of pages


class Body(msgspec.Struct):
    """The body that posts an event (EventCreateRequest of the schema)."""

    title: str
    text: str
    date_happened: float | None = None
    tags: list[str] | None = None
    host: str | None = None
    priority: str | None = None
    alert_type: str | None = None
    aggregation_key: str | None = None
    source_type_name: str | None = None
    device_name: str | None = None
    related_event_id: int | None = None


class AgentEvent(msgspec.Struct):
    """An event in an Agent's `/intake/` body (github.com/DataDog/datadog-agent: pkg/metrics/event)."""

    title: str | None = msgspec.field(name="msg_title", default=None)
    text: str | None = msgspec.field(name="msg_text", default=None)
    timestamp: Annotated[float, msgspec.Meta(ge=0, le=LATEST_S)] | None = None
    tags: tuple[str, ...] | None = None
    host: str | None = None
    priority: str | None = None
    alert_type: str | None = None
    aggregation_key: str | None = None
    source_type_name: str | None = None


def routes(store: EventStore, host_tags: HostTags) -> list[BaseRoute]:
    """Events of both versions. `host_tags` gives a host's tags, which its events have too."""
    return [
        endpoint("POST", "/api/v1/events", partial(create, store), Keys.API),
        endpoint("GET", "/api/v1/events", partial(list_all, store, host_tags)),
        endpoint("GET", "/api/v1/events/{id}", partial(get, store, host_tags)),
        *comments.routes(store),
        *v2_routes.routes(store, host_tags),
    ]


def create(store: EventStore, call: Call) -> Reply:
    """Post an event."""
    event = read(call.json(Body), call.now)
    accepted = event.alert_type is None or event.alert_type in model.ALERT_TYPES
    if accepted:  # Datadog answers another with the same ok, and nobody sees it again (datadogpy issue 215)
        store.add(event)
    fields = {key: getattr(event, key) for key in ("title", "text", "date_happened", "priority", "related_event_id")}
    named = {"id": model.rounded(event.id), "id_str": str(event.id), "url": model.url(event.id)}
    answer = {"status": "ok", "event": {**fields, **named, "handle": None, "tags": list(event.tags)}}
    warning = f"the event is not kept: its alert_type {event.alert_type!r} is none of {', '.join(model.ALERT_TYPES)}"
    return Reply(answer, 202, headers={} if accepted else warned([warning]))


def read(body: Body, now: float) -> Event:
    """The event that a body posts. Raises ApiError 400."""
    # a fraction is dropped (datadogpy's recordings)
    happened = int(now if body.date_happened is None else body.date_happened)
    if happened > LATEST_S:
        raise errors.wrong_type("date_happened", "a POSIX timestamp in seconds")
    if happened < now - model.PAST_LIMIT_S:
        raise event_too_old()
    if body.priority is not None and body.priority not in model.PRIORITIES:
        raise errors.invalid_parameter("priority", body.priority, model.PRIORITIES)
    return Event(**{**msgspec.structs.asdict(body), "date_happened": happened, "tags": tuple(body.tags or ())})


def from_agent(store: EventStore, events: Mapping[str, Iterable[Mapping[str, Any]]], now: float) -> None:
    """Keep the events of an Agent's `/intake/` body: by their source, with the Agent's names for the fields. Raises ApiError 400, nothing being kept.

    GUESS: an alert type or a priority that there is none of counts as not said, as the Agent's own DogStatsD has it.
    """
    try:
        read = [
            (source, event) for source, posted in events.items() for event in msgspec.convert(posted, list[AgentEvent])
        ]
    except msgspec.ValidationError as error:
        raise errors.invalid_body(str(error)) from None
    store.add_all(
        [
            Event(
                title=event.title or "",
                text=event.text or "",
                date_happened=int(event.timestamp or now),
                tags=event.tags or (),
                host=event.host,
                priority=event.priority if event.priority in model.PRIORITIES else None,
                alert_type=event.alert_type if event.alert_type in model.ALERT_TYPES else None,
                aggregation_key=event.aggregation_key,
                source_type_name=event.source_type_name or source,
            )
            for source, event in read
        ]
    )


def get(store: EventStore, host_tags: HostTags, call: Call) -> Reply:
    """One event."""
    event = present(store.get(call.key("id")), event_not_found())
    return Reply({"event": shown(event, host_tags)})


def list_all(store: EventStore, host_tags: HostTags, call: Call) -> Reply:
    """Events of a stretch of time, the newest first."""
    start, end = call.seconds("start"), call.seconds("end")
    priority, sources, tags = call.query.get("priority"), call.words("sources"), call.words("tags")
    page = call.number("page", 0, most=LAST_PAGE)
    matching = (
        event
        # the end, a whole s, belongs to it
        for event in (shown(event, host_tags) for event in store.between(start, end + 1))
        if (priority is None or event["priority"] == priority)
        and (not sources or event["source"] in sources)
        and set(tags) <= set(event["tags"])
    )
    return Reply({"events": list(islice(matching, page * PAGE, (page + 1) * PAGE))})


def shown(event: Event, host_tags: HostTags) -> dict[str, Any]:
    """An event as reads answer it (Event of the schema)."""
    return {
        "id": model.rounded(event.id),
        "id_str": str(event.id),
        "title": None if event.alert_type == comments.KIND and not event.title else event.title,
        "text": event.text,
        **({"handle": event.handle} if event.handle else {}),
        "date_happened": event.date_happened,
        "priority": event.priority or "normal",
        "alert_type": event.alert_type or "info",
        "source": event.source_type_name,
        "host": event.host,
        "device_name": event.device_name,
        "tags": records.tags(event, host_tags),
        "url": model.path(event.id),
        "is_aggregate": False,
        "children": [],
        "comments": [],
        "resource": f"/api/v1/events/{event.id}",
    }
