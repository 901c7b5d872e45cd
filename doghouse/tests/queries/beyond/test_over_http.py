"""`data_source: logs`, `events`, `spans` and `slo` of the query endpoints, over a real server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from query_points import T0

from doghouse import running
from doghouse.time.clock import Clock

NOW = T0 + 600.0
LOGS = [  # second, service, status, duration
    (5, "web", "error", 10),
    (10, "web", "info", 30),
    (70, "web", "error", 20),
    (75, "pay", "error", 40),
    (80, "pay", "info", 60),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.House]:
    with running.serve(tmp_path_factory.mktemp("house"), clock=Clock(NOW)) as house:
        logs = [
            {
                "message": "m",
                "service": service,
                "status": status,
                "duration": duration,
                "timestamp": 1000 * (T0 + second),
            }
            for second, service, status, duration in LOGS
        ]
        post(house, "/api/v2/logs", logs)
        points = [[T0 + second, 10] for second in (0, 60)]
        post(
            house, "/api/v1/series", {"series": [{"metric": "hits", "points": points, "type": "count", "interval": 60}]}
        )
        bad = {"metric": "bad", "points": [[T0 + 60, 1]], "type": "count", "interval": 60}
        post(house, "/api/v1/series", {"series": [bad]})
        for title, source in (("deploy one", "ci"), ("deploy two", "ci")):
            post(
                house,
                "/api/v1/events",
                {"title": title, "text": "x", "tags": [f"by:{source}"], "date_happened": T0 + 30},
            )
        yield house


def post(house: running.House, path: str, body: Any) -> Any:
    answer = httpx.post(house.url + path, json=body, headers=house.headers)
    assert answer.status_code < 300, answer.text
    return answer.json()


def asked(house: running.House, kind: str, queries: Any, formulas: Any = (), **more: Any) -> Any:
    attributes = {"from": T0 * 1000, "to": (T0 + 120) * 1000, "queries": queries, "formulas": list(formulas), **more}
    body = {"data": {"type": f"{kind}_request", "attributes": attributes}}
    return httpx.post(f"{house.url}/api/v2/query/{kind}", json=body, headers=house.headers)


def series(house: running.House, queries: Any, formulas: Any = (), **more: Any) -> Any:
    """Each series by its tags: times as seconds behind T0, and values."""
    answer = asked(house, "timeseries", queries, formulas, interval=60_000, **more)
    assert answer.status_code == 200, answer.text
    attributes = answer.json()["data"]["attributes"]
    times = [time // 1000 - T0 for time in attributes["times"]]
    return {
        tuple(one["group_tags"]): dict(zip(times, values, strict=True))
        for one, values in zip(attributes["series"], attributes["values"], strict=True)
    }


def columns(house: running.House, queries: Any, formulas: Any = ()) -> Any:
    answer = asked(house, "scalar", queries, formulas)
    assert answer.status_code == 200, answer.text
    return {one["name"]: one["values"] for one in answer.json()["data"]["attributes"]["columns"]}


def logs(name: str = "a", query: str = "*", aggregation: str = "count", metric: str | None = None, **more: Any) -> Any:
    compute = {"aggregation": aggregation} | ({"metric": metric} if metric else {})
    return {"data_source": "logs", "name": name, "search": {"query": query}, "compute": compute, **more}


BY_SERVICE = {"group_by": [{"facet": "service"}]}


def test_logs_are_counted_over_time_and_by_a_facet(house: running.House) -> None:
    assert series(house, [logs()]) == {(): {0: 2, 60: 3}}
    assert series(house, [logs(**BY_SERVICE)]) == {("service:web",): {0: 2, 60: 1}, ("service:pay",): {0: None, 60: 2}}
    assert series(house, [logs(query="status:error service:web")]) == {(): {0: 1, 60: 1}}


def test_a_measure_is_computed_for_each_piece_and_for_all_of_it(house: running.House) -> None:
    assert series(house, [logs(aggregation="avg", metric="@duration")]) == {(): {0: 20, 60: 40}}
    assert columns(house, [logs(aggregation="avg", metric="@duration")]) == {"a": [32]}
    assert columns(house, [logs(aggregation="pc90", metric="@duration")]) == {"a": [60]}
    assert columns(house, [logs(aggregation="cardinality", metric="service")]) == {"a": [2]}


def test_a_query_may_have_pieces_of_its_own_length(house: running.House) -> None:
    halves = logs(compute={"aggregation": "count", "interval": 20_000})
    assert series(house, [halves]) == {(): {0: 2, 60: 2, 80: 1}}
    whole = logs(compute={"aggregation": "avg", "metric": "@duration", "interval": 120_000})
    assert series(house, [whole]) == {(): {0: 32}}


def test_two_queries_of_logs_stand_each_for_its_own(house: running.House) -> None:
    asked = [logs("e", "status:error", **BY_SERVICE), logs("i", "status:info"), logs("d", "*", "max", "@duration")]
    assert columns(house, asked[1:]) == {"i": [2], "d": [60]}
    assert columns(house, asked, [{"formula": "d / i"}, {"formula": "e"}]) == {
        "service": [["N/A"], ["pay"], ["web"]],
        "d / i": [30, None, None],
        "e": [None, 1, 2],
    }


def test_a_table_of_groups_is_ranked_and_cut_as_the_facet_says(house: running.House) -> None:
    assert columns(house, [logs(**BY_SERVICE)]) == {"service": [["pay"], ["web"]], "a": [2, 3]}
    for sort, kept, value in (
        ({"aggregation": "count", "order": "desc"}, "web", 3),
        ({"aggregation": "count", "order": "asc"}, "pay", 2),
        ({"aggregation": "max", "metric": "@duration"}, "pay", 2),
        ({"order": "asc"}, "pay", 2),
        ({}, "web", 3),
    ):
        one = {"group_by": [{"facet": "service", "limit": 1, "sort": sort}]}
        assert columns(house, [logs(**one)]) == {"service": [[kept]], "a": [value]}


def test_a_formula_over_logs_takes_what_is_missing_as_no_log(house: running.House) -> None:
    errors, every = logs("e", "status:error", **BY_SERVICE), logs("all", **BY_SERVICE)
    share = [{"formula": "e / all * 100"}]
    found = columns(house, [errors, every], share)
    assert found["service"] == [["pay"], ["web"]]
    assert found["e / all * 100"] == pytest.approx([50, 200 / 3])


def test_a_count_of_nothing_has_no_value_but_beside_another_it_is_0(house: running.House) -> None:
    nothing = logs("n", "service:nobody")
    assert columns(house, [nothing]) == {"n": []}  # recorded
    assert columns(house, [nothing, logs("all")], [{"formula": "n / all"}]) == {"n / all": [0]}


def test_an_slo_that_is_not_there_has_no_values(house: running.House) -> None:
    asked = {"data_source": "slo", "slo_id": "nobody", "measure": "burn_rate", "name": "a"}
    assert columns(house, [asked]) == {"a": []}  # recorded
    assert series(house, [asked]) == {}


@pytest.mark.parametrize(("measure", "unit"), [("slo_status", "percent"), ("burn_rate", None), ("bad_events", None)])
def test_an_slos_measure_has_its_unit(house: running.House, measure: str, unit: str | None) -> None:
    query = {"data_source": "slo", "slo_id": "nobody", "measure": measure, "name": "a"}
    [column] = asked(house, "scalar", [query]).json()["data"]["attributes"]["columns"]
    assert (column["meta"]["unit"] and column["meta"]["unit"][0]["name"]) == unit


def test_logs_and_metrics_meet_in_one_formula(house: running.House) -> None:
    hits = {"data_source": "metrics", "name": "h", "query": "sum:hits{*}.as_count()"}
    assert series(house, [logs("e", "status:error"), hits], [{"formula": "e / h"}]) == {(): {0: 0.1, 60: 0.2}}


def test_events_are_counted(house: running.House) -> None:
    events = {"data_source": "events", "name": "e", "search": {"query": "by:ci"}, "compute": {"aggregation": "count"}}
    assert columns(house, [events]) == {"e": [2]}


def test_an_objective_is_measured(house: running.House) -> None:
    body = {
        "name": "s",
        "type": "metric",
        "query": {
            "numerator": "sum:hits{*}.as_count() - sum:bad{*}.as_count()",
            "denominator": "sum:hits{*}.as_count()",
        },
        "thresholds": [{"timeframe": "7d", "target": 90}],
    }
    slo = post(house, "/api/v1/slo", body)["data"][0]["id"]

    def of(measure: str) -> Any:
        return {"data_source": "slo", "name": "s", "slo_id": slo, "measure": measure}

    assert columns(house, [of("good_events")]) == {"s": [19]}
    assert columns(house, [of("slo_status")]) == {"s": [95]}
    assert columns(house, [of("error_budget_remaining")]) == {"s": [50]}
    assert series(house, [of("burn_rate")]) == {(): {0: 0, 60: 1}}
    assert series(house, [of("error_budget_burndown")]) == {(): {0: 100, 60: 50}}


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        (logs(aggregation="typical"), 400, "typical"),
        (logs(aggregation="avg"), 400, "needs a metric"),
        (logs(query="(a"), 400, ""),
        ({"data_source": "slo", "slo_id": "x", "measure": "luck", "name": "a"}, 400, "luck"),
        (
            {"data_source": "rum", "search": {"query": "*"}, "compute": {"aggregation": "count"}, "name": "a"},
            501,
            "rum",
        ),
    ],
)
def test_what_cannot_be_answered_is_said(house: running.House, query: Any, status: int, text: str) -> None:
    answer = asked(house, "scalar", [query])
    assert (answer.status_code, text in answer.text) == (status, True), answer.text
