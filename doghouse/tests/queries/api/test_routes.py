"""The endpoints, over a real server, its store and the official client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from datadog_api_client import ApiClient, Configuration
from datadog_api_client.v1.api.metrics_api import MetricsApi as MetricsV1
from datadog_api_client.v2.api.metrics_api import MetricsApi as MetricsV2
from datadog_api_client.v2.model.timeseries_formula_query_request import TimeseriesFormulaQueryRequest
from query_points import T0

from doghouse import running
from doghouse.time.clock import Clock

NOW = T0 + 600.0


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.House]:
    folder: Path = tmp_path_factory.mktemp("house")
    with running.serve(folder, clock=Clock(NOW)) as house:
        submit(house, "load", [(0, 10), (60, 20)], host="a", tags=["env:prod"])
        submit(house, "load", [(0, 30), (60, 60)], host="b", tags=["env:dev"])
        submit(house, "hits", [(0, 4), (60, 0)], host="a", kind="count")
        yield house


def submit(
    house: running.House, metric: str, given: list[tuple[int, float]], host: str, kind: str = "gauge", tags: Any = ()
) -> None:
    points = [[T0 + t, value] for t, value in given]
    one = {"metric": metric, "points": points, "type": kind, "interval": 60, "host": host, "tags": list(tags)}
    httpx.post(f"{house.url}/api/v1/series", json={"series": [one]}, headers=house.headers).raise_for_status()


def query(house: running.House, text: str, start: int = 0, end: int = 120) -> Any:
    answer = httpx.get(
        f"{house.url}/api/v1/query", params={"from": T0 + start, "to": T0 + end, "query": text}, headers=house.headers
    )
    answer.raise_for_status()
    return answer.json()


def refused(house: running.House, method: str, path: str, **request: Any) -> tuple[int, str]:
    answer = httpx.request(method, house.url + path, headers=house.headers, **request)
    return answer.status_code, answer.json()["errors"][0]


def v2(house: running.House, kind: str, queries: list[dict[str, Any]], formulas: Any = (), **more: Any) -> Any:
    attributes = {"from": T0 * 1000, "to": (T0 + 120) * 1000, "queries": queries, "formulas": list(formulas), **more}
    body = {"data": {"type": f"{kind}_request", "attributes": attributes}}
    answer = httpx.post(f"{house.url}/api/v2/query/{kind}", json=body, headers=house.headers)
    answer.raise_for_status()
    return answer.json()["data"]["attributes"]


def metric(text: str, name: str = "a", **more: Any) -> dict[str, Any]:
    return {"data_source": "metrics", "name": name, "query": text, **more}


def test_an_answer_has_the_fields_that_were_recorded(house: running.House) -> None:
    answer = query(house, "avg:load{*} by {host}.rollup(avg,60)")
    one = answer["series"][0]
    assert {key: answer[key] for key in ("status", "res_type", "resp_version", "message", "group_by")} == {
        "status": "ok",
        "res_type": "time_series",
        "resp_version": 1,
        "message": "",
        "group_by": ["host"],
    }
    assert (answer["from_date"], answer["to_date"]) == (T0 * 1000, (T0 + 120) * 1000)
    assert one == {
        "metric": "load",
        "display_name": "load",
        "expression": "avg:load{host:a}.rollup(avg,60)",
        "scope": "host:a",
        "tag_set": ["host:a"],
        "aggr": "avg",
        "query_index": 0,
        "interval": 60,
        "start": T0 * 1000,
        "end": (T0 + 119) * 1000,
        "length": 2,
        "pointlist": [[T0 * 1000, 10], [(T0 + 60) * 1000, 20]],
        "attributes": {},
        "unit": None,
    }


def test_a_query_without_an_aggregator_is_an_average_that_says_null(house: running.House) -> None:
    (one,) = query(house, "load{*}.rollup(avg,60)")["series"]
    assert (one["aggr"], [value for _, value in one["pointlist"]]) == (None, [20, 40])


def test_expressions_between_commas_are_numbered(house: running.House) -> None:
    answer = query(house, "avg:load{host:a}, avg:load{host:b}")
    assert [(one["query_index"], one["scope"]) for one in answer["series"]] == [(0, "host:a"), (1, "host:b")]


def test_a_null_stands_where_a_division_has_no_result(house: running.House) -> None:
    text = "avg:load{host:a}.rollup(avg,60) / sum:hits{*}.as_count().rollup(sum,60)"
    (one,) = query(house, text)["series"]
    assert [value for _, value in one["pointlist"]] == [2.5, None]


def test_an_unknown_metric_gives_no_series(house: running.House) -> None:
    answer = query(house, "avg:unheard.of{*}")
    assert (answer["status"], answer["series"]) == ("ok", [])


def test_a_post_may_carry_the_parameters_in_its_body(house: running.House) -> None:
    given = {"from": str(T0), "to": str(T0 + 120), "query": "avg:load{host:a}"}
    for request in ({"data": given}, {"json": given}):
        answer = httpx.post(f"{house.url}/api/v1/query", headers=house.headers, **request)  # type: ignore[arg-type]
        assert answer.json()["series"][0]["length"] == 2


def test_a_query_that_does_not_parse_is_refused_with_its_place(house: running.House) -> None:
    status, text = refused(house, "GET", "/api/v1/query", params={"from": 0, "to": 60, "query": "avg:load{*"})
    assert status == 400
    assert text.startswith("Error parsing query: ")
    assert text.endswith("avg:load{*\n          ^")


def test_a_function_that_is_not_evaluated_is_named(house: running.House) -> None:
    text = "forecast(avg:load{*}, 'linear', 1)"
    answer = refused(house, "GET", "/api/v1/query", params={"from": 0, "to": 60, "query": text})
    assert answer == (501, "doghouse does not evaluate forecast()")


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"from": 60, "to": 60, "query": "m{*}"}, "'from' should be anterior to 'to'"),
        ({"to": 60, "query": "m{*}"}, "The parameter 'from' is required"),
        ({"from": 0, "to": 60}, "The parameter 'query' is required"),
        (
            {"from": "yesterday", "to": 60, "query": "m{*}"},
            "Invalid value 'yesterday' of query parameter 'from': expected seconds since 1970 UTC",
        ),
    ],
)
def test_a_wrong_parameter_is_named(house: running.House, params: dict[str, Any], text: str) -> None:
    assert refused(house, "GET", "/api/v1/query", params=params) == (400, text)


def test_formulas_are_evaluated_over_named_queries(house: running.House) -> None:
    answer = v2(
        house,
        "timeseries",
        [metric("avg:load{host:a}"), metric("avg:load{host:b}", "b")],
        [{"formula": "a + b"}, {"formula": "diff(b)"}],
        interval=60000,
    )
    assert answer["times"] == [T0 * 1000, (T0 + 60) * 1000]
    assert answer["values"] == [[40, 80], [None, 30]]
    assert [(one["query_index"], one["group_tags"], one["unit"]) for one in answer["series"]] == [
        (0, [], None),
        (1, [], None),
    ]


def test_without_formulas_each_query_is_answered(house: running.House) -> None:
    answer = v2(house, "timeseries", [metric("avg:load{*} by {host}")], interval=60000)
    assert [one["group_tags"] for one in answer["series"]] == [["host:a"], ["host:b"]]
    assert answer["values"] == [[10, 20], [30, 60]]


def test_nothing_found_is_three_empty_lists(house: running.House) -> None:
    assert v2(house, "timeseries", [metric("avg:unheard.of{*}")]) == {"series": [], "times": [], "values": []}


@pytest.mark.parametrize(
    ("aggregator", "expected"), [("avg", 15), ("mean", 15), ("min", 10), ("max", 20), ("sum", 30), ("last", 20)]
)
def test_a_scalar_reduces_its_query(house: running.House, aggregator: str, expected: float) -> None:
    answer = v2(house, "scalar", [metric("avg:load{host:a}", aggregator=aggregator)], [{"formula": "a"}])
    (column,) = answer["columns"]
    assert column == {"name": "a", "type": "number", "meta": {"unit": None}, "values": [expected]}


def test_a_scalar_formula_is_computed_over_reduced_values(house: running.House) -> None:
    queries = [metric("avg:load{*} by {host}", "a", aggregator="max"), metric("avg:load{*}", "b", aggregator="sum")]
    answer = v2(house, "scalar", queries, [{"formula": "a / b * 100", "limit": {"count": 1, "order": "desc"}}])
    assert [(one["name"], one["type"], one["values"]) for one in answer["columns"]] == [
        ("host", "group", [["b"]]),
        ("a / b * 100", "number", [100]),
    ]


def test_a_scalar_of_nothing_has_an_empty_column(house: running.House) -> None:
    (column,) = v2(house, "scalar", [metric("avg:unheard.of{*}")], [{"formula": "a"}])["columns"]
    assert column["values"] == []


@pytest.mark.parametrize(
    ("formula", "expected"),
    [("default_zero(a)", 0), ("default_zero(b)", 20), ("default_zero(a / b) + 1", 1), ("default(a, 7)", 7)],
)
def test_a_scalar_without_a_value_may_be_given_one(house: running.House, formula: str, expected: float) -> None:
    queries = [metric("avg:unheard.of{*}"), metric("avg:load{host:a}", "b", aggregator="last")]
    (column,) = v2(house, "scalar", queries, [{"formula": formula}])["columns"]
    assert column["values"] == [expected]


def test_a_count_of_groups_is_one_scalar(house: running.House) -> None:
    (column,) = v2(house, "scalar", [metric("avg:load{*} by {host}")], [{"formula": "count_nonzero(a)"}])["columns"]
    assert (column["name"], column["values"]) == ("count_nonzero(a)", [2])


def test_a_formula_may_take_queries_by_name_in_every_place(house: running.House) -> None:
    queries = [metric("avg:load{host:a}.rollup(avg,60)"), metric("sum:hits{*}.rollup(avg,60)", "b")]
    answer = v2(house, "timeseries", queries, [{"formula": "pow(a, b)"}])
    assert answer["values"] == [[10_000, 1]]
    (column,) = v2(house, "scalar", queries, [{"formula": "pow(a, b)"}])["columns"]
    assert column["values"] == [225]


def test_formulas_nest_queries(house: running.House) -> None:
    answer = v2(
        house,
        "timeseries",
        [metric("avg:load{*} by {host,env}.rollup(avg,60)")],
        [{"formula": "rollup(max(a, {host}), 'sum', 120)"}],
    )
    assert [one["group_tags"] for one in answer["series"]] == [["host:a"], ["host:b"]]
    assert (answer["times"], answer["values"]) == ([T0 * 1000], [[30], [90]])


def test_a_wrong_request_type_is_refused_in_recorded_words(house: running.House) -> None:
    body = {"data": {"type": "timeseries_rquest", "attributes": {"from": 1, "to": 2, "queries": [metric("m{*}")]}}}
    text = 'API input validation failed: Invalid type. Expected "timeseries_request".'
    assert refused(house, "POST", "/api/v2/query/timeseries", json=body) == (400, text)


def test_a_scalar_of_years_ago_is_refused_in_recorded_words(house: running.House) -> None:
    attributes = {"from": 1671612804000, "to": 1671620004000, "queries": [metric("m{*}")]}
    body = {"data": {"type": "scalar_request", "attributes": attributes}}
    text = "Queries ending outside the retention date are invalid"
    assert refused(house, "POST", "/api/v2/query/scalar", json=body) == (400, text)


@pytest.mark.parametrize(
    ("queries", "formula", "status", "text"),
    [
        (
            [{"data_source": "rum", "name": "a"}],
            "a",
            501,
            "doghouse does not evaluate queries of the data source 'rum'",
        ),
        ([metric("m{*}")], "b", 400, "The formula 'b' uses 'b'; the queries are a"),
        ([metric("m{*}"), metric("m{*}")], "a", 400, "The name 'a' is given to two queries"),
        (
            [metric("m{*}")],
            "",
            400,
            "Error parsing query: the formula is empty; the name of a query was expected, or a function of one\n\n^",
        ),
        (
            [metric("m{*}")],
            "a +",
            400,
            "Error parsing query: the end was not expected here; expected the name of a query, a function, a number, "
            "an operator (+ - * /) or '('\na +\n   ^",
        ),
    ],
)
def test_a_wrong_formula_request_is_explained(
    house: running.House, queries: list[dict[str, Any]], formula: str, status: int, text: str
) -> None:
    attributes = {"from": T0 * 1000, "to": T0 * 1000 + 1, "queries": queries, "formulas": [{"formula": formula}]}
    body = {"data": {"type": "timeseries_request", "attributes": attributes}}
    assert refused(house, "POST", "/api/v2/query/timeseries", json=body) == (status, text)


def test_a_body_that_is_not_json_is_refused(house: running.House) -> None:
    status, text = refused(house, "POST", "/api/v2/query/scalar", content=b"{")
    assert status == 400
    assert "not valid JSON" in text


def test_the_official_client_reads_both_answers(house: running.House) -> None:
    body = {
        "data": {
            "type": "timeseries_request",
            "attributes": {
                "from": T0 * 1000,
                "to": (T0 + 120) * 1000,
                "queries": [metric("avg:load{*} by {host}")],
                "formulas": [{"formula": "a"}],
            },
        }
    }
    with ApiClient(official(house)) as client:
        first = MetricsV1(client).query_metrics(_from=T0, to=T0 + 120, query="avg:load{*} by {host}")
        second = MetricsV2(client).query_timeseries_data(body=TimeseriesFormulaQueryRequest(**_objects(body)))
    assert [one.scope for one in first.series] == ["host:a", "host:b"]
    assert len(second.data.attributes.values.value) == 2


def official(house: running.House) -> Configuration:
    """The official client's configuration for a doghouse."""
    configuration = Configuration(host=house.url)
    configuration.api_key = {"apiKeyAuth": house.api_key, "appKeyAuth": house.app_key}
    return configuration


