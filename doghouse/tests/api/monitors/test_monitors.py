from collections.abc import Callable
from typing import Any

import pytest

from ..conftest import Api

QUERY = "avg(last_5m):avg:system.load.1{env:prod} by {host} > 90"
LOGS = 'logs("service:foo").index("main").rollup("count").last("5m") > 2'


def a_monitor(**changes: Any) -> dict[str, Any]:
    return {"type": "query alert", "query": QUERY, "name": "load", "message": "m @ops@example.com", **changes}


def make(api: Api, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = api.ok("POST", "/api/v1/monitor", a_monitor(**changes))
    return made


def options_of(api: Api, kind: str = "query alert", query: str = QUERY, **options: Any) -> dict[str, Any]:
    options_made: dict[str, Any] = make(api, type=kind, query=query, options=options)["options"]
    return options_made


def test_name_and_message_lose_the_blanks_around_them(api: Api) -> None:
    made = make(api, name="  high  ", message="\n\n@ops@example.com \n")
    assert (made["name"], made["message"]) == ("high", "@ops@example.com")


def test_a_new_monitor_is_answered_with_200_and_all_that_was_not_sent(api: Api) -> None:
    answer = api("POST", "/api/v1/monitor", {"type": "query alert", "query": QUERY, "name": "load"})
    made = answer.json()
    assert answer.status_code == 200
    assert made["created_at"] == 1772445600000
    assert made["created"] == made["modified"] == "2026-03-02T10:00:00.000000+00:00"
    assert (made["overall_state"], made["overall_state_modified"], made["multi"]) == ("No Data", None, True)
    for key in ("priority", "restricted_roles", "restriction_policy", "deleted"):
        assert made[key] is None
    assert (made["message"], made["tags"], made["assets"], made["draft_status"]) == ("", [], [], "published")
    assert set(made["creator"]) == {"id", "handle", "name", "email"}
    assert api.ok("GET", f"/api/v1/monitor/{made['id']}") == made


def test_a_monitor_survives_a_restart_of_the_server(open_api: Callable[[], Api]) -> None:
    made = make(open_api())
    assert open_api().ok("GET", f"/api/v1/monitor/{made['id']}") == made


def test_options_that_were_not_sent_are_filled_in(api: Api) -> None:
    defaults = {
        "silenced": {},
        "notify_audit": False,
        "include_tags": True,
        "notify_no_data": False,
        "new_host_delay": 300,
    }
    assert options_of(api) == defaults
    assert options_of(api, "log alert", LOGS) == {**defaults, "groupby_simple_monitor": False}


def test_a_log_alert_that_groups_is_multi_though_it_is_notified_as_a_whole(api: Api) -> None:
    grouped = LOGS.replace(".last(", '.by("source").last(')
    assert make(api, type="log alert", query=grouped, options={"groupby_simple_monitor": True})["multi"]


def test_some_defaults_depend_on_what_was_sent(api: Api) -> None:
    assert "notify_no_data" not in options_of(api, on_missing_data="show_no_data")
    assert "new_host_delay" not in options_of(api, new_group_delay=60)


def test_thresholds_become_floats_and_empty_ones_go(api: Api) -> None:
    assert options_of(api, thresholds={"critical": 90, "warning": None})["thresholds"] == {"critical": 90.0}
    assert "thresholds" not in options_of(api, query=LOGS, kind="log alert", thresholds={})
    assert options_of(api, evaluation_delay=None, timeout_h=0)["evaluation_delay"] is None


@pytest.mark.parametrize(
    ("sent", "query", "kept"),
    [
        ("query alert", 'formula("a").last("5m") > 124', "metric alert"),
        ("metric alert", "avg(current_1mo):avg:system.load.5{*} > 0.5", "query alert"),
        ("metric alert", "avg(last_5m):avg:system.load.5{*} > 0.5", "metric alert"),
        ("query alert", "avg(last_5m):avg:system.load.5{*} > 0.5", "query alert"),
    ],
)
def test_two_types_are_rewritten_and_no_others(api: Api, sent: str, query: str, kept: str) -> None:
    options: dict[str, Any] = {}
    if "current" in query:
        options["scheduling_options"] = {"evaluation_window": {"day_starts": "04:00", "month_starts": 1}}
    if "formula" in query:
        options["variables"] = [{"data_source": "metrics", "name": "a", "query": "avg:m{*}"}]
    assert make(api, type=sent, query=query, options=options)["type"] == kept


def test_the_type_of_a_monitor_stays(api: Api) -> None:
    path = f"/api/v1/monitor/{make(api)['id']}"
    logs = {"type": "log alert", "query": 'logs("a").index("*").rollup("count").last("5m") > 90'}

    assert api.refused("PUT", path, logs) == (400, "Monitor type change not allowed")
    assert api.ok("PUT", path, {"type": "metric alert"})["type"] == "metric alert"
    assert api.ok("GET", path)["query"] == QUERY


@pytest.mark.parametrize(
    ("kind", "query", "multi"),
    [
        ("query alert", "avg(last_5m):avg:m{*} > 1", False),
        ("query alert", "avg(last_5m):avg:m{*} by {host,device} > 1", True),
        ("service check", '"ntp.in_sync".over("*").last(2).pct_by_status()', False),
        ("service check", '"ntp.in_sync".over("*").by("*").last(2).count_by_status()', True),
        ("log alert", 'logs("*").index("*").rollup("count").by("source").last("5m") > 2', True),
    ],
)
def test_a_monitor_alerts_for_many_if_its_query_groups(api: Api, kind: str, query: str, multi: bool) -> None:
    assert make(api, type=kind, query=query)["multi"] is multi


def test_space_at_the_end_of_texts_is_cut_and_priority_0_is_none(api: Api) -> None:
    made = make(api, message="hi \n", query=f"{QUERY}  ", priority=0, options={"escalation_message": "again \n"})
    assert (made["message"], made["query"], made["priority"]) == ("hi", QUERY, None)
    assert made["options"]["escalation_message"] == "again"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        (
            "avg(last_1h):sum:system.net.bytes_rcvd{host:host0} > 100",
            "**system.net.bytes_rcvd** over **host:host0** was **> 100.0** on average during the **last 1h**.",
        ),
        ("max(last_5m):avg:m{*} < 1", "**m** over ***** was **< 1.0** at least once during the **last 5m**."),
        ("avg(last_5m):avg:m{*} by {host} > 100", "`avg(last_5m):avg:m{*} by {host} > 100`"),
    ],
)
def test_a_monitor_without_a_name_is_named_by_a_sentence_or_its_query(api: Api, query: str, name: str) -> None:
    assert make(api, name=None, query=query)["name"] == name


