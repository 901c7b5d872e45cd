"""The endpoints of dashboards (docs.datadoghq.com/api/latest/dashboards)."""

from __future__ import annotations

from functools import partial

import msgspec
from starlette.routing import BaseRoute

from doghouse.dashboards import identity, model, validation
from doghouse.dashboards.api import widgets
from doghouse.dashboards.errors import dashboard_not_found
from doghouse.dashboards.lists import Item
from doghouse.dashboards.model import Origin
from doghouse.dashboards.sharing.store import IsShared
from doghouse.dashboards.store import DashboardStore
from doghouse.dashboards.warnings import warnings
from doghouse.web.errors import present
from doghouse.web.http import Call, Reply, endpoint, warned

DEFAULT_COUNT = 100  # the schema's default page of the list
NO_LIMIT = -1
MOST_WARNINGS = 20  # in the header; all of them are at /doghouse/warnings


class References(msgspec.Struct):
    """The body that deletes or restores many."""

    data: list[Item]


def routes(store: DashboardStore, is_shared: IsShared) -> list[BaseRoute]:
    """Dashboards, and their deletion in bulk. `is_shared` says of an id whether others may open it by a link."""
    return [
        endpoint("GET", "/doghouse/warnings", partial(list_warnings, store)),
        endpoint("POST", "/api/v1/dashboard", partial(create, store)),
        endpoint("GET", "/api/v1/dashboard", partial(list_all, store, is_shared)),
        endpoint("DELETE", "/api/v1/dashboard", partial(delete_many, store)),
        endpoint("PATCH", "/api/v1/dashboard", partial(restore_many, store)),
        *(endpoint("POST", f"/api/{version}/dashboard/widgets/validate", widgets.validate) for version in ("v1", "v2")),
        endpoint("GET", "/api/v1/dashboard/{id}", partial(get, store)),
        endpoint("PUT", "/api/v1/dashboard/{id}", partial(replace, store)),
        endpoint("DELETE", "/api/v1/dashboard/{id}", partial(delete, store)),
    ]


def create(store: DashboardStore, call: Call) -> Reply:
    """A new dashboard."""
    body = call.json()
    validation.check(body)
    dashboard = model.document(body, Origin(identity.new_id(), call.now), call.now)
    store.add(dashboard, call.now)
    return _written(dashboard)


def get(store: DashboardStore, call: Call) -> Reply:
    """One dashboard, as it was stored."""
    document = present(store.get(call.params["id"]), dashboard_not_found(call.params["id"]))
    return Reply(document)


def replace(store: DashboardStore, call: Call) -> Reply:
    """The whole dashboard anew: what is not sent is dropped; id, author and creation time stay."""
    origin = present(store.origin(call.params["id"]), dashboard_not_found(call.params["id"]))
    body = call.json()
    validation.check(body)
    dashboard = model.document(body, origin, call.now)
    store.replace(dashboard)
    return _written(dashboard)


def delete(store: DashboardStore, call: Call) -> Reply:
    """Delete one; it can be restored."""
    dashboard_id = call.params["id"]
    if store.delete([dashboard_id], call.now):
        raise dashboard_not_found(dashboard_id)
    return Reply({"deleted_dashboard_id": dashboard_id})


def delete_many(store: DashboardStore, call: Call) -> Reply:
    """Delete all that are named, or none."""
    return _all_or_none(store.delete([item.id for item in call.json(References).data], call.now))


def restore_many(store: DashboardStore, call: Call) -> Reply:
    """Undo the deletion of all that are named, or of none."""
    return _all_or_none(store.restore([item.id for item in call.json(References).data]))


def _all_or_none(missing: list[str]) -> Reply:
    if missing:
        raise dashboard_not_found(missing[0])
    return Reply(b"", 204)


def list_all(store: DashboardStore, is_shared: IsShared, call: Call) -> Reply:
    """Dashboards, of those that are shared alone where that is asked for: all of them (recorded: 247 to 250), or a page where `start` or `count` is given."""
    paged = "start" in call.query or "count" in call.query
    start, count = call.number("start", 0), call.number("count", DEFAULT_COUNT) if paged else NO_LIMIT
    deleted = call.flag("filter[deleted]")
    if not call.flag("filter[shared]"):
        return Reply({"dashboards": store.page(start, count, deleted=deleted)})
    shared = [board for board in store.page(0, NO_LIMIT, deleted=deleted) if is_shared(board["id"])]
    return Reply({"dashboards": shared[start : start + count] if paged else shared})


def list_warnings(store: DashboardStore, call: Call) -> Reply:
    """What will not work as meant: of one dashboard (`?dashboard=ID`), or of each that has something. Ours, not Datadog's."""
    board_id = call.query.get("dashboard")
    ids = [board_id] if board_id else [board["id"] for board in store.page(0, NO_LIMIT)]
    listed: list[model.Document] = []
    for dashboard_id in ids:
        document = present(store.get(dashboard_id), dashboard_not_found(dashboard_id))
        dashboard = msgspec.json.decode(document)
        if sentences := warnings(dashboard):
            listed.append({"dashboard": dashboard_id, "title": dashboard["title"], "warnings": sentences})
    return Reply({"warnings": listed})


def _written(dashboard: model.Document) -> Reply:
    """The answer to a write; what was accepted yet will not work as meant stands in a header."""
    return Reply(dashboard, headers=warned(warnings(dashboard)[:MOST_WARNINGS]))
