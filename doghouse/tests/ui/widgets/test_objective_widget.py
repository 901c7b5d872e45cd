"""The widget of an SLO and widgets of logs: what a board's page is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import sample

from doghouse import running
from doghouse.time.clock import Clock

NOW = 1_772_445_600.0  # 2026-03-02T10:00:00Z, a Monday


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.House]:
    with running.serve(tmp_path_factory.mktemp("house"), clock=Clock(NOW)) as house:
        for metric, value in (("all", 100), ("bad", 1)):
            points = [[NOW - 600 + 60 * minute, value] for minute in range(10)]
            post(
                house,
                "/api/v1/series",
                {"series": [{"metric": metric, "points": points, "type": "count", "interval": 60}]},
            )
        logs = [{"message": "m", "service": name, "timestamp": 1000 * (NOW - 300)} for name in ("web", "web", "pay")]
        post(house, "/api/v2/logs", logs)
        yield house


def post(house: running.House, path: str, body: Any) -> Any:
    answer = httpx.post(house.url + path, json=body, headers=house.headers)
    assert answer.status_code < 300, answer.text
    return answer.json()


def shown(house: running.House, widget: dict[str, Any]) -> Any:
    """What the page's script is given for a widget."""
    board = post(house, "/api/v1/dashboard", sample.board("One", widget))
    answer = httpx.get(f"{house.url}/ui/data/dashboard/{board['id']}")
    assert answer.status_code == 200, answer.text
    return answer.json()["widgets"][0]


def test_an_slo_stands_against_its_targets_in_each_time_window(house: running.House) -> None:
    slo = {
        "name": "answers",
        "type": "metric",
        "query": {"numerator": "sum:all{*}.as_count() - sum:bad{*}.as_count()", "denominator": "sum:all{*}.as_count()"},
        "thresholds": [{"timeframe": "7d", "target": 98}, {"timeframe": "30d", "target": 99.5}],
    }
    slo_id = post(house, "/api/v1/slo", slo)["data"][0]["id"]
    windows = ["7d", "30d", "week_to_date", "previous_month", "fortnight"]
    made = shown(house, {"type": "slo", "view_type": "detail", "slo_id": slo_id, "time_windows": windows})
    rows = [(row["window"], row["state"], row["sli"], row["remaining"], row["target"]) for row in made["rows"]]
    assert rows == [
        ("7d", "ok", "99.0", "50.00", "98"),
        ("30d", "alert", "99.00", "-100.00", "99.5"),
        ("week to date", "ok", "99.0", "50.00", "98"),
        ("previous month", "no-data", None, None, "98"),
        ("fortnight", "no-data", None, None, "98"),
    ]
    assert made["rows"][-1]["why"] == "doghouse does not know this time window"
    assert (made["name"], made["href"]) == ("answers", f"/slo/manage#{slo_id}")


@pytest.mark.parametrize(
    ("mode", "parts"),
    [
        ("overall", [("", "91.6")]),
        ("both", [("", "91.6"), ("az:a", "95.0"), ("az:b", "90.0")]),
        ("component", [("az:a", "95.0"), ("az:b", "90.0")]),
    ],
)
def test_an_slo_is_shown_by_its_groups_where_the_widget_says_so(
    house: running.House, mode: str, parts: list[tuple[str, str]]
) -> None:
    for metric, zone, value in (("good", "a", 95), ("good", "b", 180), ("hits", "a", 100), ("hits", "b", 200)):
        series = {
            "metric": metric,
            "points": [[NOW - 60, value]],
            "type": "count",
            "interval": 60,
            "tags": [f"az:{zone}"],
        }
        post(house, "/api/v1/series", {"series": [series]})
    query = {"numerator": "sum:good{*} by {az}.as_count()", "denominator": "sum:hits{*} by {az}.as_count()"}
    slo = {"name": "zones", "type": "metric", "query": query, "thresholds": [{"timeframe": "7d", "target": 90}]}
    slo_id = post(house, "/api/v1/slo", slo)["data"][0]["id"]
    made = shown(
        house, {"type": "slo", "view_type": "detail", "slo_id": slo_id, "time_windows": ["7d"], "view_mode": mode}
    )
    assert [(row["part"], row["sli"]) for row in made["rows"]] == parts
    assert made["problems"] == []


