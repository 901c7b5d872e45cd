"""The endpoints of monitors (docs.datadoghq.com/api/latest/monitors)."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.routing import BaseRoute

from doghouse.monitors.api import document as documents
from doghouse.monitors.api import search_routes
from doghouse.monitors.api.access import Monitors
from doghouse.monitors.api.answers import answer, read_answer
from doghouse.monitors.api.document import Document
from doghouse.monitors.definition import Definition
from doghouse.monitors.errors import duplicate_monitor, invalid_group_states, monitor_in_use, type_change
from doghouse.monitors.store import MonitorStore, Stored
from doghouse.numbers import LATEST_S, MAX_KEY, whole_number
from doghouse.web import errors
from doghouse.web.http import Call, Reply, endpoint

INTERCHANGEABLE = frozenset(("metric alert", "query alert"))  # one type under two names
GROUP_STATES = frozenset(("all", "alert", "warn", "no data", "ok"))
DEFAULT_PAGE_SIZE, MAX_PAGE = 100, 10**9  # the latter of the size and of the number of pages


def routes(monitors: Monitors) -> list[BaseRoute]:
    """Monitors, their search, validation and muting."""
    path = "/api/v1/monitor"
    return [
        endpoint("POST", path, partial(create, monitors)),
        endpoint("GET", path, partial(list_all, monitors)),
        *search_routes.routes(monitors),
        endpoint("GET", f"{path}/can_delete", partial(can_delete, monitors)),
        endpoint("POST", f"{path}/validate", partial(validate, monitors)),
        endpoint("POST", f"{path}/mute_all", partial(mute_all, monitors)),
        endpoint("POST", f"{path}/unmute_all", partial(unmute_all, monitors)),
        endpoint("GET", f"{path}/{{id}}", partial(get, monitors)),
        endpoint("PUT", f"{path}/{{id}}", partial(update, monitors)),
        endpoint("DELETE", f"{path}/{{id}}", partial(delete, monitors)),
        endpoint("POST", f"{path}/{{id}}/validate", partial(validate_existing, monitors)),
        endpoint("POST", f"{path}/{{id}}/mute", partial(mute, monitors)),
        endpoint("POST", f"{path}/{{id}}/unmute", partial(unmute, monitors)),
    ]


def create(monitors: Monitors, call: Call) -> Reply:
    """A new monitor; the same one twice is refused."""
    stored = monitors.store.add(monitors.checked(call.object()), call.now)
    if isinstance(stored, int):
        raise duplicate_monitor(stored)
    return Reply(answer(monitors.shown(stored, call.now)))


def get(monitors: Monitors, call: Call) -> Reply:
    """One monitor."""
    group_states = _group_states(call)
    shown = monitors.shown(monitors.stored(_id(call)), call.now)
    flags = {name: call.flag(name) for name in ("with_downtimes", "with_assets")}
    return Reply(read_answer(shown, **flags, group_states=group_states))


def update(monitors: Monitors, call: Call) -> Reply:
    """Change the keys that are sent. The answer has no creator (34 of 34 recordings)."""
    stored = monitors.stored(_id(call))
    monitor = monitors.checked(documents.merged(stored.document, call.object()))
    types = {stored.document["type"], monitor.type}
    if len(types) > 1 and not types <= INTERCHANGEABLE:
        raise type_change()
    monitors.store.replace(monitor, call.now)
    changed = answer(monitors.shown(monitors.stored(_id(call)), call.now))
    changed.pop("creator", None)
    return Reply(changed)


def delete(monitors: Monitors, call: Call) -> Reply:
    """Delete one; one that composites are made of only with `force=true`."""
    stored = monitors.stored(_id(call))
    if not call.flag("force") and (used := _used(monitors, stored.document)):
        raise monitor_in_use(used)
    monitors.store.delete(_id(call))
    return Reply({"deleted_monitor_id": _id(call)})


def can_delete(monitors: Monitors, call: Call) -> Reply:
    """Which of these can be deleted, and why the others cannot."""
    free: list[int] = []
    used_by: dict[str, list[str]] = {}
    for monitor_id in _ids(call):
        stored = monitors.stored(monitor_id)
        if used := _used(monitors, stored.document):
            used_by[str(monitor_id)] = [used]
        else:
            free.append(monitor_id)
    return Reply({"data": {"ok": free}, "errors": used_by or None}, 409 if used_by else 200)


def list_all(monitors: Monitors, call: Call) -> Reply:
    """Monitors by ascending id, an array; filters and pages as the schema has them.

    Their downtimes stand in it whether `with_downtimes` asks for them or not (recordings of datadogpy, 2020, and datadog-sync-cli, 2024).
    """
    group_states, with_assets = _group_states(call), call.flag("with_assets")
    call.flag("with_downtimes")
    return Reply(
        [
            read_answer(monitor, with_downtimes=True, with_assets=with_assets, group_states=group_states)
            for monitor in monitors.all_shown(_page(monitors.store, call), call.now)
        ]
    )


def _page(store: MonitorStore, call: Call) -> list[Stored]:
    """What the address asks for. `page` is what turns pages on; a lone `page_size` does nothing (schema of ListMonitors)."""
    after = call.number("id_offset", 0)
    paged = call.query.get("page") not in (None, "") or call.query.get("id_offset") not in (None, "")
    size = call.number("page_size", DEFAULT_PAGE_SIZE, most=MAX_PAGE) if paged else None
    skipped = call.number("page", 0, most=MAX_PAGE) * (size or 0)
    name, tags, own_tags = call.query.get("name", ""), call.words("tags"), call.words("monitor_tags")
    if not (name or tags or own_tags):
        return store.page(after, skipped, -1 if size is None else size)
    matching = [stored for stored in store.page(after) if _matches(stored.definition, name, tags, own_tags)]
    return matching[skipped:][:size]


def _matches(monitor: Definition, name: str, tags: list[str], own_tags: list[str]) -> bool:
    """GUESS: a name is found inside a longer one, whatever the case; all tags must be there. `tags` are those that the query filters by."""
    return (
        name.lower() in monitor.name.lower()
        and set(own_tags) <= set(monitor.tags)
        and (not tags or set(tags) <= set(monitor.scopes))
    )


def validate(monitors: Monitors, call: Call) -> Reply:
    """Whether a monitor would be taken; nothing is stored."""
    monitors.checked(call.object())
    return Reply({})


def validate_existing(monitors: Monitors, call: Call) -> Reply:
    """Whether a change of this monitor would be taken."""
    monitors.checked(documents.merged(monitors.stored(_id(call)).document, call.object()))
    return Reply({})


def mute(monitors: Monitors, call: Call) -> Reply:
    """Begin a downtime of one monitor, for a `scope` of it and until `end` (s UTC) if these are given."""
    stored = monitors.stored(_id(call))
    parameters = _parameters(call)
    end = parameters.get("end")
    monitors.downtimes.mute(_id(call), parameters.get("scope") or "*", None if end is None else float(end), call.now)
    return Reply(answer(monitors.shown(stored, call.now)))


def unmute(monitors: Monitors, call: Call) -> Reply:
    """End the downtimes of one monitor: of one `scope`, of the whole, or with `all_scopes` of every scope."""
    stored = monitors.stored(_id(call))
    parameters = _parameters(call)
    scope = None if str(parameters.get("all_scopes", "")).lower() in ("true", "1") else parameters.get("scope") or "*"
    monitors.downtimes.unmute(_id(call), scope, call.now)
    return Reply(answer(monitors.shown(stored, call.now)))


def mute_all(monitors: Monitors, call: Call) -> Reply:
    """Silence everything; the answer is the downtime that does so (docs of the endpoint's time)."""
    return Reply(monitors.downtimes.mute(None, "*", None, call.now))


def unmute_all(monitors: Monitors, call: Call) -> Reply:
    """End what mute_all began. GUESS: an empty answer."""
    monitors.downtimes.unmute(None, "*", call.now)
    return Reply(b"", 204)


def _ids(call: Call) -> list[int]:
    words = call.words("monitor_ids")
    ids = [number for word in words if (number := whole_number(word)) is not None and number <= MAX_KEY]
    if not words or len(ids) != len(words):
        raise errors.invalid_query_parameter("monitor_ids", ",".join(words), "ids of monitors with commas between")
    return ids


def _id(call: Call) -> int:
    return call.key("id")


def _parameters(call: Call) -> dict[str, Any]:
    """Parameters of muting, which old clients put into the address and others into the body."""
    body = call.object() if call.body else {}
    parameters = {**call.query, **body}
    if parameters.get("end") in (None, ""):
        parameters["end"] = None
    elif not call.now < (whole_number(str(parameters["end"])) or 0) <= LATEST_S:
        raise errors.invalid_query_parameter("end", str(parameters["end"]), "seconds since 1970, later than now")
    scope = parameters.get("scope") or ""
    if isinstance(scope, list) and all(isinstance(part, str) for part in scope):
        scope = ",".join(scope)  # dogshell sends a list
    if not isinstance(scope, str):
        raise errors.wrong_type("scope", "a text")
    return {**parameters, "scope": scope}


def _group_states(call: Call) -> frozenset[str] | None:
    if not (text := call.query.get("group_states")):
        return None
    names = frozenset(word.strip().lower() for word in text.split(","))
    if not names <= GROUP_STATES:
        raise invalid_group_states()
    return names


def _used(monitors: Monitors, document: Document) -> str | None:
    """Why a monitor cannot be deleted, or None."""
    composites = [monitors.store.get(composite_id) for composite_id in monitors.store.composites_of(document["id"])]
    slos = [monitors.slos.get(slo_id) for slo_id in monitors.slos.of_monitor(document["id"])]
    users = {
        "composite monitors": [
            f"{composite.document['id']},{composite.document['name']}"
            for composite in composites
            if composite is not None
        ],
        "slos": [f"{slo['id']},{slo['name']}" for slo in slos if slo is not None],
    }
    for what, named in users.items():
        if named:
            return f"monitor [{document['id']},{document['name']}] is referenced in {what}: [{', '.join(named)}]"
    return None
