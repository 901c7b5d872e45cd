"""The endpoints of downtimes, version 2 (docs.datadoghq.com/api/latest/downtimes)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import msgspec
from starlette.routing import BaseRoute

from doghouse.downtimes import parsing, v1_routes
from doghouse.downtimes import record as records
from doghouse.downtimes.errors import (
    downtime_id_not_uuid,
    downtime_not_found,
    duplicate_downtime,
    invalid_downtime,
    no_downtime_to_cancel,
    no_monitor_for_downtimes,
    required_property,
    unexpected_properties,
)
from doghouse.downtimes.holds import Hold
from doghouse.downtimes.model import Downtime, DowntimeError, OneTime
from doghouse.downtimes.record import Attributes, Record
from doghouse.downtimes.schedule import current, status
from doghouse.downtimes.store import DowntimeStore
from doghouse.tags.pairs import group_text
from doghouse.time import iso
from doghouse.web import account
from doghouse.web.errors import present
from doghouse.web.http import Call, Reply, endpoint

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
RUNNING = "Start times of downtimes in progress cannot be changed"  # terraform-provider-datadog issue 2798
PAGE_LIMIT = 30  # the default page (recorded: 30 of 1049)


class Monitors(Protocol):
    """What downtimes ask of the monitors."""

    def name(self, monitor_id: int) -> str | None:
        """A monitor's name, or None if there is no such monitor."""

    def holds(self, monitor_id: int, now: float) -> Sequence[Hold]:
        """The downtimes that are active over a monitor's groups."""


class Data(msgspec.Struct):
    """`data` of a body. An update names the downtime once more in `id`, which may be empty (recorded)."""

    attributes: dict[str, Any]
    type: str
    id: str = ""


class Body(msgspec.Struct):
    """A JSON:API body."""

    data: Data


def routes(store: DowntimeStore, monitors: Monitors) -> list[BaseRoute]:
    """Downtimes of both versions."""
    path = "/api/v2/downtime"
    return [
        endpoint("POST", path, partial(create, store, monitors)),
        endpoint("GET", path, partial(list_all, store, monitors)),
        endpoint("GET", f"{path}/{{id}}", partial(get, store, monitors)),
        endpoint("PATCH", f"{path}/{{id}}", partial(update, store, monitors)),
        endpoint("DELETE", f"{path}/{{id}}", partial(cancel, store)),
        endpoint("GET", "/api/v2/monitor/{id}/downtime_matches", partial(matches, monitors)),
        *v1_routes.routes(store),
    ]


def create(store: DowntimeStore, monitors: Monitors, call: Call) -> Reply:
    """A new downtime."""
    record = added(store, call.json(Body).data.attributes, call.now)
    return Reply(_whole(store, monitors, record, call.now))


def added(store: DowntimeStore, sent: Attributes, now: float) -> Record:
    """A new downtime, kept. Raises ApiError 400 where Datadog would refuse it."""
    _check_names(sent)
    _check_needed(sent)
    try:
        _check_end(parsing.parse(sent, now), now)
        attributes = records.fill_in(sent, now)
        if same := store.like(attributes, now):
            raise duplicate_downtime(same)
        return store.add(attributes, None, now)
    except DowntimeError as error:
        raise invalid_downtime(error.text) from None


def get(store: DowntimeStore, monitors: Monitors, call: Call) -> Reply:
    """One downtime; with `include`, who made it and for which monitor."""
    record = _record(store, call)
    included = call.words("include")
    if not included:
        return Reply({"data": _item(store, record, call.now)})
    related = {"data": {**_item(store, record, call.now), "relationships": _relationships(record)}}
    return Reply({**related, "included": _included([record], included, monitors)})


def update(store: DowntimeStore, monitors: Monitors, call: Call) -> Reply:
    """Change the attributes that are sent. A running one keeps its start where none is sent (GUESS)."""
    record = changed(store, _record(store, call), call.json(Body).data.attributes, call.now)
    return Reply(_whole(store, monitors, record, call.now))


def changed(store: DowntimeStore, record: Record, sent: Attributes, now: float) -> Record:
    """A downtime with these attributes in place of its own, kept. Raises ApiError 400 where Datadog would refuse it."""
    _check_names(sent)
    before = store.downtime(record)
    runs = "schedule" in sent and status(before, now) == "active"
    if runs and isinstance(sent["schedule"], dict) and isinstance(before.schedule, OneTime):
        schedule = {key: value for key, value in sent["schedule"].items() if key != "start" or value is not None}
        sent["schedule"] = (
            {"start": record.attributes["schedule"]["start"], **schedule} if "recurrences" not in schedule else schedule
        )
    attributes: Attributes = {**record.attributes, **sent}
    _check_needed(attributes)
    try:
        changing = parsing.parse(attributes, now)
        if "schedule" in sent:
            _check_end(changing, now)
        if runs and _begins(changing, now) != _begins(before, now):
            raise DowntimeError("schedule.start", RUNNING)
        attributes = records.fill_in(attributes, now)
        return store.change(record, attributes, None if "schedule" in sent else record.v1, now)
    except DowntimeError as error:
        raise invalid_downtime(error.text) from None


