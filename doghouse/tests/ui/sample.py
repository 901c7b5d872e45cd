"""Boards and points for the tests of pages. Points reach into the future, so that time alone brings new ones."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from doghouse.metrics.model import Columns, Series

EVERY_S = 15
PAST_S = 4 * 3600
FUTURE_S = 3600
HOSTS = ("web-1", "web-2", "db-1")

Wave = Callable[[int], float]


def points(now: int) -> tuple[list[Series], Columns]:
    """my_metric on three hosts, one of which fell silent 12 minutes ago; commits of a database; a CPU for each host."""
    series: list[Series] = []
    parts: list[tuple[int, np.ndarray, np.ndarray]] = []

    def add(metric: str, host: str, wave: Wave, *tags: str, until: int = now + FUTURE_S) -> None:
        one = Series(len(series), metric, "gauge", 0, host, tuple(sorted(tags)))
        ts = np.arange(now - PAST_S, until, EVERY_S, dtype=np.int64) // EVERY_S * EVERY_S
        series.append(one)
        parts.append((one.id, ts, np.array([wave(int(t)) for t in ts])))

    add("my_metric", "web-1", lambda t: 500 + 450 * math.sin(t / 90) * math.cos(t / 301), "env:prod")
    add("my_metric", "web-2", lambda t: 400 + 300 * math.cos(t / 130), "env:staging", until=now - 720)
    add("my_metric", "db-1", lambda t: 250 + 200 * math.sin(t / 200 + 1), "env:prod")
    add("postgresql.commits", "db-1", lambda t: 38 + 6 * math.sin(t / 600) + (60 if t % 3600 < 90 else 0), "db:shop")
    for place, host in enumerate(HOSTS):
        add("system.cpu.user", host, lambda t, p=place: 20 + 15 * p + 8 * math.sin(t / 240 + p), "env:prod")
    columns = Columns(
        np.concatenate([np.full(len(ts), number, np.int64) for number, ts, _ in parts]),
        np.concatenate([ts for _, ts, _ in parts]),
        np.concatenate([values for _, _, values in parts]),
    )
    return series, columns


def board(title: str, *definitions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A dashboard's document with these widgets."""
    widgets = [{"id": number, "definition": one} for number, one in enumerate(definitions, 1)]
    return {"title": title, "layout_type": "ordered", "widgets": widgets} | more


def graph(title: str, query: str, display: str = "line", **more: Any) -> dict[str, Any]:
    """A timeseries widget with one query."""
    return {"type": "timeseries", "title": title, "requests": [{"q": query, "display_type": display}]} | more


HOST = {"name": "host", "prefix": "host", "defaults": ["*"], "available_values": []}
NOW = {
    "type": "query_value",
    "title": "my_metric now",
    "precision": 1,
    "requests": [
        {
            "q": "avg:my_metric{$host}",
            "aggregator": "last",
            "conditional_formats": [{"comparator": ">", "value": 0, "palette": "white_on_yellow"}],
        }
    ],
}
TOPLIST = {
    "type": "toplist",
    "title": "CPU by host",
    "requests": [{"q": "top(avg:system.cpu.user{*} by {host}, 10, 'mean', 'desc')"}],
}
BAR_CHART = {
    "type": "bar_chart",
    "title": "CPU as a bar chart",
    "requests": [
        {
            "queries": [{"name": "query1", "data_source": "metrics", "query": "avg:system.cpu.user{*} by {host}"}],
            "formulas": [{"formula": "query1 * 2"}],
        }
    ],
}
HOSTMAP = {
    "type": "hostmap",
    "title": "CPU map",
    "group": ["env"],
    "requests": {"fill": {"q": "avg:system.cpu.user{*} by {host}"}, "size": {"q": "avg:my_metric{*} by {host}"}},
}
NOTE = {"type": "note", "content": "**Look here** first: [the runbook](https://example.com/runbook).\n\n- one\n- two"}
THRESHOLD = {"value": "y = 800", "display_type": "error dashed", "label": "alert"}
INSIDE = {"id": 91, "definition": graph("inside", "avg:system.cpu.user{host:web-1}")}
EVERYTHING = board(
    "My_metric",
    graph("my_metric by host", "avg:my_metric{$host} by {host}", markers=[THRESHOLD]),
    graph("postgresql.commits, anomalies", "anomalies(avg:postgresql.commits{*}, 'basic', 2)"),
    graph("hourly sum of my_metric", "sum:my_metric{$host}.rollup(sum, 3600)", "bars", time={"live_span": "4h"}),
    graph("my_metric as bars", "avg:my_metric{*} by {host}", "bars"),
    graph("CPU", "avg:system.cpu.user{*} by {host}", "area"),
    graph("a host that fell silent", "avg:my_metric{host:web-2}"),
    graph("no such metric", "avg:my_metrik{*}"),
    graph("outliers", "outliers(avg:system.cpu.user{*} by {host}, 'dbscan', 2)"),
    graph("a query with a slip", "avg:my_metric{host:web-1"),
    NOW,
    TOPLIST,
    HOSTMAP,
    NOTE,
    {"type": "free_text", "text": "Read me"},
    BAR_CHART,
    {"type": "slo", "title": "An SLO", "slo_id": "x", "view_type": "detail"},
    {"type": "group", "title": "A group", "layout_type": "ordered", "widgets": [INSIDE]},
    template_variables=[HOST],
    template_variable_presets=[{"name": "web-1 alone", "template_variables": [{"name": "host", "values": ["web-1"]}]}],
    description="Everything that a board can hold",
)
PLACED = board(
    "Placed",
    graph("left", "avg:my_metric{*} by {host}"),
    graph("right", "avg:system.cpu.user{*} by {host}", "area"),
    NOW,
    TOPLIST,
    NOTE,
    reflow_type="fixed",
)
for widget, (x, y, width, height) in zip(
    PLACED["widgets"], [(0, 0, 8, 4), (8, 0, 4, 4), (0, 4, 3, 2), (3, 4, 5, 3), (8, 4, 4, 3)], strict=True
):
    widget["layout"] = {"x": x, "y": y, "width": width, "height": height}
