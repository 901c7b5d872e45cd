from typing import Any

import pytest
from starlette.datastructures import State

from doghouse.monitors.states.machine import GroupState, Status

from ..conftest import Api
from .test_monitors import make


@pytest.fixture
def three(api: Api) -> dict[str, int]:
    """A web monitor in alert, a database monitor that is OK, a log monitor without data."""
    ids = {
        "web": make(api, name="Web is slow", tags=["service:web", "env:prod"], priority=1, message="@pagerduty")["id"],
        "db": make(
            api,
            name="database postgresql-main",
            query="avg(last_5m):avg:postgresql.connections{*} > 90",
            tags=["service:db", "team:data"],
        )["id"],
        "logs": make(api, type="log alert", query='logs("x").index("main").rollup("count").last("5m") > 2', name="x")[
            "id"
        ],
    }
    state: State = api.client.app.state  # type: ignore[attr-defined]
    group = (("host", "a"),)
    for name, status in (("web", Status.ALERT), ("db", Status.OK)):
        triggered = 1772445000 if status is Status.ALERT else None
        known = GroupState(status=status, last_triggered=triggered)
        state.monitors.save_step(ids[name], {group if name == "web" else (): known}, [], status, api.clock.now())
    return ids


def names(api: Api, query: str, key: str = "monitors", path: str = "search") -> list[str]:
    found = api.ok("GET", f"/api/v1/monitor/{path}", params={"query": query})[key]
    return sorted(one["name" if key == "monitors" else "monitor_name"].split()[0] for one in found)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Web", "database", "x"]),
        ("status:alert", ["Web"]),
        ("status:(Alert OR OK)", ["Web", "database"]),
        ('status:"No Data"', ["x"]),
        ("type:log", ["x"]),
        ("type:metric -status:ok", ["Web"]),
        ('tag:"service:db"', ["database"]),
        ("service:web env:prod", ["Web"]),
        ("NOT service:web AND type:metric", ["database"]),
        ("team:da*", ["database"]),
        ("metric:postgresql.connections", ["database"]),
        ("scope:env:prod", ["Web"]),
        ("slow", ["Web"]),
        ("*postgresql*", ["database"]),
        ('"postgresql-main"', ["database"]),
        ('"postgresql*"', []),
        ("title:slow OR title:x", ["Web", "x"]),
        ("notification:pagerduty", ["Web"]),
        ("priority:p1", ["Web"]),
        ("muted:true", []),
        ("(status:alert OR type:log) -priority:1", ["x"]),
    ],
)
@pytest.mark.usefixtures("three")
def test_a_search_finds_monitors_by_their_attributes(api: Api, query: str, found: list[str]) -> None:
    assert names(api, query) == sorted(found)


@pytest.mark.parametrize("path", ["search", "groups/search"])
def test_a_status_that_is_none_gets_datadogs_words(api: Api, path: str) -> None:
    text = "Query parsing error: 'notastatus' is not a valid monitor status"
    assert api.refused("GET", f"/api/v1/monitor/{path}?query=status:notastatus") == (400, text)


@pytest.mark.parametrize("query", ["(a", "a)", ":", '"a', "status:", "OR"])
def test_a_search_that_cannot_be_read_is_refused(api: Api, query: str) -> None:
    status, error = api.refused("GET", "/api/v1/monitor/search", params={"query": query})
    assert (status, error.startswith("Query parsing error:")) == (400, True)


def test_a_found_monitor_says_what_it_watches_and_whom_it_tells(api: Api, three: dict[str, int]) -> None:
    (found,) = api.ok("GET", "/api/v1/monitor/search?query=service:web")["monitors"]
    assert found["id"] == three["web"]
    assert (found["classification"], found["metrics"], found["scopes"]) == ("metric", ["system.load.1"], ["env:prod"])
    assert found["notifications"] == [{"handle": "pagerduty", "name": "Pagerduty"}]
    assert (found["status"], found["last_triggered_ts"], found["overall_state_modified"]) == (
        "Alert",
        1772445000,
        1772445600,
    )


@pytest.mark.usefixtures("three")
def test_counts_are_of_all_that_was_found_the_most_frequent_first(api: Api) -> None:
    answer = api.ok("GET", "/api/v1/monitor/search?per_page=1&page=1")
    assert answer["metadata"] == {"page": 1, "per_page": 1, "page_count": 3, "total_count": 3}
    assert len(answer["monitors"]) == 1
    assert answer["counts"]["type"] == [{"count": 2, "name": "metric"}, {"count": 1, "name": "log"}]
    assert answer["counts"]["muted"] == [{"count": 3, "name": False}]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name,asc", ["database", "Web", "x"]),
        ("name,desc", ["x", "Web", "database"]),
        ("status", ["Web", "x", "database"]),
    ],
)
@pytest.mark.usefixtures("three")
def test_a_search_is_sorted_as_asked(api: Api, sort: str, order: list[str]) -> None:
    found = api.ok("GET", f"/api/v1/monitor/search?sort={sort}")["monitors"]
    assert [one["name"].split()[0] for one in found] == order
    assert api.refused("GET", "/api/v1/monitor/search?sort=size")[0] == 400


def test_groups_are_found_one_by_one(api: Api, three: dict[str, int]) -> None:
    found: dict[str, Any] = api.ok("GET", "/api/v1/monitor/groups/search")
    groups = {one["monitor_id"]: one for one in found["groups"]}
    assert set(groups) == {three["web"], three["db"]}
    web, db = groups[three["web"]], groups[three["db"]]
    assert (web["group"], web["group_tags"], web["env_tags"], web["status"]) == (
        "host:a",
        ["host:a"],
        ["prod"],
        "Alert",
    )
    assert (db["group"], db["group_tags"], db["team_tags"], db["last_triggered_ts"]) == (
        "total",
        ["total"],
        ["data"],
        0,
    )
    assert names(api, "group_status:alert", "groups", "groups/search") == ["Web"]


def test_a_muted_group_says_for_how_long(api: Api, three: dict[str, int]) -> None:
    end = int(api.clock.now()) + 600
    api.ok("POST", f"/api/v1/monitor/{three['web']}/mute?scope=host:a&end={end}")
    (found,) = api.ok("GET", "/api/v1/monitor/groups/search?query=muted:true")["groups"]
    assert (found["muted"], found["muted_until_ts"], found["muted_remaining"]) == (True, end, 600)
    assert names(api, "muted_left:10m") == ["Web"]
    assert names(api, "muted_left:9m") == []
    assert names(api, "muted_elapsed:1s") == []


def test_the_states_of_groups_are_shown_when_asked_for(api: Api, three: dict[str, int]) -> None:
    path = f"/api/v1/monitor/{three['web']}"
    assert "state" not in api.ok("GET", path)
    group = api.ok("GET", f"{path}?group_states=all")["state"]["groups"]["host:a"]
    assert (group["name"], group["status"], group["last_triggered_ts"]) == ("host:a", "Alert", 1772445000)
    assert api.ok("GET", f"{path}?group_states=warn,no data")["state"]["groups"] == {}
