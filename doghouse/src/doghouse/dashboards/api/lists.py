"""The endpoints of dashboard lists: the lists themselves (v1) and what is in them (v2)."""

from __future__ import annotations

from functools import partial

import msgspec
from starlette.routing import BaseRoute

from doghouse.dashboards.errors import dashboard_list_not_found
from doghouse.dashboards.lists import Item, ListStore, shown_item
from doghouse.dashboards.model import Document
from doghouse.web.errors import present
from doghouse.web.http import Call, Reply, endpoint


class Named(msgspec.Struct):
    """The body that makes or renames a list."""

    name: str


class Dashboards(msgspec.Struct):
    """The body that names dashboards."""

    dashboards: list[Item]


def routes(store: ListStore) -> list[BaseRoute]:
    """The lists themselves are version 1's, their items version 2's; dogshell asks version 1 for items too."""
    lists = "/api/v1/dashboard/lists/manual"
    items = ("/api/v2/dashboard/lists/manual/{id}/dashboards", f"{lists}/{{id}}/dashboards")
    return [
        endpoint("POST", lists, partial(create, store)),
        endpoint("GET", lists, partial(list_all, store)),
        endpoint("GET", f"{lists}/{{id}}", partial(get, store)),
        endpoint("PUT", f"{lists}/{{id}}", partial(rename, store)),
        endpoint("DELETE", f"{lists}/{{id}}", partial(delete, store)),
        *(endpoint("GET", path, partial(list_items, store)) for path in items),
        *(endpoint("POST", path, partial(add_items, store)) for path in items),
        *(endpoint("PUT", path, partial(replace_items, store)) for path in items),
        *(endpoint("DELETE", path, partial(remove_items, store)) for path in items),
    ]


def create(store: ListStore, call: Call) -> Reply:
    """A new list."""
    return Reply(store.add(call.json(Named).name, call.now))


def list_all(store: ListStore, call: Call) -> Reply:
    """Every list."""
    return Reply({"dashboard_lists": store.all()})


def get(store: ListStore, call: Call) -> Reply:
    """One list."""
    return Reply(_existing(store, call))


def rename(store: ListStore, call: Call) -> Reply:
    """Give a list another name."""
    _existing(store, call)
    return Reply(store.rename(_id(call), call.json(Named).name, call.now))


def delete(store: ListStore, call: Call) -> Reply:
    """Delete a list; its dashboards stay."""
    _existing(store, call)
    store.delete(_id(call))
    return Reply({"deleted_dashboard_list_id": _id(call)})


def list_items(store: ListStore, call: Call) -> Reply:
    """The dashboards in a list."""
    _existing(store, call)
    shown = [shown_item(summary, store.is_shared) for summary in store.items(_id(call)).values()]
    return Reply({"dashboards": shown, "total": len(shown)})


def add_items(store: ListStore, call: Call) -> Reply:
    """Put dashboards into a list."""
    _existing(store, call)
    return Reply({"added_dashboards_to_list": store.put_in(_id(call), _ids(call), call.now)})


def replace_items(store: ListStore, call: Call) -> Reply:
    """Make a list hold exactly these dashboards."""
    _existing(store, call)
    return Reply({"dashboards": store.replace(_id(call), _ids(call), call.now)})


def remove_items(store: ListStore, call: Call) -> Reply:
    """Take dashboards out of a list."""
    _existing(store, call)
    return Reply({"deleted_dashboards_from_list": store.take_out(_id(call), _ids(call), call.now)})


def _existing(store: ListStore, call: Call) -> Document:
    return present(store.get(call.key("id")), dashboard_list_not_found(call.params["id"]))


def _id(call: Call) -> int:
    return call.key("id")


def _ids(call: Call) -> list[str]:
    return [dashboard.id for dashboard in call.json(Dashboards).dashboards]