def test_the_same_monitor_twice_is_refused_but_not_the_same_name(api: Api) -> None:
    made = make(api)
    text = f"Duplicate of an existing monitor_id:{made['id']} org_id:{made['org_id']}"
    assert api.refused("POST", "/api/v1/monitor", a_monitor()) == (400, text)
    assert make(api, query=QUERY.replace("90", "91"))["name"] == made["name"]


def test_a_change_keeps_other_keys_but_replaces_options_whole(api: Api) -> None:
    made = make(api, tags=["a:b"], priority=3, options={"thresholds": {"critical": 90}, "locked": True})
    api.clock.set(api.clock.now() + 60)
    changed = api.ok(
        "PUT", f"/api/v1/monitor/{made['id']}", {"name": "new", "options": {"timeout_h": None}, "priority": None}
    )
    assert (changed["name"], changed["query"], changed["tags"], changed["priority"]) == ("new", QUERY, ["a:b"], None)
    assert changed["options"] == {
        "timeout_h": None,
        **{"notify_no_data": False, "notify_audit": False, "include_tags": True, "new_host_delay": 300, "silenced": {}},
    }
    assert (changed["created"], changed["modified"] > made["modified"]) == (made["created"], True)
    assert "creator" not in changed
    assert api.ok("GET", f"/api/v1/monitor/{made['id']}") == {**changed, "creator": made["creator"]}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_unknown_monitor_is_not_found(api: Api, method: str) -> None:
    body = {"name": "x"} if method == "PUT" else None
    assert api.refused(method, "/api/v1/monitor/12345", body) == (404, "Monitor not found")