def test_an_slo_that_is_not_there_is_said(house: running.House) -> None:
    made = shown(house, {"type": "slo", "view_type": "detail", "slo_id": "nobody"})
    assert [one["text"] for one in made["problems"]] == ["there is no SLO 'nobody'"]


def test_a_toplist_and_a_value_count_logs(house: running.House) -> None:
    query = {"name": "a", "data_source": "logs", "search": {"query": "*"}, "compute": {"aggregation": "count"}}
    grouped = {**query, "group_by": [{"facet": "service", "limit": 5}]}
    ranked = shown(house, {"type": "toplist", "requests": [{"queries": [grouped], "formulas": [{"formula": "a"}]}]})
    assert [(row["label"], row["value"]) for row in ranked["rows"]] == [("service:web", 2), ("service:pay", 1)]
    value = shown(
        house, {"type": "query_value", "requests": [{"queries": [query], "formulas": [{"formula": "a * 10"}]}]}
    )
    assert [row["value"] for row in value["rows"]] == [30]
    graph = shown(house, {"type": "timeseries", "requests": [{"queries": [grouped], "formulas": [{"formula": "a"}]}]})
    assert {one["label"]: [value for value in one["values"] if value] for one in graph["series"]} == {
        "service:web": [2],
        "service:pay": [1],
    }


def slo(name: str, target: float, *tags: str) -> dict[str, Any]:
    query = {"numerator": "sum:all{*}.as_count() - sum:bad{*}.as_count()", "denominator": "sum:all{*}.as_count()"}
    thresholds = [{"timeframe": "7d", "target": target}]
    return {"name": name, "type": "metric", "query": query, "thresholds": thresholds, "tags": list(tags)}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"query_string": "team:list"}, ["loose", "strict", "empty"]),
        ({"query_string": "team:list -strict", "limit": 1}, ["loose"]),
        ({"query_string": "$team strict"}, ["strict"]),
        (
            {"query_string": "team:list", "sort": [{"column": "status.error_budget_remaining", "order": "asc"}]},
            ["strict", "loose", "empty"],
        ),
    ],
)
def test_a_list_of_slos_shows_those_that_its_search_finds(
    house: running.House, query: dict[str, Any], names: list[str]
) -> None:
    if not httpx.get(f"{house.url}/api/v1/slo?tags_query=team:list", headers=house.headers).json()["data"]:
        for body in (slo("loose", 98, "team:list"), slo("strict", 99.5, "team:list")):
            post(house, "/api/v1/slo", body)
        empty = slo("empty", 99, "team:list") | {
            "query": {"numerator": "sum:no{*}.as_count()", "denominator": "sum:no{*}.as_count()"}
        }
        post(house, "/api/v1/slo", empty)
    widget = {"type": "slo_list", "requests": [{"query": query, "request_type": "slo_list"}]}
    variables = [{"name": "team", "prefix": "team", "defaults": ["list"]}]
    board = post(house, "/api/v1/dashboard", sample.board("One", widget, template_variables=variables))
    made = httpx.get(f"{house.url}/ui/data/dashboard/{board['id']}").json()["widgets"][0]
    assert [row["name"] for row in made["rows"]] == names
    stands = {row["name"]: (row["window"], row["state"], row["sli"], row["remaining"]) for row in made["rows"]}
    expected = {
        "loose": ("7d", "ok", "99.0", "50.00"),
        "strict": ("7d", "alert", "99.00", "-100.00"),
        "empty": ("7d", "no-data", None, None),
    }
    assert stands == {name: expected[name] for name in names}


@pytest.mark.parametrize(
    ("query", "says"), [("nobody", "no SLO matches"), ("team:[a TO b]", "ranges"), ("(team:a", "")]
)
def test_a_list_of_slos_that_finds_none_says_why(house: running.House, query: str, says: str) -> None:
    asked = {"query": {"query_string": query}, "request_type": "slo_list"}
    made = shown(house, {"type": "slo_list", "requests": [asked]})
    assert made["rows"] == []
    (problem,) = made["problems"]
    assert says in problem["text"]
