from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.events.model import rounded

from .conftest import NOW, Api

CHANGE = {
    "title": "flag on",
    "category": "change",
    "attributes": {"changed_resource": {"name": "payments", "type": "feature_flag"}},
}


def v2(**changes: Any) -> dict[str, Any]:
    return {"data": {"type": "event", "attributes": {**CHANGE, **changes}}}


def post(api: Api, **body: Any) -> dict[str, Any]:
    event: dict[str, Any] = api.ok("POST", "/api/v1/events", {"title": "a", "text": "b", **body})["event"]
    return event


def test_an_event_is_accepted_and_found_again_by_both_of_its_ids(api: Api) -> None:
    answer = api("POST", "/api/v1/events", {"title": "deployed", "text": "1.2", "tags": ["env:prod"]})
    event = answer.json()["event"]
    assert answer.status_code == 202
    assert event["date_happened"] == NOW
    assert event["url"].endswith(event["id_str"])
    for name in (event["id"], event["id_str"]):
        assert api.ok("GET", f"/api/v1/events/{name}")["event"]["title"] == "deployed"


def test_the_id_of_version_1_is_what_javascript_leaves_of_it() -> None:
    assert rounded(6327818702635911562) == 6327818702635911000
    assert rounded(6327818704671039975) == 6327818704671040000


@given(st.integers(10**18, 9 * 10**18))
def test_a_rounded_id_is_the_same_number_to_javascript(event_id: int) -> None:
    assert float(rounded(event_id)) == float(event_id)


def test_an_event_of_long_ago_is_refused(api: Api) -> None:
    old = {"title": "a", "text": "b", "date_happened": int(NOW) - 19 * 3600}
    assert api.refused("POST", "/api/v1/events", old) == (400, "Event too far in the past")
    assert post(api, date_happened=int(NOW) - 17 * 3600)["date_happened"] == NOW - 17 * 3600
    assert post(api, date_happened=int(NOW) - 0.5)["date_happened"] == int(NOW) - 1


def test_an_alert_type_that_there_is_none_of_is_answered_with_ok_and_the_event_is_never_seen(api: Api) -> None:
    answer = api("POST", "/api/v1/events", {"title": "a", "text": "b", "alert_type": "ahhhh"})

    assert (answer.status_code, answer.json()["status"]) == (202, "ok")
    assert "the event is not kept: its alert_type 'ahhhh' is none of" in answer.headers["X-Doghouse-Warnings"]
    assert api.ok("GET", f"/api/v1/events?start=0&end={NOW:.0f}")["events"] == []


def test_a_list_needs_its_start(api: Api) -> None:
    assert api.refused("GET", "/api/v1/events") == (400, "The parameter 'start' is required")


def test_events_of_a_stretch_of_time_are_listed_newest_first_and_by_tag(api: Api) -> None:
    for back in (0, 60, 120):
        post(api, title=f"t{back}", date_happened=int(NOW) - back, tags=[f"back:{back}"])
    inside = api.ok("GET", f"/api/v1/events?start={NOW - 60:.0f}&end={NOW:.0f}")["events"]
    assert [event["title"] for event in inside] == ["t0", "t60"]
    tagged = api.ok("GET", f"/api/v1/events?start=0&end={NOW:.0f}&tags=back:120")["events"]
    assert [event["title"] for event in tagged] == ["t120"]
    assert api("GET", "/api/v1/events?start=0").status_code == 400


def test_an_event_has_its_hosts_tags(api: Api) -> None:
    api.ok("POST", "/api/v1/tags/hosts/web-1", {"tags": ["role:web"]})
    event = post(api, host="web-1", tags=["env:prod"])
    assert event["tags"] == ["env:prod"]
    assert set(api.ok("GET", f"/api/v1/events/{event['id_str']}")["event"]["tags"]) >= {"env:prod", "role:web"}


def test_what_an_agent_sends_becomes_events(api: Api) -> None:
    sent = {"msg_title": "t", "msg_text": "x", "timestamp": int(NOW), "tags": ["a:b"], "host": "h"}
    api.ok("POST", "/intake/", {"events": {"my_check": [sent]}})
    (event,) = api.ok("GET", f"/api/v1/events?start=0&end={NOW:.0f}")["events"]
    assert (event["title"], event["source"], event["host"]) == ("t", "my_check", "h")


def test_an_agents_event_of_no_known_kind_counts_as_one_that_says_none(api: Api) -> None:
    sent = {"msg_title": "t", "msg_text": "x", "alert_type": "catastrophe", "priority": "utmost"}
    api.ok("POST", "/intake/", {"events": {"my_check": [sent]}})
    (event,) = api.ok("GET", f"/api/v1/events?start=0&end={NOW + 1:.0f}")["events"]
    assert (event["alert_type"], event["priority"]) == ("info", "normal")


def test_version_2_answers_with_an_id_that_is_an_underscore(api: Api) -> None:
    answer = api("POST", "/api/v2/events", v2())
    data = answer.json()["data"]
    assert (answer.status_code, data["id"], data["type"]) == (202, "_", "event")
    evt = data["attributes"]["attributes"]["evt"]
    assert (len(evt["id"]), len(evt["uid"])) == (19, 24)
    assert api.ok("GET", f"/api/v2/events/{evt['uid']}")["data"]["id"] == evt["uid"]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (v2(category="x"), '$.data.attributes.category: value must be one of: ["alert", "change"].'),
        (v2(category="alert", attributes={"status": "x"}), "$.data.attributes.attributes.status: value must be one of"),
        (v2(attributes={}), "$.data.attributes.attributes: object missing required field `changed_resource`"),
        (v2(title="x" * 501), "$.data.attributes.title: expected `str` of length <= 500"),
    ],
)
def test_version_2_says_what_is_wrong_as_an_object(api: Api, body: dict[str, Any], detail: str) -> None:
    status, error = api.refused("POST", "/api/v2/events", body)
    assert (status, error["status"], error["title"]) == (400, "400", "Bad Request")
    assert error["detail"].startswith(f"JSON validation failed at {detail}")


