from typing import Any

import pytest

from ..conftest import Api

LISTS = "/api/v1/dashboard/lists/manual"
NOTE = {"definition": {"type": "note", "content": "hello"}, "layout": {"x": 0, "y": 0, "width": 4, "height": 2}}


def a_dashboard(api: Api, layout: str = "ordered") -> dict[str, str]:
    made = api.ok("POST", "/api/v1/dashboard", {"title": layout, "layout_type": layout, "widgets": [NOTE]})
    kind = {"ordered": "custom_timeboard", "free": "custom_screenboard"}[layout]
    return {"id": made["id"], "type": kind}


def a_list(api: Api, *items: dict[str, str]) -> int:
    list_id: int = api.ok("POST", LISTS, {"name": "mine"})["id"]
    if items:
        api.ok("POST", items_of(list_id), {"dashboards": list(items)})
    return list_id


def items_of(list_id: int) -> str:
    return f"/api/v2/dashboard/lists/manual/{list_id}/dashboards"


def ids_in(api: Api, list_id: int) -> set[str]:
    return {one["id"] for one in api.ok("GET", items_of(list_id))["dashboards"]}


def test_a_new_list_is_empty_and_can_be_read_renamed_and_deleted(api: Api) -> None:
    answer = api("POST", LISTS, {"name": "mine"})
    made = answer.json()
    assert answer.status_code == 200
    assert (made["type"], made["dashboard_count"], made["dashboards"]) == ("manual_dashboard_list", 0, None)
    path = f"{LISTS}/{made['id']}"
    assert api.ok("GET", path) == made
    api.clock.set(api.clock.now() + 5)
    renamed = api.ok("PUT", path, {"name": "yours"})
    assert (renamed["name"], renamed["created"]) == ("yours", made["created"])
    assert renamed["modified"] > made["modified"]
    assert api.ok("GET", LISTS) == {"dashboard_lists": [renamed]}
    assert api.ok("DELETE", path) == {"deleted_dashboard_list_id": made["id"]}
    assert api.refused("GET", path) == (404, f"Manual Dashboard List with id {made['id']} not found")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_unknown_list_is_not_found(api: Api, method: str) -> None:
    body = {"name": "x"} if method == "PUT" else None
    assert api.refused(method, f"{LISTS}/0", body) == (404, "Manual Dashboard List with id 0 not found")


def test_a_list_knows_the_layouts_of_its_dashboards(api: Api) -> None:
    board, screen = a_dashboard(api), a_dashboard(api, "free")
    list_id = a_list(api)
    added = api.ok("POST", items_of(list_id), {"dashboards": [board, screen]})
    assert sorted(added["added_dashboards_to_list"], key=str) == sorted([board, screen], key=str)
    items = api.ok("GET", items_of(list_id))
    assert items["total"] == 2
    assert {(one["id"], one["type"]) for one in items["dashboards"]} == {
        (one["id"], one["type"]) for one in (board, screen)
    }
    assert api.ok("GET", f"{LISTS}/{list_id}")["dashboard_count"] == 2


def test_a_dashboard_that_is_no_more_is_in_no_list(api: Api) -> None:
    board = a_dashboard(api)
    list_id = a_list(api, board)
    api.ok("DELETE", f"/api/v1/dashboard/{board['id']}")
    assert api.ok("GET", items_of(list_id)) == {"dashboards": [], "total": 0}


def test_putting_replaces_what_is_in_a_list(api: Api) -> None:
    old, new = a_dashboard(api), a_dashboard(api, "free")
    list_id = a_list(api, old)
    assert api.ok("PUT", items_of(list_id), {"dashboards": [new]}) == {"dashboards": [new]}
    assert ids_in(api, list_id) == {new["id"]}


def test_taking_out_names_only_what_was_in_the_list(api: Api) -> None:
    board, other = a_dashboard(api), a_dashboard(api)
    list_id = a_list(api, board)
    answer: Any = api.ok("DELETE", items_of(list_id), {"dashboards": [board, other]})
    assert answer == {"deleted_dashboards_from_list": [board]}
    assert ids_in(api, list_id) == set()


def test_a_lists_items_have_the_tags_of_their_boards_and_the_list_of_all_boards_has_not(api: Api) -> None:
    body = {"title": "t", "layout_type": "ordered", "widgets": [NOTE], "tags": ["team:bakery"]}
    made = api.ok("POST", "/api/v1/dashboard", body)
    items = items_of(a_list(api, {"id": made["id"], "type": "custom_timeboard"}, a_dashboard(api)))
    assert sorted(one["tags"] for one in api.ok("GET", items)["dashboards"]) == [[], ["team:bakery"]]
    assert all("tags" not in one for one in api.ok("GET", "/api/v1/dashboard")["dashboards"])
