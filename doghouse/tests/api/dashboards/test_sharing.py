"""Shared dashboards: the API as the official client recorded it, and who may open the page (SLOS-RULES-SHARING, part D)."""

from __future__ import annotations

from typing import Any

import pytest
from served import Api

PUBLIC = "/api/v1/dashboard/public"
SHARER = "you@example.com"
ENV = {"name": "env", "prefix": "env", "defaults": ["*"]}
GRAPH = {"definition": {"type": "timeseries", "requests": [{"q": "avg:cpu{$env,$host} by {env,host}"}]}}


def a_board(api: Api, **more: Any) -> str:
    body = {
        "title": "Bakery",
        "layout_type": "ordered",
        "widgets": [GRAPH],
        "template_variables": [ENV, {"name": "host", "prefix": "host", "defaults": ["a"]}],
        **more,
    }
    return str(api.ok("POST", "/api/v1/dashboard", body)["id"])


def shared(api: Api, **more: Any) -> dict[str, Any]:
    body = {"dashboard_id": a_board(api), "dashboard_type": "custom_timeboard", **more}
    made: dict[str, Any] = api.ok("POST", PUBLIC, body)
    return made


def page(api: Api, share: dict[str, Any], query: str = "", **headers: str) -> Any:
    """The page as a browser without keys gets it."""
    bare = {"host": "localhost", "dd-api-key": "", "dd-application-key": "", **headers}
    return api.client.get(f"/sb/{share['token']}{query}", headers=bare, follow_redirects=False)


def test_a_share_has_what_the_recorded_ones_have(api: Api) -> None:
    share = shared(api, global_time={"live_span": "1h"}, share_type="open")
    assert share == {
        "author": {"handle": SHARER, "name": "You"},
        "dashboard_id": share["dashboard_id"],
        "dashboard_type": "custom_timeboard",
        "status": "active",
        "title": "Bakery",
        "viewing_preferences": {},
        "expiration": None,
        "last_accessed": None,
        "global_time_selectable_enabled": False,
        "global_time": {"live_span": "1h"},
        "selectable_template_vars": None,
        "token": share["token"],
        "public_url": f"http://127.0.0.1/sb/{share['token']}",
        "created": "2026-03-02T10:00:00.000000+00:00",
        "share_type": "open",
        "share_list": None,
        "session_duration_in_days": None,
        "invitees": [],
        "embeddable_domains": [],
    }
    assert api.ok("GET", f"{PUBLIC}/{share['token']}") == share


def test_all_tokens_of_a_house_begin_alike_and_none_is_another(api: Api) -> None:
    first, second = (shared(api)["token"].split("-") for _ in range(2))
    assert first[0] == second[0]
    assert first[1] != second[1]
    assert [len(part) for part in first] == [16, 32]


def test_a_change_leaves_what_it_does_not_say(api: Api) -> None:
    variables = [{"default_value": "*", "name": "env", "type": "group", "visible_tags": ["prod", "qa"]}]
    share = shared(api, share_type="invite", share_list=["a@example.org"])
    assert (share["share_list"], share["session_duration_in_days"]) == ([SHARER, "a@example.org"], 30)
    path = f"{PUBLIC}/{share['token']}"
    changed = api.ok(
        "PUT",
        path,
        {
            "global_time": {"live_span": "15m"},
            "selectable_template_vars": variables,
            "share_list": [],
            "share_type": "open",
        },
    )
    assert changed == {
        **share,
        "global_time": {"live_span": "15m"},
        "selectable_template_vars": variables,
        "share_type": "open",
        "share_list": [],
        "invitees": [],
    }
    assert api.ok("GET", path) == changed


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (
            {"dashboard_id": "abc-123-def", "dashboard_type": "custom_timeboard"},
            404,
            "custom_timeboard abc-123-def not found",
        ),
        ({"dashboard_id": "BOARD", "dashboard_type": "custom_screenboard"}, 404, "custom_screenboard BOARD not found"),
        ({"dashboard_id": "BOARD", "dashboard_type": "timeboard"}, 400, "timeboard"),
        ({"dashboard_id": "BOARD", "dashboard_type": "custom_timeboard", "share_type": "all"}, 400, "all"),
        (
            {"dashboard_id": "BOARD", "dashboard_type": "custom_timeboard", "global_time": {"live_span": "2h"}},
            400,
            "2h",
        ),
        ({"dashboard_type": "custom_timeboard"}, 400, "dashboard_id"),
    ],
)
def test_what_cannot_be_shared_is_refused_and_named(api: Api, body: dict[str, Any], status: int, error: str) -> None:
    board = a_board(api)
    sent = {key: value.replace("BOARD", board) if isinstance(value, str) else value for key, value in body.items()}
    answer = api("POST", PUBLIC, sent)
    assert answer.status_code == status
    assert error.replace("BOARD", board) in answer.text


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_token_that_nothing_has_is_404(api: Api, method: str) -> None:
    answer = api(method, f"{PUBLIC}/none", {} if method == "PUT" else None)
    assert (answer.status_code, answer.json()) == (404, {"errors": ["Shared dashboard not found"]})


