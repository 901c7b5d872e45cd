"""What a page's script asks for: the numbers of a board's widgets, whole or only the newest buckets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from doghouse.dashboards import template_variables
from doghouse.dashboards.board import Board, Widget
from doghouse.dashboards.registry import Numbers
from doghouse.dashboards.template_variables import Selection
from doghouse.queries.units import Units
from doghouse.ui import frame
from doghouse.ui.frame import Frame
from doghouse.ui.pages.boards import Boards
from doghouse.ui.widgets import lines
from doghouse.ui.widgets.graphs import WidgetView
from doghouse.web.http import Call, Reply

Source = Callable[[Widget, WidgetView], dict[str, Any]]


class BoardData(Struct, frozen=True):
    """The numbers of boards; `sources` gives those of a widget, by what its drawing takes."""

    boards: Boards
    sources: Mapping[Numbers, Source]
    units: Units

    def widgets(self, call: Call) -> Reply:
        """`GET /ui/data/dashboard/{id}?from_ts&to_ts&live&tpl_var_x&widgets=1,2&since=<s>`.

        `widgets` are the ids wanted (all where it is missing), `since` (s UTC) asks for the buckets from then on alone.
        """
        board = self.boards.board(call.params["id"])
        selected = template_variables.selections(board.variables, call.query.multi_items())
        return self.answer(board, selected, frame.from_url(call.query, call.now), call)

    def answer(self, board: Board, selected: tuple[Selection, ...], shown: Frame, call: Call) -> Reply:
        """The numbers of the widgets that a page asks for, over the range and with the variables' values that it may have."""
        listed = call.query.get("widgets")
        ids = set(listed.split(",")) if listed else None
        numbers = [
            self._widget(widget, selected, shown, call)
            for widget in board.every_widget
            if widget.plotted and (ids is None or widget.id in ids)
        ]
        return Reply({"now": call.now, **shown.document, "widgets": numbers})

    def _widget(self, widget: Widget, selected: tuple[Selection, ...], shown: Frame, call: Call) -> dict[str, Any]:
        own = frame.of_widget(widget.time, shown, call.now)
        since = frame.since(call.query)
        asked = WidgetView(own or shown, lines.chosen(selected), since, self.units, selected, call.now)
        heading = {
            "own": own.words if own else None,
            "title": template_variables.titled(widget.title, selected),
            "queries": lines.texts(widget.requests, asked.variables),
        }
        return self.sources[widget.drawing.numbers](widget, asked) | heading
