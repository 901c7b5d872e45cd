"""Timeboards of before 2019, as datadogpy's `Timeboard` and `dog timeboard` have them: boards under a number, with graphs in place of widgets.

They are kept as boards of the layout `ordered`, and every such board is one (datadogpy's recordings, 2020). What graphs and widgets call otherwise is put
into the other's words; all else stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec
from starlette.routing import BaseRoute

from doghouse.dashboards import identity, model, validation
from doghouse.dashboards.errors import dashboard_not_found
from doghouse.dashboards.model import Document, Origin
from doghouse.dashboards.store import DashboardStore
from doghouse.web import account
from doghouse.web.errors import present
from doghouse.web.http import Call, Reply, endpoint

PATH = "/api/v1/dash"
# A graph's word → a widget's: in its definition, and in each of its requests.
GRAPH, REQUEST = {"viz": "type"}, {"type": "display_type"}


class Body(msgspec.Struct):
    """The body that makes or replaces a timeboard."""

    title: str
    graphs: list[dict[str, Any]]
    description: str | None = None
    template_variables: list[dict[str, Any]] | None = None
    read_only: bool = False


def routes(store: DashboardStore) -> list[BaseRoute]:
    """Timeboards, by number."""
    return [
        endpoint("POST", PATH, partial(create, store)),
        endpoint("GET", PATH, partial(list_all, store)),
        endpoint("GET", f"{PATH}/{{id}}", partial(get, store)),
        endpoint("PUT", f"{PATH}/{{id}}", partial(replace, store)),
        endpoint("DELETE", f"{PATH}/{{id}}", partial(delete, store)),
    ]


def create(store: DashboardStore, call: Call) -> Reply:
    """A new timeboard."""
    board = _document(call.json(Body), Origin(identity.new_id(), call.now), call.now)
    store.add(board, call.now)
    return _whole(store, board)


def list_all(store: DashboardStore, call: Call) -> Reply:
    """All of them, without their graphs; here a number is a text (recorded)."""
    numbers = store.numbers()
    boards = [msgspec.json.decode(document) for dashboard_id in numbers if (document := store.get(dashboard_id))]
    dashes = [_dash(board, numbers[board["id"]]) for board in boards if board["layout_type"] == "ordered"]
    for dash in dashes:
        del dash["graphs"]
        dash |= {"id": str(dash["id"]), "resource": f"{PATH}/{dash['id']}"}
    return Reply({"dashes": dashes})


def get(store: DashboardStore, call: Call) -> Reply:
    """One timeboard."""
    return _whole(store, _board(store, call))


def replace(store: DashboardStore, call: Call) -> Reply:
    """The whole timeboard anew; its number, id and creation stay."""
    board_id = _board(store, call)["id"]
    origin = present(store.origin(board_id), dashboard_not_found(board_id))
    board = _document(call.json(Body), origin, call.now)
    store.replace(board)
    return _whole(store, board)


def delete(store: DashboardStore, call: Call) -> Reply:
    """Delete one."""
    store.delete([_board(store, call)["id"]], call.now)
    return Reply(b"", 204)


def _board(store: DashboardStore, call: Call) -> Document:
    number = call.key("id")
    board_id = next((dashboard_id for dashboard_id, its in store.numbers().items() if its == number), None)
    document = None if board_id is None else store.get(board_id)
    board: Document | None = None if document is None else msgspec.json.decode(document)
    if board is None or board["layout_type"] != "ordered":
        raise dashboard_not_found(str(number))
    return board


def _document(body: Body, origin: Origin, now: float) -> Document:
    """The board that a timeboard is kept as. Raises ApiError 400."""
    sent = {
        "title": body.title,
        "description": body.description,
        "layout_type": "ordered",
        "is_read_only": body.read_only,
        "widgets": [{"definition": _widget(graph)} for graph in body.graphs],
        "template_variables": body.template_variables,
    }
    validation.check(sent)
    return model.document(sent, origin, now)


def _widget(graph: Mapping[str, Any]) -> Document:
    definition = graph.get("definition")
    if not isinstance(definition, dict):
        return {}  # which validation refuses, naming it
    titled = {"title": graph["title"]} if "title" in graph else {}
    return {**_renamed(definition, GRAPH, REQUEST), **titled}


def _graph(definition: Mapping[str, Any]) -> Document:
    back = _renamed(definition, _turned(GRAPH), _turned(REQUEST))
    return {"title": back.pop("title", ""), "definition": back}


def _turned(words: Mapping[str, str]) -> dict[str, str]:
    return {new: old for old, new in words.items()}


def _renamed(definition: Mapping[str, Any], words: Mapping[str, str], inside: Mapping[str, str]) -> Document:
    renamed = {words.get(key, key): value for key, value in definition.items()}
    if isinstance(requests := renamed.get("requests"), list):
        renamed["requests"] = [
            {inside.get(key, key): value for key, value in request.items()} if isinstance(request, dict) else request
            for request in requests
        ]
    return renamed


def _whole(store: DashboardStore, board: Document) -> Reply:
    dash = _dash(board, store.numbers()[board["id"]])
    resource = f"{PATH}/{dash['id']}"
    url = f"/dash/{dash['id']}/{identity.slug(board['title'])}"
    return Reply({"dash": dash, "url": url, "resource": resource})


def _dash(board: Document, number: int) -> Document:
    user = account.USER
    return {
        "id": number,
        "new_id": board["id"],
        "title": board["title"],
        "description": board["description"],
        "read_only": board["is_read_only"],
        "graphs": [_graph(widget["definition"]) for widget in board["widgets"]],
        "template_variables": board["template_variables"],
        "created": board["created_at"],
        "modified": board["modified_at"],
        "created_by": {
            **{"handle": user.handle, "name": user.name, "email": user.email, "icon": "", "title": None, "role": None},
            **{"access_role": "adm", "is_admin": True, "verified": True, "disabled": False},
        },
    }
