"""Comments, as datadogpy and `dog` post them: events of people, without a title. No page describes them; their form is in datadogpy's recordings (2020)."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace
from starlette.routing import BaseRoute

from doghouse.events import model
from doghouse.events.errors import event_not_found
from doghouse.events.model import Event
from doghouse.events.store import EventStore
from doghouse.web import account
from doghouse.web.http import Call, Reply, endpoint

KIND = "user_update"


class Body(msgspec.Struct):
    """The body that makes or changes a comment."""

    message: str
    handle: str | None = None
    related_event_id: int | None = None


def routes(store: EventStore) -> list[BaseRoute]:
    """Making, changing and deleting comments; they are read as events."""
    path = "/api/v1/comments"
    return [
        endpoint("POST", path, partial(create, store)),
        endpoint("PUT", f"{path}/{{id}}", partial(update, store)),
        endpoint("DELETE", f"{path}/{{id}}", partial(delete, store)),
    ]


def create(store: EventStore, call: Call) -> Reply:
    """A new comment; with `related_event_id`, one on another event."""
    body = call.json(Body)
    comment = Event(
        title="",
        text=body.message,
        date_happened=int(call.now),
        alert_type=KIND,
        handle=body.handle or account.USER.handle,
        related_event_id=body.related_event_id,
    )
    store.add(comment)
    return Reply({"comment": _shown(comment)})


def update(store: EventStore, call: Call) -> Reply:
    """Another text for a comment."""
    body = call.json(Body)
    changed = replace(_comment(store, call), text=body.message)
    store.change(changed)
    return Reply({"comment": _shown(changed)})


def delete(store: EventStore, call: Call) -> Reply:
    """Delete a comment (GUESS: the answer; `dog comment` has no such command)."""
    store.delete(_comment(store, call))
    return Reply({})


def _comment(store: EventStore, call: Call) -> Event:
    comment = store.get(call.key("id"))
    if comment is None or comment.alert_type != KIND:
        raise event_not_found()
    return comment


def _shown(comment: Event) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": model.rounded(comment.id),
        "message": comment.text,
        "handle": comment.handle,
        "url": model.path(comment.id),
        "resource": f"/api/v1/comments/{comment.id}",
    }
    if comment.related_event_id is not None:
        shown["related_event_id"] = str(comment.related_event_id)
    return shown