FREE = board("Free", graph("free graph", "avg:my_metric{*} by {host}"), NOW, TOPLIST, layout_type="free")
for widget, (x, y, width, height) in zip(
    FREE["widgets"], [(0, 0, 60, 24), (62, 0, 20, 12), (62, 14, 40, 20)], strict=True
):
    widget["layout"] = {"x": x, "y": y, "width": width, "height": height}
STATES = board(
    "States",
    {"type": "alert_graph", "title": "A monitor's graph", "alert_id": "1", "viz_type": "timeseries"},
    {"type": "alert_value", "title": "A monitor's value", "alert_id": "1", "precision": 1},
    {"type": "alert_graph", "title": "No such monitor", "alert_id": "999", "viz_type": "timeseries"},
    {
        "type": "check_status",
        "title": "Can connect",
        "check": "postgres.can_connect",
        "grouping": "cluster",
        "tags": [],
    },
    {
        "type": "check_status",
        "title": "No such check",
        "check": "nope.can_connect",
        "grouping": "check",
        "tags": ["a:b"],
    },
    {"type": "manage_status", "title": "Monitors of the team", "query": 'tag:"team:example"'},
    {
        "type": "query_table",
        "title": "A table",
        "requests": [
            {
                "response_format": "scalar",
                "queries": [
                    {
                        "name": "a",
                        "data_source": "metrics",
                        "query": "avg:system.cpu.user{*} by {host}",
                        "aggregator": "last",
                    }
                ],
                "formulas": [{"formula": "a"}, {"formula": "a * 2", "alias": "double"}],
            }
        ],
    },
    graph("with events", "avg:my_metric{*}", events=[{"q": "backup"}]),
    {"type": "iframe", "url": "https://example.com/embedded"},
)
BOARDS = [EVERYTHING, PLACED, FREE, STATES]

HIGH = {
    "type": "metric alert",
    "name": "My metric is high",
    "query": "avg(last_5m):avg:my_metric{*} by {host} > 800",
    "message": "{{#is_alert}}my_metric is {{value}} on {{host.name}} (over {{threshold}}). @oncall@example.com{{/is_alert}}\n"
    "{{#is_warning}}my_metric is {{value}} on **{{host.name}}**. @team@example.com{{/is_warning}}\n"
    "{{#is_no_data}}Nothing from {{host.name}} for 10 minutes. @team@example.com{{/is_no_data}}\n"
    "{{#is_recovery}}All is well. @team@example.com{{/is_recovery}}",
    "tags": ["service:my_metric", "team:example"],
    "priority": 2,
    "options": {"thresholds": {"critical": 800, "warning": 500}, "notify_no_data": True, "no_data_timeframe": 10},
}
BUSY = {
    "type": "query alert",
    "name": "CPU is busy",
    "query": "avg(last_5m):avg:system.cpu.user{*} > 90",
    "message": "Busy. @team@example.com",
    "tags": ["team:example"],
}
LOGS = {
    "type": "log alert",
    "name": "Errors in the log",
    "query": 'logs("status:error").index("*").rollup("count").last("5m") > 10',
    "message": "@team@example.com",
}
CHECK = {
    "type": "service check",
    "name": "The database answers",
    "query": '"postgres.can_connect".over("*").by("host").last(2).count_by_status()',
    "message": "@team@example.com",
    "options": {"thresholds": {"critical": 1, "ok": 1, "warning": 1}},
}
MONITORS = [HIGH, BUSY, LOGS, CHECK]