def cancel(store: DowntimeStore, call: Call) -> Reply:
    """Cancel a downtime; as often as one likes (recorded)."""
    _check_uuid(call)
    record = present(store.get(call.params["id"]), no_downtime_to_cancel(call.params["id"]))
    store.cancel(record, call.now)
    return Reply(b"", 204)


def list_all(store: DowntimeStore, monitors: Monitors, call: Call) -> Reply:
    """A page of downtimes in order of creation."""
    limit, offset = call.number("page[limit]", PAGE_LIMIT), call.number("page[offset]", 0)
    if call.flag("current_only"):
        active = [record for record in store.all() if status(store.downtime(record), call.now) == "active"]
        page, total = active[offset : offset + limit], len(active)
    else:
        page, total = store.page(offset, limit)
    document: dict[str, Any] = {"data": [_item(store, record, call.now) for record in page]}
    if included := call.words("include"):
        document["data"] = [
            {**item, "relationships": _relationships(record)}
            for item, record in zip(document["data"], page, strict=True)
        ]
        document["included"] = _included(page, included, monitors)
    return Reply({**document, "meta": {"page": {"total_filtered_count": total}}})


def matches(monitors: Monitors, call: Call) -> Reply:
    """The downtimes that are active over a monitor."""
    monitor_id = call.key("id")
    if monitors.name(monitor_id) is None:
        raise no_monitor_for_downtimes(monitor_id)
    limit, offset = call.number("page[limit]", PAGE_LIMIT), call.number("page[offset]", 0)
    items = [_match(hold) for hold in monitors.holds(monitor_id, call.now)]
    meta = {"page": {"total_filtered_count": len(items)}}
    return Reply({"data": items[offset : offset + limit], "meta": meta})


def _match(hold: Hold) -> dict[str, Any]:
    """Times are cut to milliseconds here (recorded: get_active_downtimes_for_a_monitor_returns_ok_response)."""
    groups = [group_text(group) or "*" for group in hold.groups]
    return {
        "type": "downtime_match",
        "id": hold.uuid,
        "attributes": {
            "groups": groups,
            "scope": " AND ".join(hold.scope),
            "start": iso.milliseconds(hold.start),
            "end": None if hold.end is None else iso.milliseconds(hold.end),
        },
    }


def _record(store: DowntimeStore, call: Call) -> Record:
    _check_uuid(call)
    return present(store.get(call.params["id"]), downtime_not_found())


def _check_end(downtime: Downtime, now: float) -> None:
    """Raise DowntimeError for one that is over."""
    if isinstance(downtime.schedule, OneTime) and downtime.schedule.end <= now:
        raise DowntimeError("schedule.end", parsing.PAST)


def _begins(downtime: Downtime, now: float) -> float | None:
    """When the stretch began that runs now, or the next one will (s UTC)."""
    stretch = current(downtime, now)
    return None if stretch is None else stretch.start


def _check_uuid(call: Call) -> None:
    if UUID.fullmatch(call.params["id"]) is None:
        raise downtime_id_not_uuid()


def _check_names(sent: Mapping[str, Any]) -> None:
    unexpected = [name for name in sent if name not in records.NAMES]
    if unexpected:
        raise unexpected_properties(unexpected)


def _check_needed(attributes: Mapping[str, Any]) -> None:
    for name in ("scope", "monitor_identifier"):
        if attributes.get(name) is None:
            raise required_property(name)


def _item(store: DowntimeStore, record: Record, now: float) -> dict[str, Any]:
    downtime = store.downtime(record)
    attributes = {
        **record.attributes,
        "status": status(downtime, now),
        "created": iso.microseconds(record.created),
        "modified": iso.microseconds(record.modified),
        "canceled": None if record.canceled is None else iso.microseconds(record.canceled),
    }
    if "recurrences" in attributes["schedule"] and (stretch := current(downtime, now)) is not None:
        now_or_next = {"start": iso.seconds(stretch.start), "end": iso.seconds(stretch.end)}
        attributes["schedule"] = {**attributes["schedule"], "current_downtime": now_or_next}
    return {"type": "downtime", "id": record.id, "attributes": attributes}


def _whole(store: DowntimeStore, monitors: Monitors, record: Record, now: float) -> dict[str, Any]:
    """A downtime with all that is related to it, as creations and updates answer."""
    item = {**_item(store, record, now), "relationships": _relationships(record)}
    return {"data": item, "included": _included([record], ("created_by", "monitor"), monitors)}


def _relationships(record: Record) -> dict[str, Any]:
    monitor = record.attributes["monitor_identifier"].get("monitor_id")
    return {
        "created_by": {"data": {"type": "users", "id": account.USER.uuid}},
        "monitor": {"data": None if monitor is None else {"type": "monitor", "id": str(monitor)}},
    }


def _included(page: Iterable[Record], included: Sequence[str], monitors: Monitors) -> list[dict[str, Any]]:
    resources: list[dict[str, Any]] = [account.user_resource()] if "created_by" in included else []
    if "monitor" in included:
        ids = dict.fromkeys(record.attributes["monitor_identifier"].get("monitor_id") for record in page)
        named = ((monitor_id, monitors.name(monitor_id)) for monitor_id in ids if monitor_id is not None)
        resources += [
            {"type": "monitor", "id": monitor_id, "attributes": {"name": name}}
            for monitor_id, name in named
            if name is not None
        ]
    return resources
