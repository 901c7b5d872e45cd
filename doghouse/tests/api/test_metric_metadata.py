from typing import Any

import pytest

from doghouse.metrics.catalogue import known
from doghouse.queries import units

from .conftest import NOW, Api

METRIC = "app.requests"


@pytest.fixture
def api(api: Api) -> Api:
    for metric, kind, host, tag, at in (
        (METRIC, "count", "a", "env:prod", NOW),
        ("app.load", "gauge", "b", "env:dev", NOW),
        ("old", "gauge", "b", "env:dev", NOW - 3000),
    ):
        series = {"metric": metric, "type": kind, "points": [[int(at), 1]], "host": host, "tags": [tag], "interval": 10}
        api.ok("POST", "/api/v1/series", {"series": [series]})
    return api


def configuration(**attributes: Any) -> dict[str, Any]:
    return {"data": {"type": "manage_tags", "id": METRIC, "attributes": attributes}}


def test_a_metric_that_nobody_described_has_its_type_alone(api: Api) -> None:
    unknown = dict.fromkeys(("description", "short_name", "unit", "per_unit", "statsd_interval", "integration"))
    assert api.ok("GET", f"/api/v1/metrics/{METRIC}") == {**unknown, "type": "count"}
    assert api.refused("GET", "/api/v1/metrics/none") == (404, "none not found")


def test_a_description_is_kept_and_changed_key_by_key(api: Api) -> None:
    path = f"/api/v1/metrics/{METRIC}"
    api.ok("PUT", path, {"description": "d", "unit": "byte"})
    changed = api.ok("PUT", path, {"per_unit": "second", "type": "gauge"})
    assert [changed[key] for key in ("description", "unit", "per_unit", "type")] == ["d", "byte", "second", "gauge"]
    assert api.ok("GET", path) == changed
    assert api("PUT", path, {"type": "x"}).status_code == 400


def test_a_metric_is_not_described_before_it_has_points(api: Api) -> None:
    assert api.refused("PUT", "/api/v1/metrics/new", {"type": "gauge"}) == (400, "error updating metric metadata")
    assert api.refused("GET", "/api/v1/metrics/new") == (404, "new not found")


def test_a_distribution_stays_one_whatever_type_it_is_given(api: Api) -> None:
    sent = {"series": [{"metric": "spread", "points": [[int(NOW), [1.0, 2.0]]]}]}
    api.ok("POST", "/api/v1/distribution_points", sent)

    assert api.ok("PUT", "/api/v1/metrics/spread", {"type": "gauge", "unit": "byte"})["type"] == "gauge"
    read = api.ok("GET", "/api/v1/metrics/spread")
    assert (read["type"], read["unit"]) == ("distribution", "byte")


@pytest.mark.parametrize(
    ("params", "metrics"),
    [
        ({}, ["app.load", "app.requests"]),
        ({"from": int(NOW) - 3600}, ["app.load", "app.requests", "old"]),
        ({"host": "a"}, ["app.requests"]),
        ({"tag_filter": "env:dev OR env:test"}, ["app.load"]),
        ({"tag_filter": "env IN (prod,test)"}, ["app.requests"]),
    ],
)
def test_active_metrics_are_listed_by_time_host_and_tags(api: Api, params: dict[str, Any], metrics: list[str]) -> None:
    since = params.get("from", int(NOW) - 60)
    found = api.ok("GET", "/api/v1/metrics", params={"from": since, **params})
    assert found == {"metrics": metrics, "from": str(since)}


def test_a_tag_filter_that_cannot_be_read_is_refused(api: Api) -> None:
    assert api("GET", "/api/v1/metrics", params={"from": 0, "tag_filter": "env:"}).status_code in (200, 400)
    assert api.refused("GET", "/api/v1/metrics", params={"from": 0, "tag_filter": "(a"})[0] == 400


def test_a_search_finds_metrics_hosts_or_both(api: Api) -> None:
    assert api.ok("GET", "/api/v1/search?q=metrics:app")["results"] == {"metrics": ["app.load", METRIC], "hosts": []}
    assert api.ok("GET", "/api/v1/search?q=hosts:a")["results"] == {"metrics": [], "hosts": ["a"]}
    assert api.ok("GET", "/api/v1/search?q=b")["results"] == {"metrics": [], "hosts": ["b"]}


def test_a_tag_configuration_is_made_changed_and_dropped(api: Api) -> None:
    path = f"/api/v2/metrics/{METRIC}/tags"
    assert api.refused("GET", path) == (404, f"{METRIC} not found")
    answer = api("POST", path, configuration(tags=["app"], metric_type="count"))
    made = answer.json()["data"]
    assert (answer.status_code, made["type"], made["id"]) == (201, "manage_tags", METRIC)
    assert made["attributes"]["aggregations"] == [{"space": "sum", "time": "sum"}]
    api.clock.set(NOW + 60)
    changed = api.ok("PATCH", path, configuration(tags=["env"]))["data"]["attributes"]
    assert (changed["tags"], changed["metric_type"], changed["created_at"]) == (
        ["env"],
        "count",
        made["attributes"]["created_at"],
    )
    assert changed["modified_at"] > changed["created_at"]
    words = "New gauge/count/rate conflicts with existing tag configuration, use PATCH to update"
    assert api.refused("POST", path, configuration(tags=["a"], metric_type="count")) == (409, words)
    assert api("DELETE", path).status_code == 204
    assert api.refused("DELETE", path) == (404, f"{METRIC} not found")


