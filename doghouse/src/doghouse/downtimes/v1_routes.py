"""The endpoints of downtimes, version 1, over the same store."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.routing import BaseRoute

from doghouse.downtimes import parsing, v1
from doghouse.downtimes import record as records
from doghouse.downtimes.errors import (
    downtime_not_found,
    invalid_downtime,
    no_downtime_to_cancel,
    no_downtimes,
    only_by_version_2,
)
from doghouse.downtimes.model import DowntimeError
from doghouse.downtimes.record import Record
from doghouse.downtimes.schedule import status
from doghouse.downtimes.store import DowntimeStore
from doghouse.web import account
from doghouse.web.errors import present
from doghouse.web.http import Call, Reply, endpoint

CLEARED = ("end", "message", "recurrence", "monitor_id")  # what a null in an update takes away


def routes(store: DowntimeStore) -> list[BaseRoute]:
    """Downtimes of version 1."""
    path = "/api/v1/downtime"
    return [
        endpoint("POST", path, partial(create, store)),
        endpoint("GET", path, partial(list_all, store)),
        endpoint("POST", f"{path}/cancel/by_scope", partial(cancel_by_scope, store)),
        endpoint("GET", f"{path}/{{id}}", partial(get, store)),
        endpoint("PUT", f"{path}/{{id}}", partial(update, store)),
        endpoint("DELETE", f"{path}/{{id}}", partial(cancel, store)),
        endpoint("GET", "/api/v1/monitor/{id}/downtimes", partial(of_monitor, store)),
    ]


def create(store: DowntimeStore, call: Call) -> Reply:
    """A new downtime."""
    body = call.object()
    try:
        attributes, sent = v1.read(body, call.now)
        v1.check_start(body, call.now)
        parsing.parse(attributes, call.now)
        record = store.add(records.fill_in(attributes, call.now), sent, call.now)
    except DowntimeError as error:
        raise invalid_downtime(error.text) from None
    return Reply(_answer(store, record, call.now))


def get(store: DowntimeStore, call: Call) -> Reply:
    """One downtime."""
    return Reply(_answer(store, _record(store, call), call.now))


def update(store: DowntimeStore, call: Call) -> Reply:
    """Change the keys that are sent. A null takes away an end, a message, a recurrence, a monitor; elsewhere (dogshell sends them) it says nothing."""
    record = _record(store, call)
    body = {key: value for key, value in call.object().items() if value is not None or key in CLEARED}
    before = _answer(store, record, call.now)
    if record.attributes["monitor_identifier"].get("monitor_id") is not None:
        before.pop("monitor_tags")
    try:
        attributes, sent = v1.read({**before, **body}, call.now)
        if body.get("start") != before["start"]:
            v1.check_start(body, call.now)
        merged = {**record.attributes, **attributes}
        parsing.parse(merged, call.now)
        changed = store.change(record, records.fill_in(merged, call.now), sent, call.now)
    except DowntimeError as error:
        raise invalid_downtime(error.text) from None
    return Reply({**_answer(store, changed, call.now), "uuid": None})  # recorded: update_a_downtime_returns_ok_response


def cancel(store: DowntimeStore, call: Call) -> Reply:
    """Cancel a downtime; as often as one likes (recorded)."""
    record = _of_version_1(present(store.get(call.key("id")), no_downtime_to_cancel(call.params["id"])))
    store.cancel(record, call.now)
    return Reply(b"", 204, "text/html; charset=utf-8")


def cancel_by_scope(store: DowntimeStore, call: Call) -> Reply:
    """Cancel all that have exactly this scope."""
    try:
        scope = " AND ".join(v1.scopes(call.object().get("scope")))
    except DowntimeError as error:
        raise invalid_downtime(error.text) from None
    matching = store.of_scope(scope, call.now)
    if not matching:
        raise no_downtimes()
    for record in matching:
        store.cancel(record, call.now)
    return Reply({"cancelled_ids": [record.number for record in matching]})


def list_all(store: DowntimeStore, call: Call) -> Reply:
    """Its own downtimes and those of version 2 that are active, an array in order of creation (documentation pull request 21183)."""
    only_active = call.flag("current_only")
    downtimes = [
        _answer(store, record, call.now)
        for record in store.all()
        if not (record.only_v2 or only_active) or status(store.downtime(record), call.now) == "active"
    ]
    if call.flag("with_creator"):
        user = account.USER
        creator = {"id": user.id, "email": user.email, "handle": user.handle, "name": user.name}
        downtimes = [{**body, "creator": creator} for body in downtimes]
    return Reply(downtimes)


def of_monitor(store: DowntimeStore, call: Call) -> Reply:
    """The active downtimes that name one monitor (ListMonitorDowntimes of the schema)."""
    own = (record for record in store.targeting(call.key("id")) if status(store.downtime(record), call.now) == "active")
    return Reply([_answer(store, record, call.now) for record in own])


def _record(store: DowntimeStore, call: Call) -> Record:
    return _of_version_1(present(store.get(call.key("id")), downtime_not_found()))


def _of_version_1(record: Record) -> Record:
    """The record; raises ApiError 422 for one that version 2 made."""
    if record.only_v2:
        raise only_by_version_2()
    return record


def _answer(store: DowntimeStore, record: Record, now: float) -> dict[str, Any]:
    return v1.answer(record, store.downtime(record), now)
