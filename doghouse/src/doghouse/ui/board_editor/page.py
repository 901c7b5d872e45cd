"""The page on which a dashboard is written: its JSON, whole or a widget's, what is wrong with it, and the board as it would be."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import msgspec

from doghouse import dashboards
from doghouse.dashboards import model, template_variables
from doghouse.dashboards.identity import slug
from doghouse.dashboards.model import Document
from doghouse.review.fields import changed_fields
from doghouse.ui import frame, guard, rendering
from doghouse.ui.board_editor import draft as drafts
from doghouse.ui.board_editor.draft import Draft
from doghouse.ui.data.boards import BoardData
from doghouse.ui.data.conflicts import conflict
from doghouse.ui.errors import no_such_page
from doghouse.ui.pages.boards import Boards, Look
from doghouse.web.errors import ApiError, present
from doghouse.web.http import Call, Reply

MOST = 20  # boards that are looked at before they are saved
SIZES = {"ordered": (4, 2), "free": (48, 24)}  # GUESS: columns and rows of what the explorer saves to a dashboard
NEW = {"title": "New dashboard", "layout_type": "ordered", "widgets": []}
SAVED_MEANWHILE = "somebody else saved this dashboard since you opened it"


class EditorRequest(msgspec.Struct):
    """What the page sends: a text, and where in the dashboard `board` it stands (`path`; empty: it is the whole). `base` is the dashboard as it was opened."""

    text: str
    path: str = ""
    board: dict[str, Any] = {}
    id: str = ""
    base: dict[str, Any] = {}


class Added(msgspec.Struct):
    """A widget's definition, and the dashboard that it goes to; without an id a new one."""

    definition: dict[str, Any]
    id: str = ""


