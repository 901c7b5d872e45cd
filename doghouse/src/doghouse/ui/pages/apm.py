"""Traces: the services that answer, a service's resources and traces, a trace as a flame graph with its logs beside it."""

from __future__ import annotations

import math
from typing import Any

from msgspec import Struct

from doghouse.logs.correlation import canonical_id, span_of
from doghouse.logs.store.log_store import LogStore
from doghouse.metrics.door import MetricStore
from doghouse.search.record import Record
from doghouse.search.records import Records
from doghouse.tags.naming import tag
from doghouse.traces import summary
from doghouse.traces.durations import NS_PER_MS
from doghouse.traces.store import Search, TraceStore
from doghouse.traces.summary import Row
from doghouse.ui import frame, rendering
from doghouse.ui.data import flame_graph, searches
from doghouse.ui.data.logs import rows as log_rows
from doghouse.ui.errors import no_such_page
from doghouse.ui.frame import Frame
from doghouse.web.http import Call, Reply

MOST_FOUND = 200  # spans of a search
MOST_TRACES = 50
LOOKED_THROUGH = 1000  # traces in which the resources' names are looked for
MOST_SPANS = 3000
MILLISECOND = 1000.0


class Apm(Struct, frozen=True):
    """The pages over their stores."""

    points: MetricStore
    traces: TraceStore
    logs: LogStore
    spans: Records

    def services(self, call: Call) -> Reply:
        """`GET /apm/services`: every service with requests in the range."""
        shown = frame.from_url(call.query, call.now)
        rows = [row(service, shown) for service in summary.services(self.points, shown.start, shown.end)]
        return rendering.framed("services.html", call, shown, rows=rows)

    def search(self, call: Call) -> Reply:
        """`GET /apm/traces?query=…&from_ts…`: the newest spans that a search finds, each with its trace."""
        shown = frame.from_url(call.query, call.now)
        query = call.query.get("query", "")
        tree, problem = searches.read(query)
        spans = self.spans.newest(tree, shown.start * 1000, shown.end * 1000, MOST_FOUND) if not problem else []
        rows = [span_row(time, record) for time, record in spans]
        return rendering.framed("traces.html", call, shown, rows=rows, problem=problem, query=query, most=MOST_FOUND)

    def service(self, call: Call) -> Reply:
        """`GET /apm/services/{service}?resource=…&errors=true`: one service, its resources, its traces."""
        name = call.params["service"]
        shown = frame.from_url(call.query, call.now)
        whole = [
            operation
            for operation in summary.services(self.points, shown.start, shown.end)
            if operation.service == name
        ]
        resources = summary.resources(self.points, name, shown.start, shown.end)
        resource_name = call.query.get("resource", "")
        asked = Search(service=name, resource=resource_name, errors=call.query.get("errors") == "true")
        traces = self.traces.find(asked, shown.start, shown.end, limit=MOST_TRACES)
        written = self.written(name, shown)
        return rendering.framed(
            "service.html",
            call,
            shown,
            service=name,
            whole=[row(operation, shown) for operation in whole],
            resources=[
                row(resource, shown) | {"written": written.get(resource.resource, resource.resource)}
                for resource in resources
            ],
            graphs=[graph for operation in whole for graph in graphs(operation.operation, name)],
            traces=traces,
            resource=resource_name,
            only_errors=asked.errors,
            most=MOST_TRACES,
        )

    def written(self, service: str, shown: Frame) -> dict[str, str]:
        """A service's resources as its traces write them, by the value of the tag (`get_/users` → `GET /users`)."""
        seen = self.traces.find(Search(service=service), shown.start, shown.end, limit=LOOKED_THROUGH)
        return {tag(f"resource_name:{entry.resource}").partition(":")[2]: entry.resource for entry in seen}

    def trace(self, call: Call) -> Reply:
        """`GET /apm/trace/{id}`, the id in 32 hex digits or in decimal, as logs have it."""
        trace_id = canonical_id(call.params["id"])
        spans = self.traces.spans(trace_id) if trace_id else []
        if trace_id is None or not spans:
            raise no_such_page(f"for trace {call.params['id']}: it was not kept, or never came")
        first = min(span.start for span in spans)
        logs = [
            log_rows.row(log) | {"span": str(span_of(log) or ""), "after": (log.timestamp * 1e9 - first) / 1e6}
            for log in self.logs.of_trace(trace_id)
        ]
        shown = flame_graph.picture(spans[:MOST_SPANS])
        return rendering.render(
            "trace.html", call, trace=trace_id, spans=spans, logs=logs, picture=shown,
            more=max(0, len(spans) - MOST_SPANS), data={"spans": shown, "logs": logs},
        )  # fmt: skip


def span_row(ended: int, record: Record) -> dict[str, Any]:
    """A span as the search lists it: `ended` in ms UTC, its duration in ms."""
    names = ("service", "operation_name", "resource_name", "status", "env", "trace_id", "span_id", "@http.status_code")
    first = {name.removeprefix("@http."): next(iter(record.values(name)), "") for name in names}
    duration = float(next(iter(record.values("@duration")))) / NS_PER_MS
    return {**first, "start": ended / 1000 - duration / 1000, "duration": duration}


def row(summed: Row, shown: Frame) -> dict[str, Any]:
    """A service's or resource's figures as its page shows them. Latencies in ms, None where none is known."""
    return {
        "service": summed.service,
        "operation": summed.operation,
        "resource": summed.resource,
        "hits": int(summed.hits),
        "rate": summed.hits / shown.span,
        "errors": int(summed.errors),
        "share": 100 * summed.errors / summed.hits if summed.hits else 0.0,
        **{name: latency(getattr(summed, name)) for name in ("p50", "p95", "p99")},
    }


def latency(seconds: float) -> float | None:
    """Milliseconds; None for NaN."""
    return None if math.isnan(seconds) else seconds * MILLISECOND


def graphs(operation: str, service: str) -> list[dict[str, str]]:
    """The three graphs of a service: requests by resource, errors, latency."""
    scope = f"{{service:{service}}}"
    percentiles = ",".join(f"{share}:trace.{operation}{scope}" for share in ("p50", "p95", "p99"))
    return [
        {
            "title": "Requests",
            "query": f"sum:trace.{operation}.hits{scope} by {{resource_name}}.as_count()",
            "display": "bars",
        },
        {"title": "Errors", "query": f"sum:trace.{operation}.errors{scope}.as_count()", "display": "bars"},
        {"title": "Latency (s)", "query": percentiles, "display": "line"},
    ]