def test_a_search_goes_on_where_its_cursor_says_and_ends_with_an_empty_page(api: Api) -> None:
    for back in range(3):
        post(api, title=f"t{back}", date_happened=int(NOW) - 1 - back)
    seen, path = [], "/api/v2/events?page[limit]=2"
    while page := api.ok("GET", path)["data"]:
        seen += [one["attributes"]["attributes"]["title"] for one in page]
        after = api.ok("GET", path)["meta"]["page"]["after"]
        path = f"/api/v2/events?page[limit]=2&page[cursor]={after}"
    assert seen == ["t0", "t1", "t2"]
    assert api.ok("GET", path) == {"data": []}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("deployed", ["web"]),
        ("env:prod", ["web", "db"]),
        ("env:prod -host:web", ["db"]),
        ("status:(error OR info) host:w*", ["web"]),
        ('"was deployed"', ["web"]),
        ('"was dep"', []),
        ("@evt.type:api -priority:low", ["web", "db"]),
        ("status:warn", ["db"]),
        ("*:web*", ["web"]),
        ("nothing", []),
    ],
)
def test_a_search_understands_words_tags_and_attributes(api: Api, query: str, found: list[str]) -> None:
    post(api, title="web was deployed", host="web", tags=["env:prod"], date_happened=int(NOW) - 1)
    post(api, title="db restarted", host="db", tags=["env:prod"], alert_type="warning", date_happened=int(NOW) - 1)
    answer = api.ok("POST", "/api/v2/events/search", {"filter": {"query": query}, "sort": "timestamp"})
    hosts = [one["attributes"]["attributes"]["hostname"] for one in answer["data"]]
    assert sorted(hosts) == sorted(found)


def test_a_cursor_that_is_none_gets_datadogs_odd_text(api: Api) -> None:
    text = "{'errors': [u\"input_validation_error(Field 'page' is invalid: invalid cursor)\"]}"
    assert api.refused("POST", "/api/v2/events/search", {"page": {"cursor": "eyJzdGFydEF0IjoiQVFBQUFYIn0="}}) == (
        400,
        text,
    )


def search(api: Api, **filter: Any) -> list[str]:
    """The titles of the events of a search, oldest first."""
    answer = api.ok("POST", "/api/v2/events/search", {"filter": filter, "sort": "timestamp"})
    return [event["attributes"]["attributes"]["title"] for event in answer["data"]]


def test_the_end_of_a_search_does_not_belong_to_it(api: Api) -> None:
    for back in (60, 30, 0):
        post(api, title=f"t{back}", date_happened=int(NOW) - back)
    assert search(api) == ["t60", "t30"]  # until now
    assert search(api, **{"from": "now-60s", "to": "now-30s"}) == ["t60"]
    assert search(api, **{"from": "-60s", "to": "+1s"}) == ["t60", "t30", "t0"]
    assert search(api, **{"from": int(NOW - 30) * 1000, "to": str(int(NOW + 1) * 1000)}) == ["t30", "t0"]
    assert search(api, **{"from": "2026-03-02T10:59:30+01:00", "to": "2026-03-02T10:00:01Z"}) == ["t30", "t0"]


@pytest.mark.parametrize("time", ["yesterday", "now-15", "9" * 25, -1, ""])
def test_a_time_that_cannot_be_read_is_named(api: Api, time: Any) -> None:
    status, text = api.refused("POST", "/api/v2/events/search", {"filter": {"from": time}})
    assert (status, text) == (
        400,
        f"Invalid time '{time}': expected now, now-15m, an ISO 8601 time or milliseconds since 1970",
    )


def test_the_link_to_the_next_page_repeats_what_was_named_and_leads_there(api: Api) -> None:
    for back in range(1, 4):
        post(api, title=f"t{back}", date_happened=int(NOW) - back)
    body = {"filter": {"from": "now-15m", "query": "b"}, "page": {"limit": 2}, "sort": "timestamp"}
    first = api.ok("POST", "/api/v2/events/search", body)
    after, link = first["meta"]["page"]["after"], first["links"]["next"]
    assert link.endswith(
        "/api/v2/events/search?filter%5Bfrom%5D=now-15m&filter%5Bquery%5D=b"
        f"&page%5Bcursor%5D={after}&page%5Blimit%5D=2&sort=timestamp"
    )
    assert not after.endswith("=")
    rest = api.ok("GET", link)
    assert [event["attributes"]["attributes"]["title"] for event in rest["data"]] == ["t1"]
    assert api.ok("GET", rest["links"]["next"]) == {"data": []}


def test_an_event_of_no_service_has_the_word_that_datadog_writes(api: Api) -> None:
    post(api, date_happened=int(NOW) - 1, aggregation_key="k")
    post(api, date_happened=int(NOW) - 1, tags=["service:shop"])
    events = api.ok("GET", "/api/v2/events")["data"]
    own = [event["attributes"]["attributes"] for event in events]
    assert {(one["service"], one.get("event_object")) for one in own} == {("undefined", "k"), ("shop", None)}


@pytest.mark.parametrize("query", ["status:(", "@duration:[1 TO 5", '"'])
def test_a_search_that_cannot_be_read_names_its_column(api: Api, query: str) -> None:
    status, text = api.refused("GET", "/api/v2/events", params={"filter[query]": query})
    assert status == 400
    assert text.startswith("Query parsing error: ")
    assert "(column " in text
