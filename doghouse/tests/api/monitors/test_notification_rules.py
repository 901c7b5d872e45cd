"""Notification rules over HTTP: the recorded shapes and errors, and that a rule acts as soon as it is there."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from doghouse.time.clock import Clock

from ..conftest import Api

PATH = "/api/v2/monitor/notification_rule"
UNKNOWN = "00000000-0000-1234-0000-000000000000"
CONDITIONAL = {"conditions": [{"scope": "transition_type:is_alert", "recipients": ["slack-test-channel", "jira-test"]}]}


def body(rule_id: str | None = None, **attributes: Any) -> dict[str, Any]:
    sent = {"name": "test rule", "filter": {"tags": ["app:a"]}, "recipients": ["slack-monitor-app"], **attributes}
    data = {"type": "monitor-notification-rule", "attributes": {k: v for k, v in sent.items() if v is not None}}
    return {"data": data if rule_id is None else {**data, "id": rule_id}}


def make(api: Api, **attributes: Any) -> str:
    return str(api.ok("POST", PATH, body(**attributes))["data"]["id"])


def names(api: Api, query: str = "") -> list[str]:
    return [item["attributes"]["name"] for item in api.ok("GET", PATH + query)["data"]]


def test_a_new_rule_is_answered_with_200_and_who_made_it(api: Api) -> None:
    answer = api("POST", PATH, body())
    made = answer.json()["data"]
    assert answer.status_code == 200
    assert made["attributes"] == {
        "name": "test rule",
        "filter": {"tags": ["app:a"]},
        "recipients": ["slack-monitor-app"],
        "created_at": "2026-03-02T10:00:00.000000+00:00",
        "modified_at": "2026-03-02T10:00:00.000000+00:00",
    }
    (user,) = answer.json()["included"]
    assert made["relationships"] == {"created_by": {"data": {"type": "users", "id": user["id"]}}}
    assert (user["attributes"]["uuid"], user["attributes"]["last_login_time"]) == (user["id"], None)


def test_the_type_may_be_left_out_and_what_is_kept_is_what_was_sent(api: Api) -> None:
    sent = {"name": "r", "conditional_recipients": CONDITIONAL, "bundle_config": {"duration": 3600}}
    made = api.ok("POST", PATH, {"data": {"attributes": sent}})["data"]
    assert {name: made["attributes"][name] for name in sent} == sent
    assert set(made["attributes"]) == {*sent, "created_at", "modified_at"}


def test_reading_says_who_made_it_only_where_that_is_asked(api: Api) -> None:
    made = make(api)
    assert set(api.ok("GET", f"{PATH}/{made}")) == {"data"}
    assert set(api.ok("GET", PATH)) == {"data"}
    assert "relationships" not in api.ok("GET", f"{PATH}/{made}")["data"]
    assert set(api.ok("GET", f"{PATH}/{made}?include=created_by")) == {"data", "included"}
    assert "relationships" in api.ok("GET", f"{PATH}?include=created_by")["data"][0]


def test_a_change_replaces_all_attributes(api: Api, clock: Clock) -> None:
    made = make(api)
    clock.set(clock.now() + 60)
    sent = body(made, name="updated rule", recipients=None, conditional_recipients=CONDITIONAL)
    answer = api.ok("PATCH", f"{PATH}/{made}", sent)
    changed = answer["data"]["attributes"]
    assert answer["included"]
    assert "recipients" not in changed
    assert changed["conditional_recipients"] == CONDITIONAL
    assert changed["modified_at"] == "2026-03-02T10:01:00.000000+00:00" > changed["created_at"]
    assert api.ok("GET", f"{PATH}/{made}")["data"]["attributes"] == changed


def test_a_deleted_rule_is_gone(api: Api) -> None:
    made = make(api)
    assert api("DELETE", f"{PATH}/{made}").status_code == 204
    assert api("DELETE", f"{PATH}/{made}").status_code == 404


@pytest.mark.parametrize(("method", "sent"), [("GET", None), ("PATCH", body(UNKNOWN)), ("DELETE", None)])
def test_a_rule_that_is_not_there(api: Api, method: str, sent: dict[str, Any] | None) -> None:
    answer = api(method, f"{PATH}/{UNKNOWN}", sent)
    assert (answer.status_code, answer.json()) == (404, {"errors": ["Monitor Notification Rule not found"]})


def test_a_handle_with_an_at_is_refused_as_recorded(api: Api) -> None:
    made = make(api)
    recorded = {"errors": ["Invalid recipients: Recipient handle should not start with '@'"]}
    for method, path, rule_id in (("POST", PATH, None), ("PATCH", f"{PATH}/{made}", made)):
        answer = api(method, path, body(rule_id, recipients=["@slack-test-channel"]))
        assert (answer.status_code, answer.json()) == (400, recorded)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"data": {}},
        {"data": {"attributes": {"recipients": ["a"]}}},
        body(type="notification_rule", recipients=None),
        body(filter={"scope": "web store"}),
        body(more=1),
        {**body(), "data": {**body()["data"], "type": "rule"}},
    ],
)
def test_what_is_no_rule_is_refused(api: Api, sent: dict[str, Any]) -> None:
    answer = api("POST", PATH, sent)
    assert (answer.status_code, len(answer.json()["errors"])) == (400, 1)
    assert names(api) == []


def test_a_list_has_pages_an_order_and_filters(api: Api, clock: Clock) -> None:
    for name, tag, handle in (("b", "app:x", "slack-b"), ("c", "app:y", "slack-c"), ("a", "app:x", "slack-a")):
        make(api, name=name, filter={"tags": [tag]}, recipients=[handle])
        clock.set(clock.now() + 1)
    assert names(api) == ["b", "c", "a"]
    assert names(api, "?sort=name:asc") == ["a", "b", "c"]
    assert names(api, "?sort=name:desc&per_page=2&page=1") == ["a"]
    assert names(api, "?sort=created_at:desc") == ["a", "c", "b"]
    assert names(api, "?filters=" + quote('{"tags": ["app:x"]}')) == ["b", "a"]
    assert names(api, "?filters=" + quote('{"recipients": ["slack-c", "slack-a"]}')) == ["c", "a"]
    assert names(api, "?filters=" + quote('{"text": "SLACK-B"}')) == ["b"]
    for query in ("?sort=size", "?sort=name:up", "?filters=nonsense", "?per_page=0"):
        assert api("GET", PATH + query).status_code == 400


def test_rules_survive_a_restart_of_the_server(open_api: Callable[[], Api]) -> None:
    made = make(open_api(), filter={"scope": "app:a AND NOT env:dev"})
    assert open_api().ok("GET", f"{PATH}/{made}")["data"]["attributes"]["filter"] == {"scope": "app:a AND NOT env:dev"}