def test_w41_a_page_is_gone_once_its_share_is_and_the_board_stays(api: Api) -> None:
    share = shared(api)
    assert page(api, share).status_code == 200
    assert api.ok("GET", f"{PUBLIC}/{share['token']}")["last_accessed"] == "2026-03-02T10:00:00.000000+00:00"
    assert api.ok("DELETE", f"{PUBLIC}/{share['token']}") == {"deleted_public_dashboard_token": share["token"]}
    after = page(api, share)
    assert after.status_code == 404
    assert "<h1>Nothing is shared here</h1>" in after.text
    assert "Bakery" not in after.text
    assert api.ok("GET", f"/api/v1/dashboard/{share['dashboard_id']}")["title"] == "Bakery"


def test_w42_sharing_by_invitation_sends_none(api: Api) -> None:
    share = shared(api, share_type="invite", share_list=["a@example.org"])
    assert [each["email"] for each in share["invitees"]] == [SHARER, "a@example.org"]
    assert api.ok("GET", f"{PUBLIC}/{share['token']}/invitation") == {"data": [], "meta": {"page": {"total_count": 0}}}


def test_w43_an_invitation_is_good_for_an_hour_and_its_session_for_thirty_days(api: Api) -> None:
    share = shared(api, share_type="invite", share_list=["a@example.org"])
    answer = api("POST", f"{PUBLIC}/{share['token']}/invitation", invited("a@example.org"))
    assert answer.status_code == 201
    assert answer.json()["data"] == {
        "type": "public_dashboard_invitation",
        "attributes": {
            "email": "a@example.org",
            "share_token": share["token"],
            "created_at": "2026-03-02T10:00:00.000000+00:00",
            "invitation_expiry": "2026-03-02T11:00:00.000000+00:00",
            "has_session": False,
            "session_expiry": None,
        },
    }
    link = mailed_link(api)
    assert page(api, share).status_code == 403
    cookie = page(api, share, link).headers["set-cookie"].split(";")[0]
    assert page(api, share, cookie=cookie).status_code == 200
    (data,) = api.ok("GET", f"{PUBLIC}/{share['token']}/invitation")["data"]
    assert data["attributes"]["has_session"]
    api.clock.set(api.clock.now() + 3600)
    assert page(api, share, link).status_code == 403
    assert page(api, share, cookie=cookie).status_code == 200
    api.clock.set(api.clock.now() + 30 * 86_400)
    assert page(api, share, cookie=cookie).status_code == 403


def test_whoever_is_taken_off_the_list_or_whose_invitation_is_withdrawn_sees_nothing_more(api: Api) -> None:
    share = shared(api, share_type="invite", share_list=["a@example.org"])
    path = f"{PUBLIC}/{share['token']}"
    api("POST", f"{path}/invitation", invited("a@example.org"))
    cookie = page(api, share, mailed_link(api)).headers["set-cookie"].split(";")[0]
    api.ok("PUT", path, {"share_list": ["b@example.org"]})
    assert page(api, share, cookie=cookie).status_code == 403
    api.ok("PUT", path, {"share_list": ["a@example.org"]})
    assert page(api, share, cookie=cookie).status_code == 200
    assert api("DELETE", f"{path}/invitation", invited("a@example.org")).status_code == 204
    assert page(api, share, cookie=cookie).status_code == 403


def test_nobody_is_invited_who_is_not_on_the_list(api: Api) -> None:
    share = shared(api, share_type="invite", share_list=["a@example.org"])
    answer = api("POST", f"{PUBLIC}/{share['token']}/invitation", invited("b@example.org"))
    assert answer.status_code == 400
    assert "b@example.org" in answer.text
    assert api.ok("GET", f"{PUBLIC}/{share['token']}/invitation")["data"] == []


def test_a_paused_or_expired_share_shows_nothing_and_comes_back(api: Api) -> None:
    share = shared(api, expiration="2026-03-02T12:00:00Z")
    path = f"{PUBLIC}/{share['token']}"
    api.ok("PUT", path, {"status": "paused"})
    refused = page(api, share)
    assert refused.status_code == 403
    assert "Bakery" not in refused.text
    api.ok("PUT", path, {"status": "active"})
    assert page(api, share).status_code == 200
    api.clock.set(api.clock.now() + 2 * 3600)
    assert page(api, share).status_code == 403


