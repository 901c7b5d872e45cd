"""Searching logs and what they come to, over HTTP: the worked examples, the rules of the answers' shapes, wrong input."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from four_logs import LOGS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doghouse.logs.api import analytics
from doghouse.logs.model import Log

from ..conftest import NOW, Api

SEARCH, LIST = "/api/v2/logs/events/search", "/api/v2/logs/events"
AGGREGATE, V1 = "/api/v2/logs/analytics/aggregate", "/api/v1/logs-queries/list"
NOW_MS = int(NOW) * 1000


@pytest.fixture
def sample(api: Api) -> Api:
    """The four logs of the worked examples, the first a minute ago, the others one, two and three seconds later."""
    add(api, *(moved(log, NOW - 60 + number) for number, log in enumerate(LOGS.values())))
    return api


def moved(log: Log, timestamp: float) -> Log:
    return Log(timestamp, log.message, log.source, log.service, log.host, log.status, log.tags, log.attributes)


def add(api: Api, *logs: Log) -> None:
    api.client.app.state.logs.add(logs)  # type: ignore[attr-defined]


def ok(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def messages(answer: httpx.Response) -> list[str]:
    return [log["attributes"]["message"] for log in ok(answer)["data"]]


def aggregated(api: Api, **body: Any) -> list[dict[str, Any]]:
    buckets: list[dict[str, Any]] = ok(api("POST", AGGREGATE, body))["data"]["buckets"]
    return buckets


def by(
    api: Api, facet: str, *, compute: Mapping[str, Any] | None = None, query: str = "*", **rest: Any
) -> dict[str, Any]:
    """What each group of one facet comes to, in order."""
    buckets = aggregated(
        api, compute=[compute or {"aggregation": "count"}], filter={"query": query}, group_by=[{"facet": facet, **rest}]
    )
    return {bucket["by"][facet]: bucket["computes"].get("c0") for bucket in buckets}


def total(api: Api, **compute: Any) -> Any:
    (bucket,) = aggregated(api, compute=[compute])
    assert bucket["by"] == {}
    return bucket["computes"].get("c0")


def times(api: Api, *ages: float) -> None:
    add(api, *(Log(NOW - age, f"{age} s ago") for age in ages))


# --- version 2: search


def test_a_search_answers_logs_as_the_recordings_have_them(sample: Api) -> None:
    (log,) = ok(sample("POST", SEARCH, {"filter": {"query": "service:web"}}))["data"]
    assert log.pop("id")
    assert log == {
        "type": "log",
        "attributes": {
            "timestamp": "2026-03-02T09:59:00.000Z", "status": "error", "message": LOGS["L1"].message, "host": "h1", "service": "web",
            "tags": ["env:prod", "version:1.2", "team:sre", "team:ops"], "attributes": LOGS["L1"].attributes,
        },
    }  # fmt: skip


def test_what_a_log_has_not_is_left_out(api: Api) -> None:
    add(api, Log(NOW - 1.5, "bare"))
    (log,) = ok(api("GET", LIST))["data"]
    assert log["attributes"] == {"timestamp": "2026-03-02T09:59:58.500Z", "status": "info", "message": "bare"}


def test_the_newest_come_first_unless_the_order_says_otherwise(api: Api) -> None:
    times(api, 3, 1, 2)
    assert messages(api("POST", SEARCH, {})) == ["1 s ago", "2 s ago", "3 s ago"]
    assert messages(api("POST", SEARCH, {"sort": "timestamp"})) == ["3 s ago", "2 s ago", "1 s ago"]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("now-15m", [60, 899]),
        ("-1h", [60, 899, 3600]),
        (str(NOW_MS - 60_000), [60]),
        (NOW_MS - 60_000, [60]),
        ("2026-03-02T10:59:00+01:00", [60]),
        ("2026-03-02T09:00:00Z", [60, 899, 3600]),
    ],
)
def test_a_time_has_any_of_the_documented_forms_and_its_end_does_not_belong_to_it(
    api: Api, start: Any, expected: list[int]
) -> None:
    times(api, 0, 60, 899, 3600, 3601)
    found = messages(api("POST", SEARCH, {"filter": {"from": start, "to": "now"}}))
    assert found == [f"{age} s ago" for age in expected]


def test_ten_logs_come_unless_a_limit_is_named_and_never_more_than_a_thousand(api: Api) -> None:
    times(api, *range(1, 12))
    assert len(messages(api("POST", SEARCH, {}))) == 10
    assert len(messages(api("POST", SEARCH, {"page": {"limit": 11}}))) == 11
    assert len(messages(api("GET", LIST, params={"page[limit]": "2000"}))) == 11
    times(api, *range(1, 800), *range(1, 800))
    assert len(messages(api("POST", SEARCH, {"page": {"limit": 2000}}))) == 1000


@pytest.mark.parametrize("sort", ["timestamp", "-timestamp"])
def test_pages_follow_each_other_by_cursor_or_link_until_one_is_empty(api: Api, sort: str) -> None:
    times(api, 1, 2, 2, 3, 4)
    seen: list[str] = []
    answer = api("POST", SEARCH, {"page": {"limit": 2}, "sort": sort})
    for _ in range(3):
        body = ok(answer)
        seen += [log["attributes"]["message"] for log in body["data"]]
        link = urlsplit(body["links"]["next"])
        asked = {name: values[0] for name, values in parse_qs(link.query).items()}
        after = body["meta"]["page"]["after"]
        assert (link.path, asked["page[cursor]"]) == (LIST, after)
        assert json.loads(base64.b64decode(after + "==")) == {"after": body["data"][-1]["id"]}
        answer = api("GET", link.path, params=asked)
    body = ok(answer)
    assert (body["data"], body["meta"]["status"], "links" in body) == ([], "done", False)
    expected = ["1 s ago", "2 s ago", "2 s ago", "3 s ago", "4 s ago"]
    assert seen == (expected if sort == "-timestamp" else expected[::-1])


def test_a_search_without_a_match_says_that_it_is_done(api: Api) -> None:
    body = ok(api("POST", SEARCH, {"filter": {"query": "nothing"}, "page": {"limit": 5}}))
    assert (body["data"], set(body["meta"]), body["meta"]["status"]) == (
        [],
        {"elapsed", "request_id", "status"},
        "done",
    )


def test_any_index_and_tier_are_the_only_one_and_options_are_read_by_nobody(sample: Api) -> None:
    asked = {
        "filter": {"query": "service:web", "indexes": ["other"], "storage_tier": "flex"},
        "options": {"timezone": "GMT"},
    }
    assert len(messages(sample("POST", SEARCH, asked))) == 1
    assert len(messages(sample("GET", LIST, params={"filter[query]": "service:web", "filter[indexes]": "a,b"}))) == 1


# --- version 1: list


def listed(api: Api, **rest: Any) -> Any:
    body = {"time": {"from": "2026-03-02T09:00:00Z", "to": "2026-03-02T10:00:00Z"}, **rest}
    return ok(api("POST", V1, body))


def test_the_list_of_version_1_has_contents_without_a_status(sample: Api) -> None:
    answer = listed(sample, query="service:web", index="main", sort="asc")
    assert (answer["status"], answer["nextLogId"]) == ("done", None)
    assert answer["requestId"]
    (log,) = answer["logs"]
    assert log["content"] == {
        "attributes": LOGS["L1"].attributes, "host": "h1", "service": "web", "tags": list(LOGS["L1"].tags),
        "message": LOGS["L1"].message, "timestamp": "2026-03-02T09:59:00.000Z",
    }  # fmt: skip


@pytest.mark.parametrize("sort", ["asc", "desc"])
@pytest.mark.parametrize(("limit", "pages"), [(1, 5), (2, 3), (3, 2), (4, 2), (5, 1), (6, 1)])
def test_its_next_page_starts_at_the_log_that_it_names(api: Api, sort: str, limit: int, pages: int) -> None:
    times(api, 1, 2, 2, 3, 4)
    seen, start = list[str](), None
    for _ in range(pages):
        answer = listed(api, limit=limit, sort=sort, **({"startAt": start} if start else {}))
        seen += [log["content"]["message"] for log in answer["logs"]]
        start = answer["nextLogId"]
    assert start is None
    expected = ["1 s ago", "2 s ago", "2 s ago", "3 s ago", "4 s ago"]
    assert seen == (expected if sort == "desc" else expected[::-1])


def test_it_has_ten_logs_unless_it_is_asked_for_more(api: Api) -> None:
    times(api, *range(1, 12))
    assert len(listed(api)["logs"]) == 10
    assert listed(api)["nextLogId"]
    assert len(listed(api, limit=1000)["logs"]) == 11


def test_a_start_outside_the_time_is_ignored(api: Api) -> None:
    times(api, 7200, 1)
    (old,) = ok(api("POST", V1, {"time": {"from": "now-3h", "to": "now-1h"}}))["logs"]
    assert [log["content"]["message"] for log in listed(api, startAt=old["id"])["logs"]] == ["1 s ago"]


@pytest.mark.parametrize(
    "body", [{}, {"time": {"from": "now-1h"}}, {"time": {"from": "x", "to": "now"}}, {"query": "*"}, [], {"time": 5}]
)
def test_its_errors_have_their_own_shape(api: Api, body: Any) -> None:
    answer = api("POST", V1, body)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (set(error), error["details"]) == ({"code", "message", "details"}, [])


# --- aggregate


def test_counts_without_a_group_are_one_bucket(sample: Api) -> None:
    """A01."""
    assert aggregated(sample) == [{"by": {}, "computes": {"c0": 4}}]
    assert aggregated(sample, compute=[{"aggregation": "count"}]) == [{"by": {}, "computes": {"c0": 4}}]


def test_groups_are_ordered_by_their_counts_and_then_by_name(sample: Api) -> None:
    """A02."""
    assert list(by(sample, "env").items()) == [("prod", 2), ("dev", 1), ("test", 1)]


def test_a_log_is_in_the_group_of_each_value_and_without_one_in_the_missing_group(sample: Api) -> None:
    """A03."""
    assert by(sample, "team") == {"ops": 1, "sre": 1}
    assert list(by(sample, "team", missing="none").items()) == [("none", 3), ("ops", 1), ("sre", 1)]


def test_measures_and_cardinality(sample: Api) -> None:
    """A04."""
    assert total(sample, aggregation="avg", metric="@duration") == 70.25
    assert total(sample, aggregation="cardinality", metric="host") == 3
    assert total(sample, aggregation="cardinality", metric="@ids") == 3  # each element of a list


def test_there_is_no_bucket_where_no_log_matches(sample: Api) -> None:
    """A05, recorded: v2 aggregate_events."""
    assert aggregated(sample, filter={"query": "service:zzz"}) == []
    assert by(sample, "nowhere") == {}


def test_a_value_that_there_is_not_is_left_out(sample: Api) -> None:
    assert aggregated(sample, compute=[{"aggregation": "avg", "metric": "@nowhere"}, {"aggregation": "count"}]) == [
        {"by": {}, "computes": {"c1": 4}}
    ]


def test_every_aggregation(api: Api) -> None:
    add(api, *(Log(NOW - 1, "m", attributes={"n": number}) for number in range(10, 101, 10)))
    asked = ["count", "cardinality", "sum", "min", "max", "avg", "median", "pc75", "pc90", "pc95", "pc98", "pc99"]
    (bucket,) = aggregated(api, compute=[{"aggregation": name, "metric": "@n"} for name in asked])
    assert list(bucket["computes"].values()) == [10, 10, 550, 10, 100, 55, 50, 80, 90, 100, 100, 100]


def test_a_timeseries_has_aligned_pieces_with_the_partial_first_one_and_without_empty_ones(api: Api) -> None:
    times(api, 1, 2, 400, 870, 1000)
    points = total(api, aggregation="count", type="timeseries", interval="5m")
    assert points == [
        {"time": "2026-03-02T09:45:00.000Z", "value": 1},
        {"time": "2026-03-02T09:50:00.000Z", "value": 1},
        {"time": "2026-03-02T09:55:00.000Z", "value": 2},
    ]


def test_a_timeseries_in_which_no_interval_is_named_has_about_150_pieces(api: Api) -> None:
    times(api, *range(1, 901))
    points = total(api, aggregation="count", type="timeseries")
    assert [point["value"] for point in points] == [10] * 90  # 15 minutes: the next longer length than 6 s


def test_groups_of_two_facets_are_limited_within_each_other(api: Api) -> None:
    for service, status, count in [
        ("a", "error", 3),
        ("a", "info", 2),
        ("a", "warn", 1),
        ("b", "info", 4),
        ("c", "ok", 1),
    ]:
        add(api, *(Log(NOW - 1, "m", service=service, status=status) for _ in range(count)))
    buckets = aggregated(api, group_by=[{"facet": "service", "limit": 2}, {"facet": "status", "limit": 2}])
    assert [(*bucket["by"].values(), bucket["computes"]["c0"]) for bucket in buckets] == [
        ("a", "error", 3), ("a", "info", 2), ("b", "info", 4),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ({}, ["dev", "prod", "test"]),
        ({"order": "desc"}, ["test", "prod", "dev"]),
        ({"type": "measure", "aggregation": "count", "order": "asc"}, ["dev", "test", "prod"]),
        ({"type": "measure", "aggregation": "max", "metric": "@duration", "order": "asc"}, ["dev", "prod", "test"]),
        ({"type": "measure", "aggregation": "max", "metric": "@duration"}, ["prod", "dev", "test"]),
    ],
)
def test_groups_are_sorted_as_asked(sample: Api, sort: dict[str, Any], expected: list[str]) -> None:
    assert list(by(sample, "env", sort=sort)) == expected


@pytest.mark.parametrize(("total", "name"), [(True, "$total"), ("all", "all"), (7, "7")])
def test_the_total_is_a_bucket_over_all_logs(sample: Api, total: Any, name: str) -> None:
    assert list(by(sample, "team", limit=1, total=total).items()) == [("ops", 1), (name, 4)]


def test_a_histogram_has_a_group_for_each_range(api: Api) -> None:
    add(api, *(Log(NOW - 1, "m", attributes={"n": number}) for number in (-1, 0, 4.9, 5, 19, 20, 21, "7", "x")))
    bars = by(api, "@n", histogram={"interval": 5, "min": 0, "max": 20}, sort={})
    assert bars == {"0": 2, "15": 2, "5": 2}


def test_buckets_come_by_the_thousand(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analytics, "MOST_BUCKETS", 2)
    add(api, *(Log(NOW - 1, "m", host=f"h{number}") for number in range(5)))
    hosts: list[str] = []
    page: dict[str, str] = {}
    for _ in range(3):
        answer = ok(api("POST", AGGREGATE, {"group_by": [{"facet": "host"}], "page": page}))
        hosts += [bucket["by"]["host"] for bucket in answer["data"]["buckets"]]
        page = {"cursor": answer["meta"].get("page", {}).get("after", "")}
    assert (hosts, page["cursor"]) == ([f"h{number}" for number in range(5)], "")


def test_an_aggregate_says_that_it_is_done(sample: Api) -> None:
    meta = ok(sample("POST", AGGREGATE, {}))["meta"]
    assert (set(meta), meta["status"]) == ({"elapsed", "request_id", "status"}, "done")


# --- wrong input


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"compute": [{"aggregation": "mode"}]}, "count, cardinality"),
        ({"compute": [{"aggregation": "sum"}]}, "needs a metric"),
        ({"compute": [{"aggregation": "count", "type": "timeseries", "interval": "soon"}]}, "5m"),
        ({"group_by": [{}]}, "facet"),
        ({"group_by": [{"facet": "host", "limit": 10_001}]}, "10000"),
        ({"group_by": [{"facet": "host", "limit": 101}, {"facet": "env", "limit": 100}]}, "10000"),
        ({"group_by": [{"facet": "host", "sort": {"type": "measure", "aggregation": "avg"}}]}, "needs a metric"),
        ({"group_by": [{"facet": "@n", "histogram": {"interval": 1, "min": 0, "max": 101}}]}, "100 buckets"),
        ({"group_by": [{"facet": "@n", "histogram": {"interval": 0, "min": 0, "max": 1}}]}, "above 0"),
        ({"group_by": [{"facet": "host"}] * 5}, "4 facets"),
        ({"page": {"cursor": "x"}}, "invalid cursor"),
        ({"filter": {"query": "a AND"}}, "column 6"),
        ({"filter": {"query": "@d:>20ms"}}, "unit"),
        ({"filter": {"from": "yesterday"}}, "yesterday"),
        ({"filter": {"to": "99999999999001"}}, "Invalid time '99999999999001'"),
        ({"filter": {"from": "1969-12-31T23:59:59Z"}}, "Invalid time"),
        ({"compute": {}}, "array"),
        ([], "object"),
    ],
)
def test_a_wrong_aggregate_is_refused_in_words(api: Api, body: Any, words: str) -> None:
    answer = api("POST", AGGREGATE, body)
    assert answer.status_code == 400
    assert words in answer.json()["errors"][0]


@pytest.mark.parametrize("cursor", ["x", "", "e30", "eyJhZnRlciI6IngifQ", "%", "ÿ"])
def test_a_cursor_that_is_none_is_refused_as_recorded(api: Api, cursor: str) -> None:
    expected = {"errors": ["{'errors': [u\"input_validation_error(Field 'page' is invalid: invalid cursor)\"]}"]}
    for answer in (
        api("POST", SEARCH, {"page": {"cursor": cursor}}),
        api("GET", LIST, params={"page[cursor]": cursor}),
    ):
        assert (answer.status_code, answer.json()) == (400, expected)


def test_a_mistake_in_a_search_is_named_with_its_column(api: Api) -> None:
    for answer in (api("POST", SEARCH, {"filter": {"query": "(a"}}), api("GET", LIST, params={"filter[query]": "(a"})):
        assert answer.status_code == 400
        assert "column" in answer.json()["errors"][0]


names = st.sampled_from((
    "filter", "query", "from", "to", "sort", "page", "cursor", "limit", "compute", "aggregation", "metric", "type", "interval",
    "group_by", "facet", "missing", "total", "histogram", "min", "max", "time", "startAt", "order", "index", "indexes",
))  # fmt: skip
junk = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=8),
        st.sampled_from(("*", "@n", "host", "now", "count", "avg", "timeseries", "5m", "asc", "measure", "service:web", "[1 TO 2]", "a\x00b")),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=5)),
    max_leaves=12,
)  # fmt: skip
bodies = st.dictionaries(names, junk, max_size=4)
computes = st.fixed_dictionaries(
    {}, optional={"compute": st.lists(bodies, max_size=2), "group_by": st.lists(bodies, max_size=2)}
)


@given(bodies | computes | junk, st.sampled_from((SEARCH, AGGREGATE, V1)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
def test_no_body_makes_the_server_fail(sample: Api, body: Any, path: str) -> None:
    assert sample("POST", path, body).status_code in (200, 400)


@given(
    st.dictionaries(
        st.sampled_from(("filter[query]", "filter[from]", "filter[to]", "sort", "page[cursor]", "page[limit]")),
        st.text(max_size=12),
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_no_address_makes_the_server_fail(sample: Api, asked: dict[str, str]) -> None:
    assert sample("GET", LIST, params=asked).status_code in (200, 400)
