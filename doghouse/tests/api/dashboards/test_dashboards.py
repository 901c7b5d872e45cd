import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.dashboards.identity import slug

from ..conftest import Api

NOTE = {"definition": {"type": "note", "content": "hello"}}
BOARD = {"title": "My board", "layout_type": "ordered", "widgets": [NOTE]}


def board(**changes: Any) -> dict[str, Any]:
    return {**BOARD, **changes}


def test_a_new_dashboard_is_answered_with_200_and_all_that_was_not_sent_is_filled_in(api: Api) -> None:
    answer = api("POST", "/api/v1/dashboard", BOARD)
    made = answer.json()
    assert answer.status_code == 200
    assert re.fullmatch(r"[2-9a-km-np-z]{3}(-[2-9a-km-np-z]{3}){2}", made["id"])
    assert made["url"] == f"/dashboard/{made['id']}/my-board"
    assert made["created_at"] == made["modified_at"] == "2026-03-02T10:00:00.000000+00:00"
    assert [made[key] for key in ("description", "template_variables", "notify_list")] == [None, None, None]
    assert not made.keys() & {"template_variable_presets", "tags", "reflow_type", "tabs"}


def test_widgets_come_back_as_sent_with_an_id_for_each_that_had_none(api: Api) -> None:
    odd = {"id": 7, "definition": {"type": "note", "content": "x", "unheard_of": {"a": [1, 1.0, None]}}}
    group = {"definition": {"type": "group", "layout_type": "ordered", "widgets": [NOTE, odd]}}
    first, second = api.ok("POST", "/api/v1/dashboard", board(widgets=[group, odd]))["widgets"]
    inner, kept = first["definition"]["widgets"]
    assert second == odd == kept
    assert inner["definition"] == NOTE["definition"]
    assert all(10**12 <= widget["id"] < 2**53 for widget in (first, inner))


def test_saved_views_come_back_by_name(api: Api) -> None:
    presets = [{"name": name, "template_variables": []} for name in ("west", "east")]
    made = api.ok("POST", "/api/v1/dashboard", board(template_variable_presets=presets))
    assert [preset["name"] for preset in made["template_variable_presets"]] == ["east", "west"]


def test_a_dashboard_survives_a_restart_of_the_server(open_api: Callable[[], Api]) -> None:
    made = open_api().ok("POST", "/api/v1/dashboard", BOARD)
    assert open_api().ok("GET", f"/api/v1/dashboard/{made['id']}") == made


def test_putting_replaces_the_whole_but_for_id_and_creation(api: Api) -> None:
    made = api.ok("POST", "/api/v1/dashboard", board(description="old", tags=["team:a"]))
    api.clock.set(api.clock.now() + 60)
    put = api.ok("PUT", f"/api/v1/dashboard/{made['id']}", board(title="New name", id="ignored", url="ignored"))
    assert put["id"] == made["id"]
    assert put["url"].endswith("/new-name")
    assert put["created_at"] == made["created_at"] < put["modified_at"]
    assert put["description"] is None
    assert "tags" not in put
    assert api.ok("GET", f"/api/v1/dashboard/{made['id']}") == put


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_unknown_dashboard_is_not_found(api: Api, method: str) -> None:
    body = BOARD if method == "PUT" else None
    assert api.refused(method, "/api/v1/dashboard/abc-def-ghi", body) == (
        404,
        "Dashboard with ID abc-def-ghi not found",
    )


def test_a_deleted_dashboard_can_be_restored(api: Api) -> None:
    made = api.ok("POST", "/api/v1/dashboard", BOARD)
    path = f"/api/v1/dashboard/{made['id']}"
    assert api.ok("DELETE", path) == {"deleted_dashboard_id": made["id"]}
    assert api("GET", path).status_code == 404
    deleted = api.ok("GET", "/api/v1/dashboard?filter[deleted]=true")["dashboards"]
    assert [one["deleted_at"] for one in deleted] == ["2026-03-02T10:00:00.000000+00:00"]
    many = {"data": [{"id": made["id"], "type": "dashboard"}]}
    assert api("PATCH", "/api/v1/dashboard", many).status_code == 204
    assert api.ok("GET", path) == made


def test_many_are_deleted_together_or_not_at_all(api: Api) -> None:
    ids = [api.ok("POST", "/api/v1/dashboard", BOARD)["id"] for _ in range(2)]
    data = [{"id": one, "type": "dashboard"} for one in ids]
    unknown = {"data": [*data, {"id": "abc-def-ghi", "type": "dashboard"}]}
    assert api("DELETE", "/api/v1/dashboard", unknown).status_code == 404
    assert len(api.ok("GET", "/api/v1/dashboard")["dashboards"]) == 2
    answer = api("DELETE", "/api/v1/dashboard", {"data": data})
    assert (answer.status_code, answer.content) == (204, b"")
    assert api.ok("GET", "/api/v1/dashboard") == {"dashboards": []}


def test_a_list_is_cut_into_pages(api: Api) -> None:
    for title in "abcde":
        api.ok("POST", "/api/v1/dashboard", board(title=title))
    page = api.ok("GET", "/api/v1/dashboard?start=1&count=2")["dashboards"]
    assert [one["title"] for one in page] == ["b", "c"]
    assert api.ok("GET", "/api/v1/dashboard?filter[shared]=true") == {"dashboards": []}
    assert api.refused("GET", "/api/v1/dashboard?count=x")[0] == 400


def test_the_list_has_every_dashboard_unless_a_page_is_asked_for(api: Api) -> None:
    for number in range(102):
        api.ok("POST", "/api/v1/dashboard", {"title": str(number), "layout_type": "ordered", "widgets": []})

    assert len(api.ok("GET", "/api/v1/dashboard")["dashboards"]) == 102
    assert len(api.ok("GET", "/api/v1/dashboard?start=0")["dashboards"]) == 100
    assert len(api.ok("GET", "/api/v1/dashboard?count=101")["dashboards"]) == 101


def test_a_tab_that_points_at_a_place_is_answered_with_the_widgets_id(api: Api) -> None:
    made = api.ok(
        "POST", "/api/v1/dashboard", board(widgets=[NOTE, NOTE], tabs=[{"name": "t", "widget_ids": ["@2", "@1"]}])
    )
    first, second = (widget["id"] for widget in made["widgets"])
    assert made["tabs"][0]["widget_ids"] == [second, first]


@given(st.text())
def test_a_slug_has_only_lower_case_letters_digits_and_single_inner_hyphens(title: str) -> None:
    made = slug(title)
    assert made == "" or re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", made)
    assert len(made) <= 80


def test_punctuation_in_a_title_vanishes_from_the_slug() -> None:
    assert slug("Michael's Dashboard Mon, Oct 28, 2:45:47 pm") == "michaels-dashboard-mon-oct-28-24547-pm"
    assert slug("a_b  - c") == "ab-c"