@pytest.mark.parametrize("path", ["/api/v1/monitor", "/api/v1/monitor/validate", "/api/v1/monitor/{id}/validate"])
def test_a_query_without_operator_gets_datadogs_words_wherever_it_is_sent(api: Api, path: str) -> None:
    made = make(api)
    text = "The value provided for parameter 'query' is invalid: invalid operator specified: "
    assert api.refused("POST", path.format(id=made["id"]), {"type": "log alert", "query": "query"}) == (400, text)


def test_validation_stores_nothing(api: Api) -> None:
    assert api.ok("POST", "/api/v1/monitor/validate", a_monitor()) == {}
    assert api.ok("GET", "/api/v1/monitor") == []


def test_deleting_a_part_of_a_composite_takes_force(api: Api) -> None:
    first, second = make(api), make(api, name="other")
    query = f"{first['id']} && !{second['id']}"
    composite = make(api, type="composite", query=query, name="both")
    assert composite["multi"] is False
    reason = f"monitor [{first['id']},load] is referenced in composite monitors: [{composite['id']},both]"
    answer = api("GET", f"/api/v1/monitor/can_delete?monitor_ids={first['id']},{composite['id']}")
    assert (answer.status_code, answer.json()) == (
        409,
        {"data": {"ok": [composite["id"]]}, "errors": {str(first["id"]): [reason]}},
    )
    assert api.refused("DELETE", f"/api/v1/monitor/{first['id']}") == (400, reason)
    assert api.ok("DELETE", f"/api/v1/monitor/{first['id']}?force=true") == {"deleted_monitor_id": first["id"]}


def test_what_can_be_deleted_is_answered_without_errors(api: Api) -> None:
    made = make(api)
    answer = api.ok("GET", f"/api/v1/monitor/can_delete?monitor_ids={made['id']}")
    assert answer == {"data": {"ok": [made["id"]]}, "errors": None}


def test_a_composite_of_monitors_that_do_not_exist_is_refused(api: Api) -> None:
    body = a_monitor(type="composite", query="123456 && 654321")
    assert api.refused("POST", "/api/v1/monitor", body) == (400, "Some monitor IDs are invalid")


def test_the_list_is_an_array_by_id_with_filters_and_pages(api: Api) -> None:
    ids = [make(api, name=f"m{n}", tags=[f"n:{n}"], query=QUERY.replace("prod", f"e{n}"))["id"] for n in range(5)]

    def listed(query: str) -> list[int]:
        return [one["id"] for one in api.ok("GET", f"/api/v1/monitor{query}")]

    assert listed("") == ids
    assert listed("?page=1&page_size=2") == ids[2:4]
    assert listed(f"?id_offset={ids[1]}&page_size=2") == ids[2:4]
    assert listed("?name=M3") == [ids[3]]
    assert listed("?monitor_tags=n:2") == [ids[2]]
    assert listed("?tags=env:e4") == [ids[4]]
    assert listed("?tags=n:2") == []
    assert api.refused("GET", "/api/v1/monitor?group_states=x") == (400, "Invalid group_state filters.")


def test_a_list_has_the_downtimes_unasked_and_a_single_monitor_when_asked(api: Api) -> None:
    made = make(api)
    api.ok("POST", f"/api/v1/monitor/{made['id']}/mute")
    (listed,) = api.ok("GET", "/api/v1/monitor")
    assert [one["monitor_id"] for one in listed["matching_downtimes"]] == [made["id"]]
    path = f"/api/v1/monitor/{made['id']}"
    assert "matching_downtimes" not in api.ok("GET", path)
    assert api.ok("GET", f"{path}?with_downtimes=true")["matching_downtimes"] == listed["matching_downtimes"]


