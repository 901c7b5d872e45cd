"""Snapshots over the API: `/api/v1/graph/snapshot` (docs.datadoghq.com/api/latest/snapshots; recorded: datadogpy test_graph_snapshot)."""

from __future__ import annotations

import json
from functools import partial
from typing import Annotated, Any

import msgspec
from starlette.routing import BaseRoute

from doghouse.dashboards.errors import invalid_graph
from doghouse.dashboards.snapshots import pictures
from doghouse.dashboards.snapshots.pictures import Picture
from doghouse.dashboards.snapshots.store import PATH, SnapshotStore
from doghouse.dashboards.widget_requests import METRICS, Request, requests
from doghouse.metrics.model import Source
from doghouse.queries import NotEvaluated, QuerySyntaxError, ResultSeries, Window, evaluate
from doghouse.queries.api.errors import from_not_before_to, query_unreadable
from doghouse.web import errors
from doghouse.web.http import Call, Reply, endpoint

WIDTH, HEIGHT = 600, 260  # GUESS: the size where none is asked for
SMALLEST, LARGEST = 50, 4000  # px
LATEST_S = 32_503_680_000  # the year 3000; the axes of pictures end before the last year that has a date
DISPLAYS = ("line", "bars", "area")


class Definition(msgspec.Struct):
    """`graph_def`, as far as a picture shows it."""

    requests: Annotated[list[dict[str, Any]], msgspec.Meta(min_length=1)]
    title: str | None = None
    markers: list[Any] | None = None


def routes(store: SnapshotStore, source: Source) -> list[BaseRoute]:
    """Taking a snapshot, and asking whether it is there."""
    return [
        endpoint("GET", "/api/v1/graph/snapshot", partial(take, store, source)),
        endpoint("GET", "/api/v1/graph/snapshot_status/{path:path}", partial(status, store)),
    ]


def take(store: SnapshotStore, source: Source, call: Call) -> Reply:
    """`?metric_query=…&start=…&end=…` (s UTC) or `graph_def=` a graph's JSON: a PNG at `snapshot_url`. Raises ApiError."""
    query = call.query.get("metric_query")
    definition = call.query.get("graph_def")
    if not query and not definition:
        raise errors.missing_parameter("metric_query")
    start, end = call.seconds("start", LATEST_S), call.seconds("end", LATEST_S)
    if start >= end:
        raise from_not_before_to()
    defined = _definition(definition) if definition else None
    graph = Definition([{"q": query}]) if query or defined is None else defined
    picture = _picture(graph, source, start, end, call)
    name = store.add(lambda: pictures.draw(picture), call.now)
    answer = {"snapshot_url": f"{call.base_url}{PATH}/{name}", "graph_def": definition or _text(graph)}
    queries = {key: value for key in ("metric_query", "event_query") if (value := call.query.get(key))}
    return Reply(answer | queries)


def status(store: SnapshotStore, call: Call) -> Reply:
    """Whether the picture can be had: 200 or 404 in `status_code`."""
    name = "/".join(call.params["path"].split("/")[-2:])
    return Reply({"status_code": 200 if store.get(name.removesuffix(".png") + ".png") else 404})


def _picture(graph: Definition, source: Source, start: int, end: int, call: Call) -> Picture:
    """The lines of every request of a graph. Raises ApiError 400 or 501."""
    documents = graph.requests
    parsed = requests({"requests": documents})
    lines = [line for request in parsed for line in _series(request, source, Window(start, end))]
    displays = [str(request.get("display_type") or request.get("type") or "line") for request in documents]
    title = call.query.get("title") or graph.title or ", ".join(request.q for request in parsed if request.q)
    return Picture(
        title,
        lines,
        start,
        end,
        pictures.markers(graph.markers or ()),
        next((display for display in displays if display in DISPLAYS), "line"),
        _pixels(call, "width", WIDTH),
        _pixels(call, "height", HEIGHT),
    )


def _series(request: Request, source: Source, window: Window) -> list[ResultSeries]:
    """What a request's lines give. Raises ApiError 400 or 501."""
    if request.q is None:
        _check_queries(request)
    try:
        expressions = [expression for line in request.lines for expression in line.expressions({})]
        return [series for expression in expressions for series in evaluate(expression, source, window)]
    except QuerySyntaxError as error:
        raise query_unreadable(str(error)) from None
    except NotEvaluated as error:
        raise errors.not_evaluated(error.what) from None


def _check_queries(request: Request) -> None:
    """Raise ApiError 501 for a query of something else than metrics, 400 where a request asks nothing or a query lacks something."""
    for query in request.queries:
        if query.source != METRICS:
            raise errors.not_evaluated(f"the data source '{query.source}'")
    if not request.queries:
        raise invalid_graph("each of its requests must have q, or queries")
    if not all(query.name and query.text for query in request.queries):
        raise invalid_graph("each query must have a name and a query")
    if not all(line.text for line in request.lines):
        raise invalid_graph("each formula must have a formula")


def _definition(text: str) -> Definition:
    try:
        return msgspec.json.decode(text, type=Definition)
    except msgspec.ValidationError as error:
        raise invalid_graph(str(error)) from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise errors.not_json(str(error)) from None


def _text(graph: Definition) -> str:
    """A graph of one query as JSON."""
    return json.dumps({"requests": graph.requests})


def _pixels(call: Call, name: str, default: int) -> int:
    return call.number(name, default, SMALLEST, LARGEST)