def _objects(body: dict[str, Any]) -> dict[str, Any]:
    """The client's keyword names for a body: it writes `from` as `_from`."""
    return json.loads(json.dumps(body).replace('"from"', '"_from"'))  # type: ignore[no-any-return]


def test_percentiles_are_taken_over_every_value_that_clients_sent(house: running.House) -> None:
    for host, values in {"a": [1, 1, 1, 1, 1, 2], "b": [2, 2, 2, 3, 3]}.items():
        one = {"metric": "latency", "points": [[T0, values]], "host": host}
        httpx.post(
            f"{house.url}/api/v1/distribution_points", json={"series": [one]}, headers=house.headers
        ).raise_for_status()
    answer = query(house, "p50:latency{*}, p90:latency{*}, count:latency{*} by {host}, avg:latency{*}")
    got = [[value for _, value in one["pointlist"]] for one in answer["series"]]
    assert got == [
        [pytest.approx(2, rel=0.01)],
        [pytest.approx(3, rel=0.01)],
        [6],
        [5],
        [pytest.approx(19 / 11, rel=0.01)],
    ]


def test_answers_say_what_a_described_metric_is_counted_in(house: running.House) -> None:
    submit(house, "read", [(0, 10), (60, 20)], host="a")
    described = {"unit": "byte", "per_unit": "second"}
    httpx.put(f"{house.url}/api/v1/metrics/read", json=described, headers=house.headers).raise_for_status()
    queries = [metric("avg:read{*}", aggregator="avg")]
    pair = query(house, "avg:read{*}")["series"][0]["unit"]
    assert [one["plural"] for one in pair] == ["bytes", "seconds"]
    assert v2(house, "timeseries", queries)["series"][0]["unit"] == pair
    assert v2(house, "scalar", queries, [{"formula": "a * 8"}])["columns"][0]["meta"]["unit"] == pair
    with ApiClient(official(house)) as client:
        series = MetricsV1(client).query_metrics(T0, T0 + 120, "avg:read{*}").series
        assert [one.short_name for one in series[0].unit] == ["B", "s"]
