"""The stream of events: searched, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from msgspec import Struct

from doghouse.dashboards.snapshots.store import PATH, shown_in
from doghouse.events import records
from doghouse.events.model import Event
from doghouse.events.store import EventStore
from doghouse.hosts.store import HostStore
from doghouse.search import matching
from doghouse.search.tree import Node
from doghouse.ui import frame, rendering
from doghouse.ui.data import searches
from doghouse.ui.frame import Frame
from doghouse.web.http import Call, Reply

MOST = 200
DAY_S = 86400
EVENT_STATES = {"error": "alert", "warning": "warn", "success": "ok"}


class EventPage(Struct, frozen=True):
    """The page over its stores."""

    events: EventStore
    hosts: HostStore

    def show(self, call: Call) -> Reply:
        """`GET /event/explorer?query=…&from_ts…`."""
        shown = frame.from_url(call.query, call.now, DAY_S)
        query = call.query.get("query", "")
        search, problem = searches.read(query)
        rows = [] if problem else list(islice(self.events_of(search, shown), MOST))
        return rendering.framed("events.html", call, shown, rows=rows, problem=problem, query=query, most=MOST)

    def events_of(self, search: Node, shown: Frame) -> Iterator[dict[str, Any]]:
        """The events of a frame that a search finds, the newest first. Raises ApiError 400 where a range of it has units."""
        matches = matching.predicate(search)
        for event in self.events.between(shown.start, shown.end):
            if matches(records.record(event, records.tags(event, self.hosts.tags))):
                yield event_row(event)


def event_row(event: Event) -> dict[str, Any]:
    """An event as its page shows it. Text between `%%%` is markdown (the API's documentation says so)."""
    text = event.text.strip()
    marked = text.startswith("%%%") and text.endswith("%%%")
    return {
        "id": str(event.id),
        "ts": event.date_happened,
        "title": event.title,
        "text": text.strip("%").strip(),
        "markdown": marked,
        "picture": f"{PATH}/{name}" if (name := shown_in(text)) else None,
        "state": EVENT_STATES.get(event.alert_type or "", "no-data"),
        "kind": event.alert_type or event.category or "info",
        "source": event.source_type_name or "",
        "host": event.host or "",
        "tags": [tag for tag in event.tags if tag != f"host:{event.host}"],  # its host is named beside
    }
