"""The metrics explorer: queries and formulas over them, typed with completion, drawn as they stand, their mistakes shown where they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import ascii_lowercase
from typing import Any

from msgspec import Struct

from doghouse.dashboards import board
from doghouse.dashboards.store import DashboardStore
from doghouse.dashboards.widget_requests import Line, Request
from doghouse.metrics.door import MetricStore
from doghouse.queries.language.completion import LONGEST, complete, complete_formula
from doghouse.queries.units import Units
from doghouse.tags.pairs import by_key
from doghouse.ui import frame, rendering
from doghouse.ui.data import tag_values
from doghouse.ui.simulated import SimulatedStore
from doghouse.ui.widgets import graphs, lines
from doghouse.ui.widgets.graphs import WidgetView
from doghouse.web.http import Call, Reply

DISPLAYS = ("line", "bars", "area")
MOST_BOARDS = 1000  # that a graph can be saved to
MOST_LISTED = 2000  # metrics shown to somebody who has typed nothing yet


class Explorer(Struct, frozen=True):
    """The explorer over the points."""

    points: MetricStore
    simulated: SimulatedStore
    units: Units
    boards: DashboardStore

    def show(self, call: Call) -> Reply:
        """`GET /metric/explorer?query=…&query=…&formula=a/b&display=…`."""
        shown = frame.from_url(call.query, call.now)
        known = self.points.metrics()
        return rendering.framed(
            "explorer.html",
            call,
            shown,
            displays=DISPLAYS,
            data={
                "queries": call.query.getlist("query") or [""],
                "formulas": call.query.getlist("formula"),
                "display": display(call),
            },
            boards=self.boards.page(0, MOST_BOARDS),
            metrics=known[:MOST_LISTED],
            total=len(known),
        )

    def graph(self, call: Call) -> Reply:
        """`GET /ui/data/query?query=…&formula=…&display=…&from_ts…&since=…`: the formulas as a graph, else the queries, which formulas call a, b and so on."""
        shown = frame.from_url(call.query, call.now)
        request = Request(tuple(asked_lines(call)), display(call))
        asked = WidgetView(shown, {}, frame.since(call.query), self.units, now=call.now)
        answer = graphs.graph(board.graph("query", request), self.points, self.simulated, asked)
        return Reply(answer | {"queries": lines.texts((request,), {})})

    def complete(self, call: Call) -> Reply:
        """`GET /ui/data/complete?text=…&cursor=…`: what could be typed next in a query; `&name=a&name=b`: in a formula over queries of these names."""
        text = call.query.get("text", "")
        typed = call.query.get("cursor", "")
        cursor = min(int(typed), len(text)) if re.fullmatch("[0-9]{1,9}", typed) else len(text)
        if "name" in call.query:
            completions = complete_formula(text[:LONGEST], cursor, filter(None, call.query.getlist("name")))
        else:
            completions = complete(text, cursor, self.points.metrics(), self.tags)
        suggestions = [
            {"text": suggestion.text, "kind": suggestion.kind, "detail": suggestion.detail}
            for suggestion in completions.suggestions
        ]
        return Reply({"start": completions.start, "end": completions.end, "suggestions": suggestions})

    def tags(self, metric: str) -> dict[str, list[str]]:
        """The keys of a metric's tags, and their values."""
        return by_key(tag_values.of_metrics(self.points, [metric]))


def asked_lines(call: Call) -> Iterator[Line]:
    """What a request of the explorer is to draw."""
    queries = call.query.getlist("query")
    named = {name: text for name, text in zip(ascii_lowercase, queries, strict=False) if text.strip()}
    if formulas := [text for text in call.query.getlist("formula") if text.strip()]:
        yield from (Line(text, named, alias=text) for text in formulas)
    else:
        yield from map(Line, named.values())


def display(call: Call) -> Any:
    """How the graph is drawn."""
    asked = call.query.get("display", "line")
    return asked if asked in DISPLAYS else "line"
