"""Endpoints that Datadog's pages no longer describe, and its own Python library and `dog` still use: as the library's recordings have them."""

from .conftest import Api

GRAPH = {
    "title": "requests",
    "definition": {"viz": "timeseries", "requests": [{"q": "avg:my_metric{*}", "type": "area"}], "markers": []},
}


def test_a_timeboard_is_made_read_listed_replaced_and_deleted_by_its_number(api: Api) -> None:
    made = api.ok("POST", "/api/v1/dash", {"title": "Api timeboard", "description": "mine", "graphs": [GRAPH]})
    number = made["dash"]["id"]
    assert made["dash"]["graphs"] == [GRAPH]
    assert (made["url"], made["resource"]) == (f"/dash/{number}/api-timeboard", f"/api/v1/dash/{number}")
    assert api.ok("GET", made["resource"]) == made
    renamed = api.ok("PUT", made["resource"], {"title": "renamed", "graphs": []})["dash"]
    kept = {"id": number, "new_id": made["dash"]["new_id"], "title": "renamed", "description": None, "graphs": []}
    assert {key: renamed[key] for key in kept} == kept
    (listed,) = api.ok("GET", "/api/v1/dash")["dashes"]
    assert (listed["id"], listed["title"], "graphs" in listed) == (str(number), "renamed", False)
    assert api("DELETE", made["resource"]).status_code == 204
    assert api.refused("GET", made["resource"])[0] == 404


def test_a_timeboard_is_a_board_with_widgets_and_the_other_way_round(api: Api) -> None:
    made = api.ok("POST", "/api/v1/dash", {"title": "t", "graphs": [GRAPH]})["dash"]
    board = api.ok("GET", f"/api/v1/dashboard/{made['new_id']}")
    (definition,) = [widget["definition"] for widget in board["widgets"]]
    assert (definition["type"], definition["requests"][0]["display_type"]) == ("timeseries", "area")
    free = {"title": "free", "layout_type": "free", "widgets": []}
    api.ok("POST", "/api/v1/dashboard", free)
    assert [one["title"] for one in api.ok("GET", "/api/v1/dash")["dashes"]] == ["t"]


def test_a_graph_that_is_none_is_refused_with_its_place(api: Api) -> None:
    for graph in ({}, {"definition": {"viz": "pie"}}):
        status, text = api.refused("POST", "/api/v1/dash", {"title": "t", "graphs": [graph]})
        assert (status, text[:29]) == (400, "Invalid widget at position 0.")


def test_a_comment_is_an_event_of_a_person_that_can_be_changed_and_answered(api: Api) -> None:
    made = api.ok("POST", "/api/v1/comments", {"message": "hello", "handle": "them@example.com"})["comment"]
    event = api.ok("GET", f"/api/v1/events/{made['id']}")["event"]
    seen = {"title": None, "text": "hello", "handle": "them@example.com", "alert_type": "user_update"}
    assert {key: event[key] for key in seen} == seen
    changed = api.ok("PUT", made["resource"], {"message": "hello again"})["comment"]
    assert (changed["message"], changed["handle"]) == ("hello again", "them@example.com")
    reply = api.ok("POST", "/api/v1/comments", {"message": "yes", "related_event_id": made["id"]})["comment"]
    assert reply["related_event_id"] == str(made["id"])
    api.ok("DELETE", made["resource"])
    assert api.refused("GET", f"/api/v1/events/{made['id']}")[0] == 404


def test_an_event_that_is_no_comment_is_not_changed_as_one(api: Api) -> None:
    posted = api("POST", "/api/v1/events", {"title": "deploy", "text": "v2"}).json()["event"]["id"]
    assert api.refused("PUT", f"/api/v1/comments/{posted}", {"message": "x"})[0] == 404
    assert api.refused("POST", "/api/v1/comments", {})[0] == 400
