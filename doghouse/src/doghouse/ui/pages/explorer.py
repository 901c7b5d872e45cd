"""The metrics explorer: a query typed with completion, drawn as it stands, its mistakes shown where they are."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct

from doghouse.dashboards import board
from doghouse.dashboards.widget_requests import Line, Request
from doghouse.metrics.model import MetricStore
from doghouse.queries.language.completion import complete
from doghouse.queries.units import Units
from doghouse.tags.pairs import by_key
from doghouse.ui import frame, rendering
from doghouse.ui.data import tag_values
from doghouse.ui.simulated import SimulatedStore
from doghouse.ui.widgets import graphs
from doghouse.ui.widgets.graphs import Asked
from doghouse.web.http import Call, Reply

DISPLAYS = ("line", "bars", "area")
MOST_LISTED = 2000  # metrics shown to somebody who has typed nothing yet


class Explorer(Struct, frozen=True):
    """The explorer over the points."""

    points: MetricStore
    simulated: SimulatedStore
    units: Units

    def show(self, call: Call) -> Reply:
        """`GET /metric/explorer?query=…&display=…`."""
        shown = frame.from_url(call.query, call.now)
        known = self.points.metrics()
        return rendering.framed(
            "explorer.html",
            call,
            shown,
            displays=DISPLAYS,
            data={"query": call.query.get("query", ""), "display": display(call)},
            metrics=known[:MOST_LISTED],
            total=len(known),
        )

    def graph(self, call: Call) -> Reply:
        """`GET /ui/data/query?query=…&display=…&from_ts…&since=…`: the query as a graph."""
        shown = frame.from_url(call.query, call.now)
        line = Line(call.query.get("query", ""))
        widget = board.graph("query", Request((line,), display(call)))
        asked = Asked(shown, {}, frame.since(call.query), self.units, now=call.now)
        return Reply(graphs.graph(widget, self.points, self.simulated, asked))

    def complete(self, call: Call) -> Reply:
        """`GET /ui/data/complete?text=…&cursor=…`: what could be typed next."""
        text = call.query.get("text", "")
        typed = call.query.get("cursor", "")
        cursor = min(int(typed), len(text)) if re.fullmatch("[0-9]{1,9}", typed) else len(text)
        completions = complete(text, cursor, self.points.metrics(), self.tags)
        suggestions = [
            {"text": suggestion.text, "kind": suggestion.kind, "detail": suggestion.detail}
            for suggestion in completions.suggestions
        ]
        return Reply({"start": completions.start, "end": completions.end, "suggestions": suggestions})

    def tags(self, metric: str) -> dict[str, list[str]]:
        """The keys of a metric's tags, and their values."""
        return by_key(tag_values.of_metrics(self.points, [metric]))


def display(call: Call) -> Any:
    """How the graph is drawn."""
    asked = call.query.get("display", "line")
    return asked if asked in DISPLAYS else "line"
