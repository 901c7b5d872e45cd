"""SLOs over HTTP: what is filled in, what is refused in which words, history, status, search and corrections."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from ..conftest import NOW, Api

QUERY = {"numerator": "sum:hits{code:2xx}.as_count()", "denominator": "sum:hits{!code:3xx}.as_count()"}
WEEK = [{"timeframe": "7d", "target": 95, "warning": 98}]
MONITOR = {"type": "metric alert", "query": "max(last_1m):max:m{*} > 90", "name": "high"}
BURN = 'burn_rate("{}").over("7d").long_window("1h").short_window("5m") > 14.4'


def body(**more: Any) -> dict[str, Any]:
    return {"type": "metric", "name": "SLO", "query": QUERY, "thresholds": WEEK, **more}


def make(api: Api, **more: Any) -> dict[str, Any]:
    [made] = api.ok("POST", "/api/v1/slo", body(**more))["data"]
    return dict(made)


def send(api: Api, good: float, bad: float, *, ago: int = 60) -> None:
    """Count events so many seconds before now."""
    series = [
        {"metric": "hits", "type": "count", "interval": 60, "tags": [tag], "points": [[api.clock.now() - ago, value]]}
        for tag, value in (("code:2xx", good), ("code:5xx", bad))
    ]
    api.ok("POST", "/api/v1/series", {"series": series})


def correct(api: Api, **attributes: Any) -> dict[str, Any]:
    usual = {"category": "Deployment", "start": int(NOW) - 3600, "end": int(NOW)}
    sent = {"data": {"type": "correction", "attributes": {**usual, **attributes}}}
    made: dict[str, Any] = api.ok("POST", "/api/v1/slo/correction", sent)["data"]
    return made


def test_s2_s3_a_new_slo_is_answered_in_a_list_with_all_that_was_not_sent(api: Api) -> None:
    answer = api("POST", "/api/v1/slo", body())
    [made] = answer.json()["data"]
    assert (answer.status_code, answer.json()["error"]) == (200, None)
    assert made["thresholds"] == [
        {"timeframe": "7d", "target": 95.0, "target_display": "95.", "warning": 98.0, "warning_display": "98."}
    ]
    filled = {key: made[key] for key in ("tags", "monitor_tags", "description", "timeframe", "type_id")}
    assert filled == {"tags": [], "monitor_tags": [], "description": "", "timeframe": "7d", "type_id": 1}
    assert (made["target_threshold"], made["warning_threshold"]) == (95, 98)
    assert made["created_at"] == made["modified_at"] == int(NOW)
    assert re.fullmatch(r"[0-9a-f]{12}5[0-9a-f]{19}", made["id"])  # S5
    assert not {"groups", "monitor_ids"} & set(made)
    assert api.ok("GET", f"/api/v1/slo/{made['id']}") == {"data": made, "error": None}  # S8


def test_s3_the_shortest_timeframe_is_the_primary_one_and_without_a_warning_there_is_none(api: Api) -> None:
    made = make(api, thresholds=[{"timeframe": "90d", "target": 99.95}, {"timeframe": "30d", "target": 99.9}])
    assert (made["timeframe"], made["target_threshold"]) == ("30d", 99.9)
    assert "warning_threshold" not in made
    assert [one["target_display"] for one in made["thresholds"]] == ["99.95", "99.9"]  # S4


def test_s6_an_slo_of_formulas_shows_their_text(api: Api) -> None:
    queries = [
        {"name": "query1", "data_source": "metrics", "query": "sum:h{*}.as_count()"},
        {"name": "query2", "data_source": "metrics", "query": "sum:e{*}.as_count()"},
    ]
    good = {"formula": "query1 - query2"}
    sent = {"count": {"queries": queries, "good_events_formula": good, "bad_events_formula": {"formula": "query2"}}}
    made = make(api, query=None, sli_specification=sent)
    assert made["query"] == {
        "numerator": "sum:h{*}.as_count() - sum:e{*}.as_count()",
        "denominator": "(sum:h{*}.as_count() - sum:e{*}.as_count()) + (sum:e{*}.as_count())",
    }
    sent = {"count": {"queries": queries, "good_events_formula": good, "total_events_formula": {"formula": "query1"}}}
    assert make(api, query=None, sli_specification=sent)["query"]["denominator"] == "sum:h{*}.as_count()"


def test_an_slo_of_a_numerator_and_a_denominator_shows_them_as_formulas_too(api: Api) -> None:
    good, bad = "sum:my.metric{type:good}.as_count()", "sum:my.metric{type:bad}.as_count()"
    made = make(api, query={"numerator": good, "denominator": f"{good} + {bad}"})
    assert made["sli_specification"] == {
        "count": {
            "queries": [
                {"data_source": "metrics", "name": "query1", "query": good},
                {"data_source": "metrics", "name": "query2", "query": bad},
            ],
            "good_events_formula": {"formula": "query1"},
            "total_events_formula": {"formula": "(query1 + query2)"},
        }
    }
    assert made["query"] == {"numerator": good, "denominator": f"{good} + {bad}"}
    grouped = make(
        api, query={"numerator": "sum:a{*} by {app}.as_count()", "denominator": "sum:b{*}by{app}.as_count()"}
    )
    texts = [query["query"] for query in grouped["sli_specification"]["count"]["queries"]]
    assert texts == ["sum:a{*}by{app}.as_count()", "sum:b{*}by{app}.as_count()"]


def test_a_new_slo_is_answered_with_its_tags_sorted_and_read_with_them_as_sent(api: Api) -> None:
    made = make(api, tags=["foo:bar", "baz"])
    assert made["tags"] == ["baz", "foo:bar"]
    assert api.ok("GET", f"/api/v1/slo/{made['id']}")["data"]["tags"] == ["foo:bar", "baz"]


def test_s7_slices_are_of_five_minutes_unless_they_say_otherwise(api: Api) -> None:
    query = {"formulas": [{"formula": "q"}], "queries": [{"name": "q", "data_source": "metrics", "query": "avg:m{*}"}]}
    made = make(
        api,
        type="time_slice",
        query=None,
        sli_specification={"time_slice": {"query": query, "comparator": "<", "threshold": 5}},
    )
    assert made["sli_specification"]["time_slice"]["query_interval_seconds"] == 300
    assert (made["type_id"], "query" in made) == (2, False)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"type": "monitor"}, "Invalid payload: must specify monitor_ids"),
        ({"query": None}, "Invalid payload: must specify the query for count types"),
        ({"type": "monitor", "monitor_ids": [7]}, "Invalid payload: invalid monitor ids: 7, monitors not found or not supported SLO"),
        ({"thresholds": [{"timeframe": "7d", "target": 100}]}, "Invalid payload: target must be greater than 0 and less than 100, not 100"),
        ({"thresholds": [{"timeframe": "7d", "target": 0}]}, "Invalid payload: target must be greater than 0 and less than 100, not 0"),
        ({"thresholds": [{"timeframe": "custom", "target": 99}]}, "Invalid payload: timeframe 'custom' is not one of 7d, 30d, 90d"),
        ({"thresholds": [{"timeframe": "7d", "target": 99.9999}]}, "Invalid payload: target 99.9999 has more than 3 decimals"),
        ({"thresholds": [{"timeframe": "7d", "target": 99, "warning": 98}]}, "Invalid payload: warning must be greater than target: 98 is not greater than 99"),
        ({"thresholds": []}, "Invalid payload: must specify thresholds"),
        ({"thresholds": WEEK * 2}, "Invalid payload: a timeframe has more than one threshold"),
        ({"timeframe": "30d"}, "Invalid payload: timeframe '30d' has no threshold"),
        ({"type": "uptime"}, "Invalid payload: 'uptime' is not a type of SLO: expected one of metric, monitor, time_slice"),
        ({"query": {**QUERY, "denominator": "sum:hits{*}"}}, "Metric queries require the 'as count' modifier"),
        ({"query": {"numerator": "sum:", "denominator": "sum:m{*}.as_count()"}}, "Invalid payload: numerator: "),
    ],
)  # fmt: skip
def test_s12_s13_what_is_wrong_is_refused_in_datadogs_words_where_they_are_known(
    api: Api, changes: dict[str, Any], text: str
) -> None:
    status, said = api.refused("POST", "/api/v1/slo", body(**changes))
    assert (status, said[: len(text)]) == (400, text)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_s12_an_unknown_slo_is_not_found_whatever_its_id(api: Api, method: str) -> None:
    sent = body() if method == "PUT" else None
    assert api.refused(method, "/api/v1/slo/no-such-thing", sent) == (404, "SLO not found: no-such-thing not found")
    assert api("GET", "/api/v1/slo/no-such-thing/history?from_ts=1&to_ts=2").status_code == 404


def test_s8_an_update_keeps_creation_and_type(api: Api) -> None:
    made = make(api)
    api.clock.set(NOW + 60)
    path = f"/api/v1/slo/{made['id']}"
    text = "Invalid payload: must specify the query for count types"
    assert api.refused("PUT", path, {"type": "monitor", "name": "n", "thresholds": WEEK}) == (400, text)
    [changed] = api.ok("PUT", path, body(name="other", thresholds=[{"timeframe": "30d", "target": 97}]))["data"]
    assert (changed["created_at"], changed["modified_at"]) == (int(NOW), int(NOW) + 60)
    assert (changed["name"], changed["timeframe"], changed["target_threshold"]) == ("other", "30d", 97)


def test_s9_a_deleted_slo_is_gone_but_for_the_list_of_deleted_ones(open_api: Callable[[], Api]) -> None:
    api = open_api()
    made = make(api)
    assert api.ok("DELETE", f"/api/v1/slo/{made['id']}") == {"data": [made["id"]], "error": None}
    api = open_api()
    assert api("GET", f"/api/v1/slo/{made['id']}").status_code == 404
    assert api.ok("GET", "/api/v1/slo")["data"] == []
    assert api.ok("GET", "/api/v1/slo?is_deleted=true")["data"] == [made]


def test_s9_an_slo_that_a_dashboard_shows_is_deleted_by_force_alone(api: Api) -> None:
    made = make(api)
    slo = {"type": "slo", "slo_id": made["id"], "view_type": "detail", "view_mode": "overall", "time_windows": ["7d"]}
    board = api.ok(
        "POST", "/api/v1/dashboard", {"title": "b", "layout_type": "ordered", "widgets": [{"definition": slo}]}
    )
    text = f"slo [{made['id']},SLO] is referenced in dashboards: [{board['id']},b]"
    assert api.refused("DELETE", f"/api/v1/slo/{made['id']}") == (409, text)
    other = make(api)["id"]
    asked = api("GET", f"/api/v1/slo/can_delete?ids={made['id']},{other}")
    assert (asked.status_code, asked.json()) == (409, {"data": {"ok": [other]}, "errors": {made["id"]: text}})
    api.ok("DELETE", f"/api/v1/slo/{made['id']}?force=true")


def test_s9_timeframes_are_deleted_in_bulk(api: Api) -> None:
    both = make(api, thresholds=[{"timeframe": "7d", "target": 95}, {"timeframe": "30d", "target": 96}])["id"]
    one = make(api)["id"]
    answer = api.ok("POST", "/api/v1/slo/bulk_delete", {both: ["7d"], one: ["7d"], "none": ["7d"]})
    assert answer["data"] == {"deleted": [one], "updated": [both]}
    assert answer["errors"] == [{"id": "none", "timeframe": "all", "message": "SLO not found: none not found"}]
    left = api.ok("GET", f"/api/v1/slo/{both}")["data"]
    assert (left["timeframe"], left["target_threshold"]) == ("30d", 96)


def test_s10_lists_have_pages_and_filters(api: Api) -> None:
    names = [make(api, name=name, tags=[f"team:{name}"])["name"] for name in ("a1", "a2", "b1")]
    first = api.ok("GET", "/api/v1/slo?limit=2")
    second = api.ok("GET", "/api/v1/slo?limit=2&offset=2")
    assert [one["name"] for one in first["data"] + second["data"]] == names
    for page in (first, second):
        assert page["metadata"] == {"page": {"total_count": 3, "total_filtered_count": 2}}
    for asked, wanted in (("query=A", ["a1", "a2"]), ("tags_query=team:b1", ["b1"]), ("metrics_query=nothing", [])):
        assert [one["name"] for one in api.ok("GET", f"/api/v1/slo?{asked}")["data"]] == wanted
    ids = ",".join(one["id"] for one in first["data"])
    assert api.ok("GET", f"/api/v1/slo?ids={ids}") == {"data": first["data"], "error": None}


def test_s11_a_search_says_how_each_slo_stands(api: Api) -> None:
    send(api, 960, 40)
    make(api, name="answers well", tags=["env:prod", "service:web"])
    make(api, name="else", query={"numerator": "sum:no{*}.as_count()", "denominator": "sum:no{*}.as_count()"})
    answer = api.ok("GET", "/api/v1/slo/search", params={"query": "answers env:prod", "include_facets": "true"})
    [found] = answer["data"]["attributes"]["slos"]
    shown = found["data"]["attributes"]
    assert shown["status"] == {
        "sli": 96.0,
        "state": "warning",
        "error_budget_remaining": 20.0,
        "raw_error_budget_remaining": {"unit": "events", "value": 10.0},
        "span_precision": 1,
        "calculation_error": None,
        "indexed_at": int(NOW),
    }
    assert (shown["service_tags"], shown["thresholds"][0]["warning_display"]) == (["service:web"], "95")
    assert answer["data"]["attributes"]["facets"]["env_tags"] == [{"name": "env:prod", "count": 1}]
    assert answer["meta"]["pagination"]["total"] == 1
    assert answer["links"]["next"].endswith("page[number]=1&page[size]=10")
    [empty] = api.ok("GET", "/api/v1/slo/search", params={"query": "else"})["data"]["attributes"]["slos"]
    status = empty["data"]["attributes"]["status"]
    assert (status["sli"], status["state"], status["calculation_error"]) == (
        None,
        "no_data",
        "The denominator is zero valued",
    )


def test_h1_h2_a_history_has_the_sli_its_budgets_and_the_series(api: Api) -> None:
    send(api, 90, 10, ago=3000)
    made = make(api)
    span = {"from_ts": int(NOW) - 86_400, "to_ts": int(NOW)}
    data = api.ok("GET", f"/api/v1/slo/{made['id']}/history", params={**span, "target": 80})["data"]
    overall = data["overall"]
    assert (overall["sli_value"], overall["state"]) == (90.0, "ok")  # by the target that was asked for
    assert overall["error_budget_remaining"] == {"7d": -100.0, "custom": 50.0}
    assert set(data["thresholds"]) == {"7d", "custom"}
    series = data["series"]
    assert (series["interval"], len(series["times"])) == (7200, 12)
    assert series["times"][0] == (span["from_ts"] // 300 * 300) * 1000
    assert [series[name]["sum"] for name in ("numerator", "denominator")] == [90.0, 100.0]
    assert series["bad_series_query"] == f"default_zero({QUERY['denominator']}) - default_zero({QUERY['numerator']})"


def test_h3_a_history_without_events_says_so(api: Api) -> None:
    made = make(api)
    overall = api.ok("GET", f"/api/v1/slo/{made['id']}/history?from_ts=1704236088&to_ts=1704322488")["data"]["overall"]
    error = {"error_message": "The denominator is zero valued", "error_type": "ZERO_VALUED_DENOMINATOR"}
    assert overall == {
        "errors": [error],
        "sli_value": None,
        "uptime": None,
        "span_precision": 2,
        "precision": {"7d": 0},
        "corrections": [],
        "state": "no_data",
    }


def test_h4_the_history_of_monitors_has_their_changes_and_a_row_each(api: Api) -> None:
    points = [[NOW - 600 + 60 * minute, 100 if minute == 4 else 1] for minute in range(10)]
    api.ok("POST", "/api/v1/series", {"series": [{"metric": "m", "type": "gauge", "points": points}]})
    ids = [api.ok("POST", "/api/v1/monitor", {**MONITOR, "name": name})["id"] for name in ("a", "b")]
    api.ok("PUT", f"/api/v1/monitor/{ids[1]}", {"query": "max(last_1m):max:m{*} > 900"})
    made = make(api, type="monitor", query=None, monitor_ids=ids)
    span = {"from_ts": int(NOW) - 540, "to_ts": int(NOW)}
    data = api.ok("GET", f"/api/v1/slo/{made['id']}/history", params=span)["data"]
    start = int(NOW) - 540
    assert data["overall"]["history"] == [[start, 0], [start + 240, 1], [start + 300, 0]]
    assert [row["name"] for row in data["monitors"]] == [f"{ids[0]} a", f"{ids[1]} b"]
    assert [row["sli_value"] for row in data["monitors"]] == [pytest.approx(800 / 9), 100]
    # S9: such a monitor cannot be deleted
    text = f"monitor [{ids[0]},a] is referenced in slos: [{made['id']},SLO]"
    assert api.refused("DELETE", f"/api/v1/monitor/{ids[0]}") == (400, text)


def test_s12_the_status_of_a_stretch(api: Api) -> None:
    send(api, 960, 40)
    made = make(api)
    path = f"/api/v2/slo/{made['id']}/status"
    span = {"from_ts": int(NOW) - 3600, "to_ts": int(NOW)}
    assert api.ok("GET", path, params=span)["data"] == {
        "id": made["id"],
        "type": "slo_status",
        "attributes": {
            "sli": 96.0,
            "error_budget_remaining": 20.0,
            "raw_error_budget_remaining": {"unit": "events", "value": 10.0},
            "state": "warning",
            "span_precision": 1,
        },
    }
    correct(api, slo_id=made["id"])
    assert api.ok("GET", path, params=span)["data"]["attributes"]["state"] == "no_data"
    whole = api.ok("GET", path, params={**span, "disable_corrections": "true"})
    assert whole["data"]["attributes"]["sli"] == 96.0
    assert api.refused("GET", path, params={"from_ts": 1}) == (400, "The parameter 'to_ts' is required")


def test_the_status_of_a_monitor_slo_says_0_of_its_budget_as_datadogs_does_and_the_history_tells_it(api: Api) -> None:
    monitor = api.ok("POST", "/api/v1/monitor", {"type": "metric alert", "query": "avg(last_5m):avg:up{*} < 1"})["id"]
    made = make(api, type="monitor", monitor_ids=[monitor], query=None)
    for minute in range(-60, 1):
        point = {"timestamp": int(NOW) + 60 * minute, "value": 1}
        api.ok("POST", "/api/v2/series", {"series": [{"metric": "up", "type": 3, "points": [point]}]})
    span = {"from_ts": int(NOW) - 3600, "to_ts": int(NOW)}
    said = api.ok("GET", f"/api/v2/slo/{made['id']}/status", params=span)["data"]["attributes"]
    history = api.ok("GET", f"/api/v1/slo/{made['id']}/history", params={**span, "target": 95})["data"]["overall"]

    assert said["sli"] == history["sli_value"]
    assert (said["error_budget_remaining"], said["raw_error_budget_remaining"]["value"]) == (0, 0)
    assert history["error_budget_remaining"]["custom"] == 100


def test_k1_a_correction_has_no_times_when_it_is_made_and_has_them_afterwards(api: Api) -> None:
    made = correct(api, slo_id=make(api)["id"])
    assert (made["attributes"]["created_at"], made["attributes"]["modified_at"]) == (None, None)
    assert "slo_query" not in made["attributes"]
    assert made["id"][14] == "1"
    path = f"/api/v1/slo/correction/{made['id']}"
    read = api.ok("GET", path)["data"]["attributes"]
    assert (read["created_at"], read["modifier"]) == (int(NOW), None)
    changed = api.ok("PATCH", path, {"data": {"type": "correction", "attributes": {"category": "Other"}}})["data"]
    assert (changed["attributes"]["category"], changed["attributes"]["modifier"] is None) == ("Other", False)
    assert api("DELETE", path).status_code == 204
    assert api("GET", path).status_code == 404


def test_k1_a_correction_that_recurs_has_no_end(api: Api) -> None:
    rule = {"rrule": "FREQ=DAILY;INTERVAL=10;COUNT=5", "duration": 3600, "end": None}
    made = correct(api, slo_id=make(api)["id"], **rule)["attributes"]
    assert (made["rrule"], made["duration"], made["end"]) == ("FREQ=DAILY;INTERVAL=10;COUNT=5", 3600, None)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"category": "Holiday"}, "category 'Holiday' is not one of Scheduled Maintenance, Outside Business Hours, Deployment, Other"),
        ({"slo_query": "env:prod"}, "must specify exactly one of slo_id and slo_query"),
        ({"end": 1}, "end must be later than start"),
        ({"end": None}, "must specify end, or rrule and duration"),
        ({"rrule": "FREQ=DAILY"}, "duration must be seconds from 1 to 31622400 with an rrule"),
        ({"rrule": "FREQ=DAILY;BYHOUR=3", "duration": 60}, "rrule: BYHOUR is not supported: it has FREQ, INTERVAL, COUNT, UNTIL, BYDAY"),
        ({"timezone": "Mars"}, "timezone 'Mars' is not a time zone of the IANA database"),
    ],
)  # fmt: skip
def test_k2_what_is_wrong_with_a_correction_is_said(api: Api, changes: dict[str, Any], text: str) -> None:
    usual = {"category": "Other", "start": int(NOW), "end": int(NOW) + 60, "slo_id": make(api)["id"]}
    sent = {"data": {"type": "correction", "attributes": {**usual, **changes}}}
    assert api.refused("POST", "/api/v1/slo/correction", sent) == (400, f"Invalid payload: {text}")


def test_k2_corrections_are_listed_the_newest_first(api: Api) -> None:
    slo = make(api, tags=["env:prod", "service:web"])["id"]
    made = [correct(api, slo_id=slo)["id"] for _ in range(3)]
    page = api.ok("GET", "/api/v1/slo/correction?limit=2")
    assert [one["id"] for one in page["data"]] == made[:0:-1]
    assert page["meta"]["page"] == {"total_count": 3, "total_filtered_count": 2}
    own = api.ok("GET", f"/api/v1/slo/{slo}/corrections")
    assert own["meta"]["pagination"] == {
        **{"offset": 0, "first_offset": 0, "prev_offset": 0, "next_offset": 10},
        **{"last_offset": 0, "limit": 10, "type": "offset_limit", "total": 3},
    }


@pytest.mark.parametrize(("frequency", "most"), [("DAILY", 2), ("WEEKLY", 3), ("MONTHLY", 5)])
def test_k2_an_slo_has_so_many_corrections_that_recur(api: Api, frequency: str, most: int) -> None:
    slo = make(api)["id"]
    attributes = {"slo_id": slo, "rrule": f"FREQ={frequency}", "duration": 60, "end": None}
    for _ in range(most):
        correct(api, **attributes)
    sent = {"data": {"type": "correction", "attributes": {"category": "Other", "start": int(NOW), **attributes}}}
    text = f"Invalid payload: an SLO has at most {most} {frequency} corrections over 90 days"
    assert api.refused("POST", "/api/v1/slo/correction", sent) == (400, text)
    correct(api, slo_id=slo)  # one that does not recur is of another kind


def test_k3_what_is_corrected_does_not_alert(api: Api) -> None:
    send(api, 0, 100)
    slo = make(api, thresholds=[{"timeframe": "7d", "target": 99.9}])
    correct(api, slo_id=slo["id"], start=int(NOW) - 120, end=int(NOW))
    number = api.ok("POST", "/api/v1/monitor", {"type": "slo alert", "name": "a", "query": BURN.format(slo["id"])})[
        "id"
    ]
    api.ok("POST", "/doghouse/advance", {"minutes": 2})
    assert api.ok("GET", f"/api/v1/monitor/{number}")["overall_state"] == "OK"


def test_k3_a_query_corrects_every_slo_whose_tags_it_matches_later_ones_too(api: Api) -> None:
    correct(api, slo_query="env:prod service:web")
    both = make(api, tags=["env:prod", "service:web"])["id"]
    one = make(api, tags=["env:prod"])["id"]
    counted = [len(api.ok("GET", f"/api/v1/slo/{slo}/corrections")["data"]) for slo in (both, one)]
    assert counted == [1, 0]


def test_b1_b5_an_alert_of_an_slo_is_checked_against_it(api: Api) -> None:
    strict = make(api, thresholds=[{"timeframe": "7d", "target": 99.9}])["id"]
    loose = make(api, thresholds=[{"timeframe": "7d", "target": 90}])["id"]

    def alert(query: str) -> tuple[int, Any]:
        answer = api("POST", "/api/v1/monitor", {"type": "slo alert", "query": query, "name": "a", "message": "m"})
        return answer.status_code, answer.json().get("query") or answer.json()["errors"][0]

    query = BURN.format(strict)
    assert alert(f"\n  {query}\n") == (200, query)
    monitor = api.ok("GET", "/api/v1/monitor")[0]
    with_ids = api.ok("GET", f"/api/v1/slo/{strict}?with_configured_alert_ids=true")["data"]
    assert with_ids["configured_alert_ids"] == [monitor["id"]]
    limit = "Alert threshold (14.4) must be in range 0 to 10.0 for burn rate alerts (max threshold = 1/1-slo target)."
    assert alert(BURN.format(loose)) == (400, limit)
    wrong = "The value provided for parameter 'query' is invalid: "
    assert alert(BURN.format("unknown")) == (400, f"{wrong}SLO unknown not found")
    assert alert(query.replace('"7d"', '"30d"')) == (400, f"{wrong}SLO {strict} has no target for 30d, only for 7d")
    assert alert(query.replace('"7d"', '"1w"'))[1].startswith(f"{wrong}.over() takes 7d, 30d, 90d, not 1w")


def test_the_page_lists_each_target_with_what_is_left_of_its_budget(api: Api) -> None:
    assert "No SLOs yet" in api("GET", "/slo/manage").text
    send(api, 960, 40)
    slo = make(
        api, name="answers well", thresholds=[{"timeframe": "7d", "target": 95}, {"timeframe": "30d", "target": 99}]
    )
    monitor = {"type": "slo alert", "name": "a", "query": BURN.format(slo["id"])}
    number = api.ok("POST", "/api/v1/monitor", monitor)["id"]
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", api("GET", "/slo/manage").text))
    assert f"answers well metric 95 % in 7d OK 96.0 % 20.00 % monitor {number}" in text
    assert "99 % in 30d Breached 96.0 % -300.00 %" in text
    assert f"/slo/manage#{slo['id']}" in api("GET", f"/monitors/{number}").text


def test_an_alert_whose_slo_is_gone_or_changed_stays_as_it_was_and_the_others_are_stepped(api: Api) -> None:
    send(api, 0, 100)
    slo = make(api, thresholds=[{"timeframe": "7d", "target": 99.9}])
    body = {"type": "slo alert", "name": "a", "query": BURN.format(slo["id"])}
    number = api.ok("POST", "/api/v1/monitor", body)["id"]
    other = api.ok("POST", "/api/v1/monitor", MONITOR)["id"]
    assert number < other
    api.ok("POST", "/doghouse/advance", {"minutes": 2})
    assert api.ok("GET", f"/api/v1/monitor/{number}")["overall_state"] == "Alert"
    api.ok("PUT", f"/api/v1/slo/{slo['id']}", body_of_90_days())
    api.ok("POST", "/doghouse/advance", {"minutes": 2})
    api.ok("DELETE", f"/api/v1/slo/{slo['id']}")
    point = [api.clock.now(), 100]
    api.ok("POST", "/api/v1/series", {"series": [{"metric": "m", "type": "gauge", "points": [point]}]})
    api.ok("POST", "/doghouse/advance", {"minutes": 1})
    states = [api.ok("GET", f"/api/v1/monitor/{one}")["overall_state"] for one in (number, other)]
    assert states == ["Alert", "Alert"]


def body_of_90_days() -> dict[str, Any]:
    return body(thresholds=[{"timeframe": "90d", "target": 99.9}])