def test_runbooks_are_answered_when_made_and_when_asked_for(api: Api) -> None:
    page = {"category": "runbook", "name": "Elsewhere", "url": "https://example.com/runbook"}
    notebook = {**page, "name": "Notebook", "url": "/notebook/1", "resource_key": "1", "resource_type": "notebook"}
    made = make(api, assets=[notebook, page])
    empty = {"template_variables": {}, "options": {}}
    kept = [{**notebook, **empty}, {**page, **empty, "resource_key": None, "resource_type": None}]
    assert made["assets"] == [{**one, "monitor_id": made["id"]} for one in kept]
    path = f"/api/v1/monitor/{made['id']}"
    assert api.ok("GET", path)["assets"] == []
    assert api.ok("GET", f"{path}?with_assets=true")["assets"] == kept
    assert [len(one["assets"]) for one in api.ok("GET", "/api/v1/monitor?with_assets=true")] == [2]
    assert api.ok("PUT", path, {"name": "renamed"})["assets"] == made["assets"]


def test_a_muted_monitor_shows_its_downtime_until_it_is_unmuted(api: Api) -> None:
    made = make(api)
    path = f"/api/v1/monitor/{made['id']}"
    end = int(api.clock.now()) + 600
    assert api.ok("POST", f"{path}/mute?end={end}")["options"]["silenced"] == {"*": end}
    (downtime,) = api.ok("GET", f"{path}?with_downtimes=true")["matching_downtimes"]
    assert (downtime["monitor_id"], downtime["end"], downtime["groups"]) == (made["id"], end, ["total"])
    assert api.ok("POST", f"{path}/unmute")["options"]["silenced"] == {}
    assert api.ok("GET", f"{path}?with_downtimes=true")["matching_downtimes"] == []


def test_a_group_can_be_muted_before_there_is_one(api: Api) -> None:
    path = f"/api/v1/monitor/{make(api, query='avg(last_5m):avg:my_metric{*} by {host} > 500')['id']}"
    assert api.ok("POST", f"{path}/mute", {"scope": "host:foo"})["options"]["silenced"] == {"host:foo": None}
    (downtime,) = api.ok("GET", f"{path}?with_downtimes=true")["matching_downtimes"]
    assert (downtime["scope"], downtime["groups"]) == (["host:foo"], [])
    assert api.ok("POST", f"{path}/unmute", {"scope": "host:foo"})["options"]["silenced"] == {}


def test_a_mute_ends_by_itself(api: Api) -> None:
    made = make(api)
    api.ok("POST", f"/api/v1/monitor/{made['id']}/mute", {"end": int(api.clock.now()) + 600})
    api.clock.set(api.clock.now() + 601)
    assert api.ok("GET", f"/api/v1/monitor/{made['id']}")["options"]["silenced"] == {}


def test_muting_everything_is_a_downtime_of_everything(api: Api) -> None:
    made = make(api)
    muting = api.ok("POST", "/api/v1/monitor/mute_all")
    assert (muting["scope"], muting["active"]) == (["*"], True)
    (found,) = api.ok("GET", f"/api/v1/monitor/{made['id']}?with_downtimes=true")["matching_downtimes"]
    assert found["id"] == muting["id"]
    assert api("POST", "/api/v1/monitor/unmute_all").status_code == 204
    assert api.ok("GET", f"/api/v1/monitor/{made['id']}?with_downtimes=true")["matching_downtimes"] == []
    assert api("POST", "/api/v1/monitor/unmute_all").is_success


LOGS = 'logs("status:warn").index("*").rollup("count").last("1h") > 100'


def test_only_service_checks_keep_thresholds_that_count_other_runs_than_failed_ones(api: Api) -> None:
    """As Terraform met it: a log alert's `ok` is taken, and not in the answer."""
    kept = make(api, type="log alert", query=LOGS, options={"thresholds": {"critical": 100, "ok": 0, "unknown": 1}})

    assert kept["options"]["thresholds"] == {"critical": 100.0}


def test_what_old_exports_say_besides_is_taken_and_kept(api: Api) -> None:
    """How the page drew a log alert's thresholds, numbers as texts and empty ones."""
    said = {"comparison": ">", "timeAggregator": "avg", "period": {"seconds": 3600, "name": "1 hour"}}
    options = {
        "thresholds": {"critical": 100, **said},
        "queryConfig": {"queryString": "status:warn"},
        "renotify_interval": "0",
        "evaluation_delay": "",
    }
    kept = make(api, type="log alert", query=LOGS, options=options)["options"]

    assert kept["thresholds"] == {"critical": 100.0, **said}
    assert kept["queryConfig"] == options["queryConfig"]
