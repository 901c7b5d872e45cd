"""Texts in every place that somebody can write into, and the pages that show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import msgspec
import sample
from house import Served

LINK = "javascript:window.hit=1"


def fill(served: Served, now: int, text: str, short: str, number: int = 777) -> None:
    """A text, and one that is short enough for names, wherever a client or an Agent may write one. `number` is the trace's. What is refused is not there."""

    def send(path: str, body: Any) -> None:
        assert served("POST", path, body).status_code < 500, path

    point = {"metric": "my_metric", "points": [[now - 90, 900], [now - 30, 950]]}
    send("/api/v1/series", {"series": [point | {"host": short, "tags": [f"x:{short}"]}]})
    send(
        "/api/v1/monitor",
        {
            "type": "metric alert",
            "name": text,
            "query": "avg(last_5m):avg:my_metric{*} by {host} > 1",
            "message": f"{text} {{{{host.name}}}} @team@example.com",
            "tags": [short],
        },
    )
    send("/api/v2/downtime", sample.downtime(1, "FREQ=DAILY", "2026-11-24T12:00:00", "1h", text))
    for said in (f"{text} @team@example.com", f"%%%\n{text}\n%%%"):
        send("/api/v1/events", {"title": text, "text": said, "tags": [short], "alert_type": "error"})
    log = {"message": text, "service": short, "hostname": short, "ddtags": short, "status": short}
    send("/api/v2/logs", [log | {"dd.trace_id": str(number), "x": {short: text}}])
    span = sample.span(number, 1, 0, short, text, now - 5, 3, service=short)
    span["meta"][short] = text
    packed = {"Content-Type": "application/msgpack"}
    assert served.client.put("/v0.4/traces", content=msgspec.msgpack.encode([[span]]), headers=packed).status_code < 500
    run = {"check": short, "host_name": short, "status": 2, "timestamp": now, "message": text, "tags": [short]}
    send("/api/v1/check_run", [run])


def widgets(text: str, short: str) -> list[dict[str, Any]]:
    """Widgets of a board that a text stands in."""
    return [
        sample.graph(text, "avg:my_metric{*} by {host}", markers=[sample.THRESHOLD | {"label": text}]),
        sample.graph("events", "avg:my_metric{*}", events=[{"q": "*"}]),
        sample.graph("wrong", text),
        {"type": "note", "content": text},
        {"type": "free_text", "text": text},
        {"type": "image", "url": LINK},
        {"type": "iframe", "url": LINK},
        {"type": "alert_graph", "title": text, "alert_id": "1", "viz_type": "timeseries"},
        {"type": "check_status", "title": text, "check": short, "grouping": "check"},
        {"type": "toplist", "title": text, "requests": [{"q": "avg:my_metric{*} by {host}"}]},
        sample.NOW | {"title": text, "custom_unit": text},
    ]


def board(served: Served, texts: Sequence[str], short: str) -> str:
    """A board of such widgets; its address."""
    presets = [{"name": short, "template_variables": [{"name": "host", "values": [short]}]}]
    return served.board(
        sample.board(
            texts[0],
            *(widget for text in texts for widget in widgets(text, short)),
            description=texts[0],
            template_variables=[{"name": "host", "prefix": "host", "defaults": ["*"], "available_values": [short]}],
            template_variable_presets=presets,
        )
    )


def pages(address: str, text: str, short: str, number: int = 777) -> list[str]:
    """The pages that show what was written, and those whose address somebody else may have written."""
    asked = quote(text, safe="")
    return [
        address,
        f"{address}?tpl_var_host={asked}",
        f"/dashboard/lists?q={asked}",
        f"/dashboard/{asked}",
        f"/infrastructure/map?host={asked}&fillby=avg:my_metric&groupby={asked}",
        f"/monitors/manage?q={asked}",
        "/monitors/manage",
        "/monitors/1",
        "/monitors/downtimes",
        "/inbox",
        "/inbox/1",
        "/event/explorer",
        f"/event/explorer?query={asked}",
        "/logs",
        f"/logs?query={asked}",
        "/apm/services",
        f"/apm/services/{quote(short, safe='')}?resource={asked}",
        f"/apm/trace/{number}",
        f"/metric/explorer?query={asked}",
        "/metric/explorer?query=avg:my_metric{*} by {host}",
    ]
