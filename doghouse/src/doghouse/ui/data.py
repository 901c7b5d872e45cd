"""What a page's script asks for: the numbers of a board's widgets, whole or only the newest buckets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from doghouse.http import Call, Reply
from doghouse.queries.units import Units
from doghouse.ui import frame, graphs, lines, scalars, variables
from doghouse.ui.frame import Frame
from doghouse.ui.graphs import Asked
from doghouse.ui.hostmap import HostMap
from doghouse.ui.pages import Boards
from doghouse.ui.panels import Panels
from doghouse.ui.simulated import SimulatedStore
from doghouse.ui.widgets import STATES, Board, Widget


@dataclass(frozen=True, slots=True)
class BoardData:
    """The numbers of boards."""

    boards: Boards
    simulated: SimulatedStore
    hostmap: HostMap
    panels: Panels
    units: Units

    def widgets(self, call: Call) -> Reply:
        """`GET /ui/data/dashboard/{id}?from_ts&to_ts&live&tpl_var_x&widgets=1,2&since=<s>`.

        `widgets` are the ids wanted (all where it is missing), `since` (s UTC) asks for the buckets from then on alone.
        """
        board = self.boards.board(call.params["id"])
        shown = frame.from_url(call.query, call.now)
        wanted = call.query.get("widgets")
        ids = set(wanted.split(",")) if wanted else None
        since = frame.since(call.query)
        numbers = [
            self._widget(one, board, shown, call, since)
            for one in board.every_widget
            if one.plotted and (ids is None or one.id in ids)
        ]
        return Reply({"now": call.now, "from": shown.start, "to": shown.end, "live": shown.live, "widgets": numbers})

    def _widget(self, widget: Widget, board: Board, shown: Frame, call: Call, since: int | None) -> dict[str, Any]:
        own = frame.of_widget(widget.time, shown, call.now)
        selected = variables.selections(board.variables, call.query)
        chosen = lines.chosen(selected)
        heading = {"own": own.words if own else None, "title": variables.titled(widget.title, selected)}
        asked = Asked(own or shown, chosen, since, self.units)
        if widget.kind == "hostmap":
            return heading | self.hostmap.widget(widget, call.now, chosen)
        if widget.kind in STATES:
            numbers = self.panels.panel(widget, own or shown, call, selected)
        elif widget.kind in ("value", "toplist", "table"):
            numbers = scalars.scalars(widget, self.boards.source, asked)
        else:
            numbers = graphs.graph(widget, self.boards.source, self.simulated, asked)
            numbers["events"] = self.panels.overlay(widget, own or shown)
        return numbers | heading