def test_an_embedded_board_is_shown_in_the_pages_that_it_is_shared_with_alone(api: Api) -> None:
    share = shared(api, share_type="embed", embeddable_domains=["https://wiki.example.org"])
    assert page(api, share).status_code == 403
    assert page(api, share, referer="https://evil.example.org/").status_code == 403
    framed = page(api, share, referer="https://wiki.example.org/page")
    assert framed.status_code == 200
    assert "frame-ancestors https://wiki.example.org" in framed.headers["content-security-policy"]


def test_w44_a_variable_takes_the_values_that_the_share_lists_and_no_others(api: Api) -> None:
    listed = [{"name": "env", "prefix": "env", "default_value": "prod", "visible_tags": ["prod", "qa"]}]
    share = shared(api, selectable_template_vars=listed)
    for env in ("prod", "qa", "dev"):
        for host in ("a", "b"):
            submit(api, f"env:{env}", f"host:{host}")
    assert scopes(api, share) == {"env:prod,host:a"}
    assert scopes(api, share, "?tpl_var_env=qa") == {"env:qa,host:a"}
    assert scopes(api, share, "?tpl_var_env=dev") == {"env:prod,host:a"}
    assert scopes(api, share, "?tpl_var_env=prod,dev") == {"env:prod,host:a"}
    assert scopes(api, share, "?tpl_var_host=b") == {"env:prod,host:a"}


def test_the_range_is_the_sharers_unless_it_may_be_chosen(api: Api) -> None:
    asked = "?from_ts=1772400000000&to_ts=1772403600000&live=false"
    fixed, free = (
        shared(api, global_time={"live_span": "4h"}, global_time_selectable_enabled=may) for may in (False, True)
    )
    assert numbers(api, fixed, asked)["to"] - numbers(api, fixed, asked)["from"] == 4 * 3600
    assert (numbers(api, free, asked)["from"], numbers(api, free, asked)["to"]) == (1772400000, 1772403600)
    assert "data-time-text" in page(api, free).text
    assert "data-time-text" not in page(api, fixed).text


def test_a_shared_page_has_no_way_to_the_rest_of_the_house(api: Api) -> None:
    text = page(api, shared(api)).text
    assert "/monitors/manage" not in text
    assert "/dashboard/lists" not in text
    assert "snapshot" not in text.lower()


def test_lists_of_boards_know_which_are_shared(api: Api) -> None:
    a_board(api)
    share = shared(api)
    listed = api.ok("GET", "/api/v1/dashboard?filter[shared]=true")["dashboards"]
    assert [each["id"] for each in listed] == [share["dashboard_id"]]


def test_version_2_lists_the_shares_of_a_dashboard(api: Api) -> None:
    share = shared(api, share_type="embed", embeddable_domains=["wiki.example.org"])
    listed = api.ok("GET", f"/api/v2/dashboard/{share['dashboard_id']}/shared")
    ((only,), (board, sharer)) = listed["data"], listed["included"]
    assert only["attributes"]["url"] == share["public_url"]
    assert only["attributes"]["embeddable_domains"] == ["wiki.example.org"]
    assert only["relationships"]["dashboard"]["data"]["id"] == board["id"] == share["dashboard_id"]
    assert only["relationships"]["sharer"]["data"]["id"] == sharer["id"]
    assert api("GET", "/api/v2/dashboard/abc-def-ghi/shared").status_code == 404


def test_a_share_outlives_a_restart(open_api: Any) -> None:
    first = open_api()
    share = shared(first)
    first.client.close()
    assert page(open_api(), share).status_code == 200


def submit(api: Api, *tags: str) -> None:
    series = {"metric": "cpu", "type": 3, "tags": tags, "points": [{"timestamp": int(api.clock.now()), "value": 1}]}
    api.ok("POST", "/api/v2/series", {"series": [series]})


def invited(email: str) -> dict[str, Any]:
    return {"data": {"type": "public_dashboard_invitation", "attributes": {"email": email}}}


def mailed_link(api: Api) -> str:
    """The query of the link in the newest mail."""
    (newest, *_) = api.ok("GET", "/doghouse/notifications")["notifications"][::-1]
    return "?" + str(newest["body"]).rpartition("?")[2]


def numbers(api: Api, share: dict[str, Any], query: str = "") -> Any:
    return page(api, {"token": f"{share['token']}/data"}, query).json()


def scopes(api: Api, share: dict[str, Any], query: str = "") -> set[str]:
    (widget,) = numbers(api, share, query)["widgets"]
    return {series["group"].replace(" ", "") for series in widget["series"]}
