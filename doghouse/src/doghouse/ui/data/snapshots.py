"""Snapshots of a board's graphs: a picture, and an event that shows it to whom its text mentions."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from doghouse.dashboards import template_variables
from doghouse.dashboards.board import Board, Widget
from doghouse.dashboards.snapshots import pictures
from doghouse.dashboards.snapshots.pictures import Marker, Picture
from doghouse.dashboards.snapshots.store import PATH, SnapshotStore
from doghouse.dashboards.widget_requests import Request
from doghouse.events.model import Event
from doghouse.events.store import EventStore
from doghouse.monitors.message import mentions
from doghouse.ui import frame
from doghouse.ui.errors import no_such_page
from doghouse.ui.frame import Frame
from doghouse.ui.pages.boards import Boards
from doghouse.ui.simulated import SimulatedStore
from doghouse.ui.widgets import graphs, lines
from doghouse.ui.widgets.graphs import WidgetView
from doghouse.ui.widgets.states import Panels
from doghouse.web.errors import ApiError, present
from doghouse.web.http import Call, Reply

DISPLAYS = ("line", "bars", "area")


class Body(msgspec.Struct):
    """What is to be snapped: a widget of the board, and what is said about it."""

    widget: str
    text: str = ""


class Snapshots(Struct, frozen=True):
    """Taking and showing snapshots."""

    boards: Boards
    store: SnapshotStore
    events: EventStore
    simulated: SimulatedStore
    panels: Panels

    def take(self, call: Call) -> Reply:
        """`POST /ui/data/dashboard/{id}/snapshot?from_ts…&tpl_var_…`: draw a widget as it is seen, and post an event with the picture."""
        board = self.boards.board(call.params["id"])
        body = call.json(Body)
        widget = board.widget(body.widget)
        if widget is None:
            raise ApiError(404, f"the dashboard has no widget {body.widget}")
        page = frame.from_url(call.query, call.now)
        shown = frame.of_widget(widget.time, page, call.now) or page
        picture = self.picture(board, widget, shown, call)
        name = self.store.add(lambda: pictures.draw(picture), call.now)
        address = f"{call.base_url}{PATH}/{name}"
        query = {"fullscreen_widget": widget.id, **shown.query(), "live": "false"}
        link = f"{call.base_url}{board.url}?" + "&".join(f"{key}={value}" for key, value in query.items())
        self.events.add(event(picture.title, body.text, address, link, call.now))
        return Reply({"url": f"{PATH}/{name}", "notified": list(mentions.handles(body.text))})

    def picture(self, board: Board, widget: Widget, shown: Frame, call: Call) -> Picture:
        """A widget's graph over the frame, with the variables of the page."""
        selected = template_variables.selections(board.variables, call.query.multi_items())
        asked = WidgetView(shown, lines.chosen(selected))
        requests, markers = self.drawn(widget)
        answers = [answer for request in requests for answer in graphs.answers(request, self.boards.source, asked)]
        display = next((request.display for request in requests if request.display in DISPLAYS), "line")
        problem = next((answer.problem.text for answer in answers if answer.problem), None)
        return Picture(
            template_variables.titled(widget.title, selected) or board.title,
            [series for answer in answers for series in answer.series],
            shown.start,
            shown.end,
            markers,
            display,
            empty=problem or f"no points in {shown.words}",
            simulated=self.simulated.ranges(graphs.names(answers), shown.start, shown.end),
        )

    def drawn(self, widget: Widget) -> tuple[Sequence[Request], list[Marker]]:
        """What a picture of a widget shows: its own queries and markers; of an alert graph the monitor's, and its thresholds."""
        if widget.drawing.numbers == "monitor graph":
            return self.panels.monitor_picture(widget)
        return widget.requests, pictures.markers(widget.definition.get("markers") or ())

    def show(self, call: Call) -> Reply:
        """`GET /snapshot/view/doghouse/{day}/{name}`."""
        data = present(self.store.get(f"{call.params['day']}/{call.params['name']}"), no_such_page(call.path))
        return Reply(data, content_type="image/png", headers={"Cache-Control": "private, max-age=86400"})


def event(title: str, text: str, picture: str, link: str, now: float) -> Event:
    """The event of a snapshot: what was said, where the picture is, where the graph."""
    body = f"{text.strip()}\n\nPicture: {picture}\nGraph: {link}".strip()
    return Event(f"Snapshot of {title}", body, int(now), alert_type="snapshot")
