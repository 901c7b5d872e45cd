"""What `--account` asks beside the recorded cases: bodies of which most are refused, and queries over points that it submits. MARK, METRIC: the run's."""

from __future__ import annotations

from typing import Any

VALIDATE = "/api/v1/monitor/validate"
QUERY = "avg(last_5m):avg:system.load.1{*} > 1"
GROUPED = "avg(last_5m):avg:system.load.1{*} by {host} > 1"


def _monitor(query: str = QUERY, kind: str = "query alert", **options: Any) -> tuple[str, dict[str, Any]]:
    return VALIDATE, {"name": "MARK", "type": kind, "query": query, "message": "", "options": options}


def _board(**body: Any) -> tuple[str, dict[str, Any]]:
    return "/api/v1/dashboard", {"title": "MARK", "layout_type": "ordered", "widgets": [], **body}


def _downtime(**attributes: Any) -> tuple[str, dict[str, Any]]:
    identified = {"scope": "doghouse-fidelity:MARK", "monitor_identifier": {"monitor_tags": ["doghouse-fidelity:MARK"]}}
    return "/api/v2/downtime", {"data": {"type": "downtime", "attributes": {**identified, **attributes}}}


NOTE = {"definition": {"type": "note", "content": "MARK"}}
CHECK = '"doghouse.fidelity".over("*")'
REFUSALS: dict[str, tuple[str, dict[str, Any]]] = {
    "new_group_delay of a simple alert": _monitor(new_group_delay=60),
    "notify_by with every key": _monitor(GROUPED, notify_by=["host"]),
    "a service check without groups": _monitor(f"{CHECK}.last(2).count_by_status()", "service check"),
    "default_zero and on_missing_data": _monitor(
        "avg(last_5m):default_zero(avg:system.load.1{*}) > 1", on_missing_data="resolve"
    ),
    "a custom_schedule without on_missing_data": _monitor(
        scheduling_options={"custom_schedule": {"recurrences": [{"rrule": "FREQ=DAILY;INTERVAL=1", "timezone": "UTC"}]}}
    ),
    "a warning_recovery without a warning": _monitor(thresholds={"critical": 1, "warning_recovery": 0.5}),
    "a threshold that is not the query's": _monitor(thresholds={"critical": 2}),
    "a recovery on the alerting side": _monitor(thresholds={"critical": 1, "critical_recovery": 2}),
    "a warning alone": _monitor(thresholds={"warning": 0.5}),
    "a query without an operator": _monitor("avg(last_5m):avg:system.load.1{*}"),
    "an unknown type": _monitor(kind="metric"),
    "an unknown function": _monitor("avg(last_5m):nonsense(avg:system.load.1{*}) > 1"),
    "a renotify_interval below 0": _monitor(renotify_interval=-1),
    "a widget off the grid": _board(
        reflow_type="fixed", widgets=[{**NOTE, "layout": {"x": -1, "y": 0, "width": 47, "height": 1}}]
    ),
    "a free board beyond its edge": _board(
        layout_type="free", widgets=[{**NOTE, "layout": {"x": -1, "y": 0, "width": 4, "height": 1}}]
    ),
    "a tag that is no team's": _board(tags=["integration:x"]),
    "a widget of no type": _board(widgets=[{"definition": {"type": "nonsense"}}]),
    "a downtime that is over": _downtime(schedule={"start": "2020-01-01T00:00:00Z", "end": "2020-01-02T00:00:00Z"}),
    "an hourly downtime": _downtime(
        schedule={
            "timezone": "UTC",
            "recurrences": [{"rrule": "FREQ=HOURLY;INTERVAL=1", "duration": "10m", "start": "2050-01-01T00:00:00"}],
        }
    ),
    "a downtime of a rule that is none": _downtime(
        schedule={
            "timezone": "UTC",
            "recurrences": [{"rrule": "FREQ=NEVER", "duration": "10m", "start": "2050-01-01T00:00:00"}],
        }
    ),
}
QUERIES = (
    *("avg:METRIC{*}", "sum:METRIC{*}", "max:METRIC{*} by {host}", "count_nonzero(avg:METRIC{*} by {host})"),
    *(
        "avg:METRIC{*}.rollup(sum, 120)",
        "diff(avg:METRIC{host:a})",
        "cumsum(avg:METRIC{host:a})",
        "per_second(avg:METRIC{host:a})",
    ),
    *("ewma_3(avg:METRIC{host:a})", "median_3(avg:METRIC{host:a})", "moving_rollup(avg:METRIC{host:a}, 180, 'sum')"),
    *(
        "avg:METRIC{host:gaps}",
        "avg:METRIC{host:gaps}.fill(zero)",
        "avg:METRIC{host:gaps}.fill(last, 180)",
        "default_zero(avg:METRIC{host:gaps})",
    ),
    *(
        "top(avg:METRIC{*} by {host}, 1, 'mean', 'desc')",
        "timeshift(avg:METRIC{host:a}, -120)",
        "abs(avg:METRIC{host:a} - 5)",
    ),
)


def points(metric: str, now: int) -> dict[str, Any]:
    """Ten minutes of a gauge of three hosts, a point a minute; one of them misses every third. `now` in s, UTC."""
    minutes = range(now - 600, now, 60)
    values = {
        "a": [(at, number) for number, at in enumerate(minutes)],
        "b": [(at, 10 - number) for number, at in enumerate(minutes)],
        "gaps": [(at, number) for number, at in enumerate(minutes) if number % 3],
    }
    return {
        "series": [
            {
                "metric": metric,
                "type": 3,
                "interval": 60,
                "points": [{"timestamp": at, "value": value} for at, value in stretch],
                "resources": [{"name": host, "type": "host"}],
            }
            for host, stretch in values.items()
        ]
    }