class Shown:
    """Boards that are looked at and not saved, the last few of them, by a digest of what they are."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Document] = OrderedDict()

    def add(self, body: Mapping[str, Any], dashboard_id: str, now: float) -> tuple[str, Document]:
        """Its name, and the document that it would be."""
        name = hashlib.sha256(dashboard_id.encode() + msgspec.json.encode(body)).hexdigest()[:24]
        with self._lock:
            if name not in self._kept:
                self._kept[name] = drafts.numbered(body, dashboard_id, now)
            self._kept.move_to_end(name)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
            return name, self._kept[name]

    def get(self, name: str) -> Document:
        """The document. Raises ApiError 410 for one that is not kept any more."""
        with self._lock:
            if name not in self._kept:
                raise ApiError(410, "This board is not kept any more: change its JSON, and it is drawn again")
            return self._kept[name]


class BoardEditor(msgspec.Struct, frozen=True):
    """The page over the boards and their numbers."""

    boards: Boards
    data: BoardData
    shown: Shown = msgspec.field(default_factory=Shown)

    def new(self, call: Call) -> Reply:
        """`GET /dashboard/create`; `clone=ID` begins with that dashboard."""
        body: dict[str, Any] = dict(NEW)
        if original := call.query.get("clone"):
            body = drafts.written(self.boards.document(original))
            body["title"] = f"{body['title']} (copy)"
        return self.show(call, "", body)

    def edit(self, call: Call) -> Reply:
        """`GET /dashboard/edit/{id}`; `widget=ID` begins with that widget alone."""
        document = self.boards.document(call.params["id"])
        return self.show(call, str(document["id"]), drafts.written(document))

    def show(self, call: Call, dashboard_id: str, body: Mapping[str, Any]) -> Reply:
        """The page with a dashboard in it; without an id it is a new one."""
        title = f"Edit {body['title']}" if dashboard_id else "New dashboard"
        url = self.boards.board(dashboard_id).url if dashboard_id else "/dashboard/lists"
        opened = json.dumps(body)  # a text, for templates sort the keys of objects
        data = {"id": dashboard_id, "opened": opened, "widget": call.query.get("widget", "")}
        shown = frame.from_url(call.query, call.now)
        return rendering.framed("board_editor.html", call, shown, title=title, url=url, data=data)

    def check(self, call: Call) -> Reply:
        """`POST /ui/data/board-editor/check`: problems, widgets, the same as HCL, the name under which it is drawn, and whether another was saved meanwhile."""
        asked = call.json(EditorRequest)
        draft = drafts.read(asked.text, asked.path, asked.board)
        answer: dict[str, Any] = {
            "problems": draft.problems,
            "conflict": self.conflict(asked),
            "shown": None,
            "widgets": [],
            "hcl": "",
        }
        if draft.body is not None:
            name, document = self.shown.add(draft.body, asked.id, call.now)
            answer |= {"shown": name, "widgets": list(drafts.parts(document)), "hcl": hcl(draft.body)}
        return Reply(answer)

    def draw(self, call: Call) -> Reply:
        """`GET /ui/board-editor/{name}`: the board as it would be, for a frame of the page."""
        document = self.shown.get(call.params["name"])
        board = dashboards.parse(document)
        selected = template_variables.selections(board.variables, call.query.multi_items())
        defaults = template_variables.selections(board.variables, ())
        numbers = f"/ui/data/board-editor/{call.params['name']}"
        look = Look(selected, defaults, selected, frame.from_url(call.query, call.now), numbers, shared=True)
        warnings = dashboards.warnings(document)
        return guard.framed_by(self.boards.page("board.html", call, board, look, warnings=warnings), "'self'")

    def numbers(self, call: Call) -> Reply:
        """`GET /ui/data/board-editor/{name}?…`: its numbers, as those of a board that is saved."""
        board = dashboards.parse(self.shown.get(call.params["name"]))
        selected = template_variables.selections(board.variables, call.query.multi_items())
        return self.data.answer(board, selected, frame.from_url(call.query, call.now), call)

    def save(self, call: Call) -> Reply:
        """`POST /ui/data/board-editor/save`: keep the dashboard; its address. Raises ApiError 409 where another was saved since, 400 where it is refused."""
        asked = call.json(EditorRequest)
        body = self.body(drafts.read(asked.text, asked.path, asked.board))
        return self.keep(asked.id, body, asked.base, call.now)

    def add(self, call: Call) -> Reply:
        """`POST /ui/data/board-editor/add`: a widget at the end of a dashboard, or in a new one; its address. Raises ApiError 400, 404, 409."""
        addition = call.json(Added)
        before = drafts.written(self.boards.document(addition.id)) if addition.id else dict(NEW)
        body = with_widget(before, addition.definition)
        dashboards.check(body)
        return self.keep(addition.id, body, before, call.now)

    def keep(self, dashboard_id: str, body: dict[str, Any], base: Mapping[str, Any], now: float) -> Reply:
        """Keep a dashboard, a new one where it has no id. Raises ApiError 404, and 409 where it is not `base` any more."""
        store = self.boards.store
        if not dashboard_id:
            document = drafts.numbered(body, "", now)
            store.add(document, now)
            return Reply({"url": document["url"]})
        origin = present(store.origin(dashboard_id), no_such_page(f"for dashboard {dashboard_id}"))
        document = model.document(body, origin, now)
        if not store.replace(document, lambda stored: not changed_fields(base, drafts.written(stored))):
            raise ApiError(409, SAVED_MEANWHILE)
        return Reply({"url": document["url"]})

    def export(self, call: Call) -> Reply:
        """`GET /ui/data/dashboard/{id}/export?as=json|hcl`: the dashboard as a file. Raises ApiError 400 for another form."""
        body = drafts.written(self.boards.document(call.params["id"]))
        form = call.query.get("as", "json")
        if form not in ("json", "hcl"):
            raise ApiError(400, f"'as' is json or hcl, not '{form}'")
        text = hcl(body) if form == "hcl" else json.dumps(body, indent=2, ensure_ascii=False) + "\n"
        name = f"{slug(body['title']) or 'dashboard'}.{'tf' if form == 'hcl' else 'json'}"
        kind = "text/plain; charset=utf-8" if form == "hcl" else "application/json"
        return Reply(text.encode(), 200, kind, {"Content-Disposition": f'attachment; filename="{name}"'})

    def conflict(self, asked: EditorRequest) -> dict[str, Any] | None:
        """What somebody else saved since this dashboard was opened: the whole, and the fields that they changed; None where nobody did."""
        if not asked.id:
            return None
        stored = self.boards.store.get(asked.id)
        return conflict(asked.base, None if stored is None else drafts.written(msgspec.json.decode(stored)))

    def body(self, draft: Draft) -> dict[str, Any]:
        """The body. Raises ApiError 400 where the text is none that can be kept."""
        if draft.body is None:
            raise ApiError(400, draft.why_not)
        return draft.body


def with_widget(body: Mapping[str, Any], definition: Mapping[str, Any]) -> dict[str, Any]:
    """The dashboard with the widget at its end; where others have places it stands below all of them."""
    places = [widget.place for widget in dashboards.parse(body).widgets if widget.place]
    widget: dict[str, Any] = {"definition": definition}
    if places or body["layout_type"] == "free":
        width, height = SIZES[body["layout_type"]]
        below = max((place.y + place.height for place in places), default=0)
        widget["layout"] = {"x": 0, "y": below, "width": width, "height": height}
    return {**body, "widgets": [*body["widgets"], widget]}


def hcl(body: Mapping[str, Any]) -> str:
    """The dashboard as Terraform has it."""
    from doghouse.importing.terraform.writing import dashboard_json  # here, as in `draft`

    return dashboard_json(body)