@pytest.mark.parametrize(
    ("metric", "attributes", "text"),
    [
        ("nobody.sent", {"metric_type": "count"}, "Cannot configure tags on a metric that does not exist."),
        (
            "postgresql.commits",
            {"metric_type": "rate"},
            "Cannot configure tags on metric because metric is an integration metric: postgresql.commits.",
        ),
        (
            METRIC,
            {"metric_type": "count", "include_percentiles": True},
            "include_percentiles is not allowed with metric_type count, only with distribution",
        ),
    ],
)
def test_tags_of_what_datadog_does_not_configure_are_refused(
    api: Api, metric: str, attributes: dict[str, Any], text: str
) -> None:
    body = configuration(tags=["env"], **attributes)
    assert api.refused("POST", f"/api/v2/metrics/{metric}/tags", body) == (400, text)


@pytest.mark.parametrize(
    ("attributes", "missing"), [({"tags": ["env"]}, "metric_type"), ({"metric_type": "count"}, "tags"), ({}, "tags")]
)
def test_a_tag_configuration_without_one_of_its_two_names_which(
    api: Api, attributes: dict[str, Any], missing: str
) -> None:
    refused = api.refused("POST", f"/api/v2/metrics/{METRIC}/tags", configuration(**attributes))
    assert refused == (400, f"The parameter '{missing}' is required")


def test_percentiles_are_not_switched_on_later_either(api: Api) -> None:
    path = f"/api/v2/metrics/{METRIC}/tags"
    api.ok("POST", path, configuration(tags=["env"], metric_type="count"))
    assert api.refused("PATCH", path, configuration(include_percentiles=True))[0] == 400


def test_tags_outside_a_configuration_are_ingested_only(api: Api) -> None:
    path = f"/api/v2/metrics/{METRIC}/all-tags"
    assert api.ok("GET", path)["data"]["attributes"] == {"tags": ["env:prod", "host:a"]}
    api.ok("POST", f"/api/v2/metrics/{METRIC}/tags", configuration(tags=["host"], metric_type="count"))
    assert api.ok("GET", path)["data"]["attributes"] == {"tags": ["host:a"], "ingested_tags": ["env:prod"]}


def test_the_list_of_version_2_is_paged_to_an_empty_end(api: Api) -> None:
    seen, path = [], "/api/v2/metrics?page[size]=2"
    while page := (answer := api.ok("GET", path))["data"]:
        seen += [one["id"] for one in page]
        path = f"/api/v2/metrics?page[size]=2&page[cursor]={answer['meta']['pagination']['next_cursor']}"
    assert seen == ["app.load", METRIC, "old"]
    assert api.ok("GET", "/api/v2/metrics?filter[tags]=env:prod")["data"] == [{"type": "metrics", "id": METRIC}]
    assert api.ok("GET", "/api/v2/metrics?filter[configured]=true")["data"] == []
    for kind, metrics in (("count", [METRIC]), ("distribution", []), ("non_distribution", seen)):
        assert [one["id"] for one in api.ok("GET", f"/api/v2/metrics?filter[metric_type]={kind}")["data"]] == metrics
    assert api("GET", "/api/v2/metrics?filter[metric_type]=zz").status_code == 400


@pytest.mark.parametrize(
    ("metric", "unit", "per_unit"),
    [
        ("system.cpu.user", "percent", None),
        ("system.net.bytes_rcvd", "byte", "second"),
        ("postgresql.commits", "transaction", "second"),
        ("postgresql.database_size", "byte", None),
        ("trace.flask.request", "second", None),
        ("trace.flask.request.hits", None, None),
        ("my_metric", None, None),
    ],
)
def test_datadogs_own_metrics_come_with_their_units(
    api: Api, metric: str, unit: str | None, per_unit: str | None
) -> None:
    point = {"timestamp": int(api.clock.now()), "value": 1}
    api.ok("POST", "/api/v2/series", {"series": [{"metric": metric, "type": 3, "points": [point]}]})
    described = api.ok("GET", f"/api/v1/metrics/{metric}")
    assert (described["unit"], described["per_unit"]) == (unit, per_unit)
    api.ok("PUT", f"/api/v1/metrics/{metric}", {"unit": "page"})
    assert api.ok("GET", f"/api/v1/metrics/{metric}")["unit"] == "page"


def test_each_unit_of_datadogs_own_metrics_is_one_of_datadogs() -> None:
    named = {name for pair in known.UNITS.values() for name in pair if name}
    assert named <= units.catalogue().keys()
