"""Widgets that list what happened: logs and events that a search finds, the newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from msgspec import Struct

from doghouse.dashboards.board import Widget
from doghouse.dashboards.widget_requests import mappings
from doghouse.logs.store.log_store import LogStore
from doghouse.queries.beyond.templated import substituted
from doghouse.ui.data import searches
from doghouse.ui.data.logs import rows as log_rows
from doghouse.ui.pages.events import EventPage
from doghouse.ui.widgets.graphs import WidgetView
from doghouse.ui.widgets.lines import chosen
from doghouse.ui.widgets.states import search_text

MOST = 50  # lines of a widget
LOGS, EVENTS = "logs", "events"
HELD = {"logs_stream": LOGS, "event_stream": EVENTS}  # a list stream's data_source → what doghouse holds
OF_TYPE = {"log_stream": LOGS, "event_stream": EVENTS, "event_timeline": EVENTS}
# columns that every line has
DRAWN_ANYWAY = ("status_line", "timestamp", "content", "message", "date", "title", "text")


class Stream(Struct, frozen=True):
    """What a widget lists: `of` is `logs`, `events`, or the name of a source that doghouse does not hold."""

    of: str
    search: str
    columns: tuple[str, ...] = ()
    oldest_first: bool = False


class Streams(Struct, frozen=True):
    """The widgets over their stores."""

    logs: LogStore
    events: EventPage

    def stream(self, widget: Widget, asked: WidgetView) -> dict[str, Any]:
        """The lines of a widget: JSON for js/widgets/stream.mjs."""
        stream = stream_of(widget)
        answer = {"id": widget.id, **asked.frame.document}
        if stream.of not in (LOGS, EVENTS):
            return answer | {"problems": [f"doghouse holds nothing of `{stream.of}`"]}
        text = substituted(stream.search, chosen(asked.selected))
        search, problem = searches.read(text)
        if problem:
            return answer | {"problems": problem.split("\n")[:1]}
        rows = list(self._logs(search, stream, asked) if stream.of == LOGS else self._events(search, asked))
        remark = f"no {stream.of} match `{text}`" if text.strip() else f"no {stream.of}"
        return answer | {
            "problems": [] if rows else [f"{remark} in this range"],
            "columns": stream.columns,
            "rows": rows[::-1] if stream.oldest_first else rows,
        }

    def _logs(self, search: Any, stream: Stream, asked: WidgetView) -> Iterator[dict[str, Any]]:
        frame = asked.frame
        for line in self.logs.page(search, frame.start * 1000, frame.end * 1000, MOST):
            row = log_rows.row(line.log)
            yield {
                "ts": row["ts"],
                "state": row["state"],
                "word": row["status"],
                "text": row["message"],
                "cells": [text for _, text in log_rows.cells(line.log, stream.columns)],
                "href": f"/logs/around?ts={line.place.time}&id={line.place.id}",
            }

    def _events(self, search: Any, asked: WidgetView) -> Iterator[dict[str, Any]]:
        for row in islice(self.events.events_of(search, asked.frame), MOST):
            shown = {"ts": row["ts"], "state": row["state"], "word": row["kind"], "text": row["title"]}
            yield shown | {"cells": [], "href": None}


def stream_of(widget: Widget) -> Stream:
    """What a widget of any of these types asks for."""
    definition = widget.definition
    if of := OF_TYPE.get(widget.type):
        search = str(definition.get("query") or "")
        return _stream(of, search_text(search) if of == EVENTS else search, definition, definition)
    request = next(iter(mappings(definition, "requests")), {})
    query = request.get("query")
    asked: Mapping[str, Any] = query if isinstance(query, Mapping) else {}
    source = str(asked.get("data_source") or "")
    return _stream(HELD.get(source, source), str(asked.get("query_string") or ""), request, asked)


def _stream(of: str, search: str, holder: Mapping[str, Any], asked: Mapping[str, Any]) -> Stream:
    columns, sort = holder.get("columns"), asked.get("sort")
    entries = columns if isinstance(columns, list) else []
    names = [entry.get("field") if isinstance(entry, Mapping) else entry for entry in entries]
    shown = tuple(name for name in names if isinstance(name, str) and name not in DRAWN_ANYWAY)
    return Stream(of, search, shown, isinstance(sort, Mapping) and sort.get("order") == "asc")
