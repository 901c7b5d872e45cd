"""Widgets that list: logs and events of a search, monitors of a search, what changed, a monitor's groups by their values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import sample

from doghouse import running
from doghouse.time.clock import Clock

NOW = 1_772_445_600.0  # 2026-03-02T10:00:00Z, a Monday
HOUR_S = 3600


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.House]:
    with running.serve(tmp_path_factory.mktemp("house"), clock=Clock(NOW)) as house:
        for when, values in ((NOW - HOUR_S, (10, 30)), (NOW, (40, 20))):
            house.clock.set(when)
            for host, value in zip("ab", values, strict=True):
                points = [[when - 600, value]]
                post(
                    house,
                    "/api/v1/series",
                    {"series": [{"metric": "queue", "points": points, "tags": [f"host:{host}"]}]},
                )
        logs = [
            {"message": f"{name} {number}", "service": name, "status": status, "timestamp": 1000 * (NOW - 300 + number)}
            for number, (name, status) in enumerate((("web", "error"), ("web", "info"), ("pay", "error")))
        ]
        post(house, "/api/v2/logs", logs)
        post(
            house,
            "/api/v1/events",
            {"title": "Deployed", "text": "1.4", "tags": ["env:prod"], "date_happened": int(NOW - 60)},
        )
        for name, query in (("Beta", "avg(last_5m):avg:queue{*} > 100"), ("alpha", "avg(last_5m):avg:queue{*} > 90")):
            post(
                house,
                "/api/v1/monitor",
                {"name": name, "type": "metric alert", "query": query, "message": "m", "tags": [f"team:{name}"]},
            )
        yield house


def post(house: running.House, path: str, body: Any) -> Any:
    answer = httpx.post(house.url + path, json=body, headers=house.headers)
    assert answer.status_code < 300, answer.text
    return answer.json()


def shown(house: running.House, widget: dict[str, Any], address: str = "", **board: Any) -> Any:
    """What the page's script is given for a widget."""
    made = post(house, "/api/v1/dashboard", sample.board("One", widget) | board)
    answer = httpx.get(f"{house.url}/ui/data/dashboard/{made['id']}?{address}")
    assert answer.status_code == 200, answer.text
    return answer.json()["widgets"][0]


def list_stream(search: str, source: str = "logs_stream", *columns: str) -> dict[str, Any]:
    fields = [{"field": name, "width": "auto"} for name in ("status_line", "timestamp", *columns, "content")]
    query = {"data_source": source, "query_string": search}
    return {"type": "list_stream", "requests": [{"response_format": "event_list", "columns": fields, "query": query}]}


def test_a_list_stream_shows_the_newest_logs_of_its_search_with_its_columns(house: running.House) -> None:
    made = shown(house, list_stream("status:error", "logs_stream", "service"))
    assert [(row["text"], row["word"], row["cells"]) for row in made["rows"]] == [
        ("pay 2", "error", ["pay"]),
        ("web 0", "error", ["web"]),
    ]
    assert made["columns"] == ["service"]


def test_a_template_variable_narrows_a_list(house: running.House) -> None:
    variable = {"template_variables": [{"name": "service", "prefix": "service", "defaults": ["*"]}]}
    made = shown(house, list_stream("$service"), "tpl_var_service[]=pay", **variable)
    assert [row["text"] for row in made["rows"]] == ["pay 2"]


def test_an_event_stream_of_an_old_board_finds_events_by_their_tags(house: running.House) -> None:
    made = shown(house, {"type": "event_stream", "query": "tags:env:prod", "event_size": "s"})
    assert [row["text"] for row in made["rows"]] == ["Deployed"]


@pytest.mark.parametrize(
    ("widget", "problem"),
    [
        (list_stream("status:error", "rum_stream"), "doghouse holds nothing of `rum_stream`"),
        (list_stream("service:shop"), "no logs match `service:shop` in this range"),
        (list_stream("status:(error"), "missing ')' for this '(' (column 8)"),
    ],
)
def test_an_empty_list_says_why(house: running.House, widget: dict[str, Any], problem: str) -> None:
    assert problem in shown(house, widget)["problems"][0]


def test_a_summary_sorts_its_monitors_as_it_says_and_counts_their_states(house: running.House) -> None:
    made = shown(house, {"type": "manage_status", "query": "", "sort": "name,desc"})
    assert [monitor["name"] for monitor in made["monitors"]] == ["Beta", "alpha"]
    assert sum(count["count"] for count in made["counts"]) == 2
    every = shown(house, {"type": "manage_status", "query": "", "hide_zero_counts": False})
    assert [count["status"] for count in every["counts"]] == ["Alert", "Warn", "No Data", "OK"]


def change(**wish: Any) -> dict[str, Any]:
    query = {"name": "a", "data_source": "metrics", "query": "avg:queue{*} by {host}", "aggregator": "avg"}
    return {"type": "change", "requests": [{"queries": [query], "formulas": [{"formula": "a"}], **wish}]}


def test_a_change_compares_with_an_hour_before(house: running.House) -> None:
    made = shown(house, change(compare_to="hour_before", order_by="change", order_dir="asc", increase_good=False))
    assert [(row["label"], row["values"], row["paints"]) for row in made["rows"]] == [
        ("host:b", [20.0, 30.0, -10.0], [{"tone": "good"}]),
        ("host:a", [40.0, 10.0, 30.0], [{"tone": "bad"}]),
    ]


def test_a_relative_change_is_a_share_of_what_was(house: running.House) -> None:
    made = shown(house, change(change_type="relative", order_by="name", order_dir="asc"))
    assert [(row["label"], row["values"][2]) for row in made["rows"]] == [
        ("host:a", 300.0),
        ("host:b", pytest.approx(-100 / 3)),
    ]


def test_what_was_not_there_before_has_no_change(house: running.House) -> None:
    made = shown(house, change(compare_to="week_before"))
    assert {row["label"]: row["values"] for row in made["rows"]} == {
        "host:a": [40.0, None, None],
        "host:b": [20.0, None, None],
    }


def graph_of(house: running.House, query: str, critical: float) -> Any:
    """The graph of a new monitor's page, over the past half hour."""
    options = {"thresholds": {"critical": critical}}
    body = {"name": query, "type": "query alert", "query": query, "message": "m", "options": options}
    monitor = post(house, "/api/v1/monitor", body)
    span = f"from_ts={(NOW - 1800) * 1000:.0f}&to_ts={NOW * 1000:.0f}&live=false"
    answer = httpx.get(f"{house.url}/ui/data/monitor/{monitor['id']}?{span}")
    httpx.delete(f"{house.url}/api/v1/monitor/{monitor['id']}", headers=house.headers)
    return answer.json()["graph"]


def test_a_monitors_graph_has_what_its_windows_are_worth_beside_the_points(house: running.House) -> None:
    drawn = graph_of(house, "avg(last_30m):avg:queue{host:a} > 90", 90)["series"]
    assert [(series["label"], series["right"], max(series["values"])) for series in drawn] == [
        ("evaluated", False, 40.0),
        ("queue", False, 40.0),
    ]


def test_the_points_of_a_change_have_an_axis_of_their_own(house: running.House) -> None:
    drawn = graph_of(house, "change(avg(last_1h),last_1h):avg:queue{host:a} > 20", 20)["series"]
    assert [(series["label"], series["right"], max(series["values"])) for series in drawn] == [
        ("evaluated", False, 30.0),
        ("queue", True, 40.0),
    ]
