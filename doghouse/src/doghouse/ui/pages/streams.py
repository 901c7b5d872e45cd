"""The streams of events and logs: searched, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from doghouse.dashboards.snapshots.store import PATH, shown_in
from doghouse.events import records
from doghouse.events.model import Event
from doghouse.events.store import EventStore
from doghouse.hosts.store import HostStore
from doghouse.logs.correlation import trace_of
from doghouse.logs.model import Log
from doghouse.logs.store.log_store import LogStore
from doghouse.search import matching
from doghouse.traces.store import TraceStore
from doghouse.ui import frame, rendering
from doghouse.ui.frame import Frame
from doghouse.web.errors import ApiError
from doghouse.web.http import Call, Reply

MOST = 200
DAY_S = 86400
EVENT_STATES = {"error": "alert", "warning": "warn", "success": "ok"}
LOG_STATES = {
    "emergency": "alert",
    "critical": "alert",
    "error": "alert",
    "alert": "alert",
    "warning": "warn",
    "warn": "warn",
    "ok": "ok",
}


@dataclass(frozen=True, slots=True)
class Streams:
    """The pages over their stores."""

    events: EventStore
    hosts: HostStore
    logs: LogStore
    traces: TraceStore

    def event_page(self, call: Call) -> Reply:
        """`GET /event/explorer?query=…&from_ts…`."""
        shown = frame.from_url(call.query, call.now, DAY_S)
        rows, problem = searched(lambda: islice(self.events_of(call.query.get("query", ""), shown), MOST))
        return self._page("events.html", call, shown, rows, problem)

    def log_page(self, call: Call) -> Reply:
        """`GET /logs?query=…&from_ts…`."""
        shown = frame.from_url(call.query, call.now, DAY_S)
        rows, problem = searched(lambda: self._logs(call.query.get("query", ""), shown))
        kept = self.traces.known(row["trace"] for row in rows if row["trace"])
        rows = [row | {"kept": row["trace"] in kept} for row in rows]
        return self._page("logs.html", call, shown, rows, problem)

    def _page(self, template: str, call: Call, shown: Frame, rows: list[Any], problem: str) -> Reply:
        data = {"now": call.now, "frame": {"from": shown.start, "to": shown.end, "live": shown.live}}
        return rendering.render(
            template,
            call,
            frame=shown,
            spans=[(name, frame.span_seconds(name)) for name in frame.SPANS],
            rows=rows,
            problem=problem,
            query=call.query.get("query", ""),
            most=MOST,
            data=data,
        )

    def events_of(self, query: str, shown: Frame) -> Iterator[dict[str, Any]]:
        """The events of a frame that a search finds, the newest first. Raises ApiError."""
        wanted = matching.compile_search(query)
        for event in self.events.between(shown.start, shown.end):
            if wanted(records.record(event, records.tags(event, self.hosts.tags))):
                yield event_row(event)

    def _logs(self, query: str, shown: Frame) -> Iterator[dict[str, Any]]:
        page = self.logs.page(matching.tree(query), round(shown.start * 1000), round(shown.end * 1000), MOST)
        return (log_row(kept.log) for kept in page)


def searched(search: Any) -> tuple[list[Any], str]:
    """What a search finds, or what is wrong with it."""
    try:
        return list(search()), ""
    except ApiError as error:
        return [], "; ".join(map(str, error.errors))


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


def log_row(log: Log) -> dict[str, Any]:
    """A log as its page shows it, with the trace it belongs to."""
    return {
        "ts": log.timestamp,
        "message": log.message,
        "status": log.status,
        "state": LOG_STATES.get(log.status.lower(), "no-data"),
        "service": log.service or "",
        "host": log.host or "",
        "source": log.source or "",
        "tags": list(log.tags),
        "trace": trace_of(log),
        "attributes": log.attributes,
    }