def downtime(monitor_id: int, rrule: str, start: str, duration: str, message: str) -> dict[str, Any]:
    """A recurring downtime of one monitor, in Berlin."""
    schedule = {"timezone": "Europe/Berlin", "recurrences": [{"rrule": rrule, "duration": duration, "start": start}]}
    attributes = {
        "message": message,
        "scope": "*",
        "monitor_identifier": {"monitor_id": monitor_id},
        "schedule": schedule,
        "display_timezone": "Europe/Berlin",
    }
    return {"data": {"type": "downtime", "attributes": attributes}}


NIGHTS = ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-03-02T19:00:00", "14h", "Out of office: nights")
WEEKEND = ("FREQ=WEEKLY;BYDAY=SA,SU", "2026-02-28T00:00:00", "1d", "Out of office: weekend")
HOST_TAGS = {"web-1": ["env:prod", "role:web"], "web-2": ["env:staging", "role:web"], "db-1": ["env:prod", "role:db"]}


def events(now: int) -> list[dict[str, Any]]:
    """Some events of the past half hour."""
    return [
        {
            "title": "Deployed web 1.4.2",
            "text": "By `ops`",
            "tags": ["env:prod", "service:web"],
            "date_happened": now - 1500,
        },
        {
            "title": "Disk is filling up",
            "text": "91 % of /var",
            "host": "db-1",
            "alert_type": "warning",
            "date_happened": now - 900,
        },
        {
            "title": "Backup failed",
            "text": "no space left",
            "alert_type": "error",
            "date_happened": now - 300,
            "tags": ["service:backup"],
        },
    ]


def logs(now: int) -> list[dict[str, Any]]:
    """Lines of a service; some belong to a trace."""
    lines = [
        ("info", "GET /users 200 in 12 ms", "4242"),
        ("info", "GET /users/7 200 in 8 ms", "4243"),
        ("error", "GET /orders 500: connection to the database was lost", "4244"),
        ("warn", "cache is cold", "0"),
    ]
    return [
        {
            "message": message,
            "status": status,
            "service": "web",
            "hostname": "web-1",
            "ddsource": "python",
            "ddtags": "env:prod",
            "timestamp": (now - 60 * place) * 1000,
            "dd.trace_id": trace,
            "dd.span_id": f"{trace}01" if trace != "0" else "0",
        }
        for place, (status, message, trace) in enumerate(lines)
    ]


def span(
    trace: int, number: int, parent: int, name: str, resource: str, start: float, length: float, **more: Any
) -> dict[str, Any]:
    """A span as tracers send it: start in s, length in ms."""
    top = parent == 0 or more.get("service", "shop") != "shop"
    return {
        "trace_id": trace,
        "span_id": trace * 100 + number,
        "parent_id": trace * 100 + parent if parent else 0,
        "service": "shop",
        "name": name,
        "resource": resource,
        "type": "web" if parent == 0 else "",
        "start": int(start * 1e9),
        "duration": int(length * 1e6),
        "error": 0,
        "meta": {"env": "prod"},
        "metrics": {"_dd.top_level": 1.0, "_sampling_priority_v1": 1.0} if top else {},
    } | more


def request(trace: int, at: float, resource: str, length: float, status: str = "200") -> list[dict[str, Any]]:
    """A request that asks the database twice at once and then draws a page."""
    failed = status.startswith("5")
    root = span(trace, 1, 0, "flask.request", resource, at, length, error=int(failed))
    root["meta"] = {"env": "prod", "http.status_code": status, "http.method": "GET", "span.kind": "server"}
    if failed:
        root["meta"] |= {
            "error.message": "lost",
            "error.stack": "Traceback:\\n  File a.py, line 7\\nOperationalError: lost",
        }
    query = "SELECT * FROM users WHERE id = %s"
    return [
        root,
        span(trace, 2, 1, "postgres.query", query, at + 0.001, length * 0.4, service="postgres", type="sql"),
        span(trace, 3, 1, "postgres.query", "SELECT 1", at + 0.002, length * 0.2, service="postgres", type="sql"),
        span(trace, 4, 1, "flask.render_template", "users.html", at + length * 0.0006, length * 0.3),
        span(trace, 5, 4, "jinja2.compile", "users.html", at + length * 0.0007, length * 0.1, error=int(failed)),
    ]


def traces(now: int) -> list[list[dict[str, Any]]]:
    """Requests of the past ten minutes; the three that the logs name among them."""
    named = [(4242, "GET /users", "200"), (4243, "GET /users/<id>", "200"), (4244, "GET /orders", "500")]
    some = [
        request(trace, now - 60.0 - 30 * place, resource, 40.0 + place, status)
        for place, (trace, resource, status) in enumerate(named)
    ]
    more = [
        request(5000 + place, now - 590.0 + 12 * place, named[place % 3][1], 10.0 + place % 7) for place in range(40)
    ]
    return [*some, *more]
