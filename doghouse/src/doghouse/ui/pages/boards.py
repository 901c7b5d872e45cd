"""The pages of dashboards: their list, and one of them."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from doghouse import dashboards
from doghouse.dashboards import template_variables
from doghouse.dashboards.board import Board
from doghouse.dashboards.store import DashboardStore
from doghouse.dashboards.template_variables import Selection
from doghouse.dashboards.warnings import warnings
from doghouse.dashboards.widget_requests import Line
from doghouse.metrics.model import Source
from doghouse.queries import QuerySyntaxError, metric_queries
from doghouse.ui import frame, rendering
from doghouse.ui.data import tag_values
from doghouse.ui.errors import no_such_page
from doghouse.ui.frame import Frame
from doghouse.ui.widgets import board_layout, looks
from doghouse.web.errors import present
from doghouse.web.http import Call, Reply

MOST_BOARDS = 1000


class Look(Struct, frozen=True):
    """How a board is looked at: its variables' values and defaults, those that the viewer chooses, the range, and where the script gets the numbers.

    `fixed`: the range is not the viewer's to choose. `shared`: the viewer sees this board alone.
    """

    selected: tuple[Selection, ...]
    defaults: tuple[Selection, ...]
    choosable: tuple[Selection, ...]
    shown: Frame
    numbers: str
    fixed: bool = False
    shared: bool = False


class Boards(Struct, frozen=True):
    """The pages of dashboards over their store and the points."""

    store: DashboardStore
    source: Source

    def list(self, call: Call) -> Reply:
        """`GET /dashboard/lists`: every dashboard."""
        entries = [self._entry(document) for document in self.store.page(0, MOST_BOARDS)]
        entries.sort(key=lambda entry: str(entry["modified"]), reverse=True)
        return rendering.render("boards.html", call, boards=entries)

    def _entry(self, summary: dict[str, Any]) -> dict[str, Any]:
        board = self.board(str(summary["id"]))
        return {
            "title": board.title,
            "description": board.description,
            "url": board.url,
            "layout": "timeboard" if board.layout == "ordered" else "screenboard",
            "count": sum(widget.drawing.name != "group" for widget in board.every_widget),
            "modified": str(summary.get("modified_at") or ""),
        }

    def show(self, call: Call) -> Reply:
        """`GET /dashboard/{id}/{slug}`: one dashboard, its graphs still empty: js/pages/board.mjs fills them."""
        document = self.document(call.params["id"])
        board = dashboards.parse(document)
        selected, defaults = (
            template_variables.selections(board.variables, query) for query in (call.query.multi_items(), ())
        )
        look = Look(
            selected, defaults, selected, frame.from_url(call.query, call.now), f"/ui/data/dashboard/{board.id}"
        )
        return self.page("board.html", call, board, look, warnings=warnings(document))

    def page(self, template: str, call: Call, board: Board, look: Look, **values: Any) -> Reply:
        """A board's page, its graphs still empty."""
        known = tag_values.of_metrics(self.source, metrics(board))
        defaults = {variable.name: variable.values for variable in look.defaults}
        data = {
            "board": board.id,
            "numbers": look.numbers,
            "fixed": look.fixed,
            "variables": [
                {
                    "name": variable.name,
                    "prefix": variable.prefix,
                    "values": variable.values,
                    "defaults": defaults[variable.name],
                }
                for variable in look.choosable
            ],
            "presets": presets(board),
            "widgets": {
                widget.id: {"type": widget.type, "definition": widget.definition} for widget in board.every_widget
            },
        }
        return rendering.framed(
            template,
            call,
            look.shown,
            css=board_layout.css(board) + looks.css(board),
            board=board,
            look=look,
            layout=board_layout.kind(board),
            titles={widget.id: template_variables.titled(widget.title, look.selected) for widget in board.every_widget},
            variables=[(variable, template_variables.choices(variable, known)) for variable in look.choosable],
            data=data,
            **values,
        )

    def board(self, dashboard_id: str) -> Board:
        """The dashboard. Raises ApiError 404 where there is none."""
        return dashboards.parse(self.document(dashboard_id))

    def document(self, dashboard_id: str) -> dict[str, Any]:
        """The dashboard as it is stored. Raises ApiError 404 where there is none."""
        document = present(self.store.get(dashboard_id), no_such_page(f"for dashboard {dashboard_id}"))
        decoded: dict[str, Any] = msgspec.json.decode(document)
        return decoded


def metrics(board: Board) -> set[str]:
    """The metrics that a board's queries name; those that do not parse name none."""
    names: set[str] = set()
    for widget in board.every_widget:
        for request in widget.requests:
            for line in request.lines:
                names |= _metrics(line)
    return names


def _metrics(line: Line) -> set[str]:
    if line.unevaluated:
        return set()
    try:
        return {query.metric for expression in line.expressions({}) for query in metric_queries(expression)}
    except QuerySyntaxError:
        return set()


def presets(board: Board) -> list[dict[str, Any]]:
    """The saved views: each one's variables and their values."""
    return [
        {
            "name": preset.get("name"),
            "values": {
                str(variable.get("name")): variable.get("values") or [variable.get("value") or template_variables.ANY]
                for variable in preset.get("template_variables") or ()
            },
        }
        for preset in board.presets
    ]
