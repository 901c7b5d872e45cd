from collections.abc import Callable
from typing import Any

import pytest

from doghouse.downtimes import v1
from doghouse.downtimes.model import DowntimeError

from ..conftest import NOW, Api
from ..monitors.test_monitors import make

V1, V2 = "/api/v1/downtime", "/api/v2/downtime"
UNKNOWN = "00000000-0000-1234-0000-000000000000"
RECURRENCE = {"start": "2026-03-02T19:00:00", "duration": "14h", "rrule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"}


def v2(**attributes: Any) -> dict[str, Any]:
    given = {"scope": "env:prod", "monitor_identifier": {"monitor_tags": ["*"]}, **attributes}
    return {"data": {"type": "downtime", "attributes": given}}


def recurring(timezone: str = "Europe/Berlin", **recurrence: Any) -> dict[str, Any]:
    schedule = {"timezone": timezone, "recurrences": [{**RECURRENCE, **recurrence}]}
    return v2(schedule=schedule, display_timezone=timezone)


def schedule(api: Api, body: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = api.ok("POST", V2, body)["data"]
    return data


def attributes(api: Api, downtime_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.ok("GET", f"{V2}/{downtime_id}")["data"]["attributes"]
    return found


def test_a_new_downtime_is_answered_with_200_and_all_that_was_not_sent(api: Api) -> None:
    answer = api("POST", V2, v2())
    data = answer.json()["data"]
    assert answer.status_code == 200
    made = data["attributes"]
    assert (made["status"], made["message"], made["display_timezone"], made["canceled"]) == (
        "active",
        None,
        "UTC",
        None,
    )
    assert set(made["notify_end_states"]) == {"alert", "no data", "warn"}
    assert (made["notify_end_types"], made["mute_first_recovery_notification"]) == (["expired"], False)
    assert made["schedule"] == {"start": "2026-03-02T10:00:00+00:00", "end": None}
    assert made["created"] == made["modified"] == "2026-03-02T10:00:00.000000+00:00"
    assert data["relationships"]["monitor"] == {"data": None}
    (user,) = answer.json()["included"]
    assert data["relationships"]["created_by"] == {"data": {"type": "users", "id": user["id"]}}


def test_a_downtime_survives_a_restart_of_the_server(open_api: Callable[[], Api]) -> None:
    made = schedule(open_api(), v2())
    assert open_api().ok("GET", f"{V2}/{made['id']}")["data"]["attributes"] == made["attributes"]


def test_reading_tells_relations_only_when_asked(api: Api) -> None:
    monitor = make(api)
    made = schedule(api, v2(monitor_identifier={"monitor_id": monitor["id"]}))
    assert set(api.ok("GET", f"{V2}/{made['id']}")) == {"data"}
    assert set(api.ok("GET", f"{V2}/{made['id']}")["data"]) == {"type", "id", "attributes"}
    whole = api.ok("GET", f"{V2}/{made['id']}?include=created_by,monitor")
    assert whole["data"]["relationships"]["monitor"] == {"data": {"type": "monitor", "id": str(monitor["id"])}}
    kinds = {one["type"]: one for one in whole["included"]}
    assert kinds["monitor"] == {"type": "monitor", "id": monitor["id"], "attributes": {"name": monitor["name"]}}


@pytest.mark.parametrize(
    ("sent", "shown", "status"),
    [
        ({"start": "2050-01-02T03:04:05Z"}, {"start": "2050-01-02T03:04:05+00:00", "end": None}, "scheduled"),
        (
            {"start": None, "end": "2050-01-02T03:04:05Z"},
            {"start": "2026-03-02T10:00:00+00:00", "end": "2050-01-02T03:04:05+00:00"},
            "active",
        ),
    ],
)
def test_a_one_time_schedule_is_shown_in_utc(api: Api, sent: Any, shown: Any, status: str) -> None:
    made = schedule(api, v2(schedule=sent))["attributes"]
    assert (made["schedule"], made["status"]) == (shown, status)


def test_a_recurring_schedule_shows_its_current_stretch(api: Api) -> None:
    made = schedule(api, recurring())["attributes"]
    assert made["status"] == "scheduled"
    assert made["schedule"] == {
        "timezone": "Europe/Berlin",
        "recurrences": [RECURRENCE],
        "current_downtime": {"start": "2026-03-02T18:00:00+00:00", "end": "2026-03-03T08:00:00+00:00"},
    }


def test_a_recurrence_without_start_begins_now_on_the_clocks_of_its_zone(api: Api) -> None:
    made = schedule(api, recurring(start=None))["attributes"]
    assert made["schedule"]["recurrences"][0]["start"] == "2026-03-02T11:00:00"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (v2(scope="BAD_SCOPE_MISSING_KEY_VALUE_FORMAT"), "All values must have a key"),
        (v2(unheard_of=1), "Additional properties are not allowed ('unheard_of' was unexpected)"),
        (v2(a=1, b=2), "Additional properties are not allowed ('a', 'b' were unexpected)"),
        (recurring(rrule="FREQ=NEVER"), "schedule.recurrences[0].rrule"),
        (recurring(duration="14hours"), "schedule.recurrences[0].duration"),
        (recurring(start="2026-03-02T19:00:00Z"), "schedule.recurrences[0].start"),
        (v2(schedule={"start": "2026-03-02T19:00:00+01:00"}), "schedule.start"),
        ({"data": {"type": "downtime"}}, "attributes"),
    ],
)
def test_a_wrong_downtime_is_refused_and_the_field_is_named(api: Api, body: dict[str, Any], text: str) -> None:
    status, error = api.refused("POST", V2, body)
    assert (status, text in error) == (400, True), error
    assert api.ok("GET", V2)["data"] == []


def test_an_update_changes_only_what_is_sent(api: Api) -> None:
    made = schedule(api, v2(message="old"))
    api.clock.set(NOW + 60)
    body = {"data": {"type": "downtime", "id": "", "attributes": {"message": "new"}}}
    changed = api.ok("PATCH", f"{V2}/{made['id']}", body)
    assert changed["data"]["attributes"] == {
        **made["attributes"],
        "message": "new",
        "modified": "2026-03-02T10:01:00.000000+00:00",
    }
    assert "included" in changed


def test_an_update_can_start_a_downtime_now(api: Api) -> None:
    made = schedule(api, v2(schedule={"start": "2050-01-02T03:04:05Z"}))
    body = {"data": {"type": "downtime", "id": made["id"], "attributes": {"schedule": {"start": None}}}}
    changed = api.ok("PATCH", f"{V2}/{made['id']}", body)["data"]["attributes"]
    assert (changed["status"], changed["schedule"]["start"]) == ("active", "2026-03-02T10:00:00+00:00")


def one_time(start: str | None = None, end: str | None = None, **more: Any) -> dict[str, Any]:
    return v2(schedule={"start": start, "end": end}, **more)


def test_a_downtime_like_one_that_is_there_is_refused_with_its_id(api: Api) -> None:
    later = one_time("2026-03-03T10:00:00Z", "2026-03-03T12:00:00Z")
    there = schedule(api, later)["id"]
    words = f"The downtime being created is a duplicate of one or more existing downtimes: ['{there}']"

    assert api.refused("POST", V2, later) == (400, words)
    assert schedule(api, one_time("2026-03-03T10:00:00Z", "2026-03-03T12:00:01Z"))["id"] != there
    assert api("DELETE", f"{V2}/{there}").status_code == 204
    assert schedule(api, later)["id"] != there


def test_a_downtime_that_is_over_before_it_begins_is_refused(api: Api) -> None:
    past = "2026-03-02T09:59:59Z"

    assert api.refused("POST", V2, one_time("2026-03-02T09:00:00Z", past)) == (400, PAST)
    assert api.refused("POST", V2, one_time(None, past)) == (400, PAST)
    made = schedule(api, one_time("2026-03-02T09:00:00Z", "2026-03-02T11:00:00Z"))
    body = {"data": {"type": "downtime", "attributes": {"schedule": {"end": past}}}}
    assert api.refused("PATCH", f"{V2}/{made['id']}", body) == (400, PAST)


PAST = "Downtime cannot be scheduled in the past"


def test_the_start_of_a_running_downtime_stays(api: Api) -> None:
    running = schedule(api, one_time("2026-03-02T09:00:00Z", "2026-03-02T11:00:00Z"))["id"]
    weekly = schedule(api, recurring(start="2026-03-02T09:00:00", duration="4h"))["id"]

    def change(downtime: str, **schedule: Any) -> dict[str, Any]:
        body = {"data": {"type": "downtime", "attributes": {"schedule": schedule}}}
        answered: dict[str, Any] = api("PATCH", f"{V2}/{downtime}", body).json()
        return answered

    for other in ("2026-03-02T09:30:00Z", "2026-03-02T10:30:00Z"):
        assert change(running, start=other) == {"errors": ["Start times of downtimes in progress cannot be changed"]}
    longer = change(running, end="2026-03-02T12:00:00Z")["data"]["attributes"]["schedule"]
    assert longer == {"start": "2026-03-02T09:00:00+00:00", "end": "2026-03-02T12:00:00+00:00"}
    moved = {**RECURRENCE, "start": "2026-03-02T10:30:00", "duration": "4h"}
    assert "errors" in change(weekly, timezone="Europe/Berlin", recurrences=[moved])
    kept = {**RECURRENCE, "start": "2026-03-02T09:00:00", "duration": "5h"}
    assert "data" in change(weekly, timezone="Europe/Berlin", recurrences=[kept])


def test_a_downtime_may_come_each_hour(api: Api) -> None:
    hourly = schedule(api, recurring("UTC", start="2026-03-02T09:50:00", duration="5m", rrule="FREQ=HOURLY;INTERVAL=2"))

    assert hourly["attributes"]["schedule"]["current_downtime"] == {
        "start": "2026-03-02T11:50:00+00:00",
        "end": "2026-03-02T11:55:00+00:00",
    }


def test_the_start_of_a_recurrence_is_answered_with_its_seconds(api: Api) -> None:
    made = schedule(api, recurring(start="2026-03-07T23:59"))
    assert made["attributes"]["schedule"]["recurrences"][0]["start"] == "2026-03-07T23:59:00"


def test_an_update_with_an_unknown_key_is_refused(api: Api) -> None:
    made = schedule(api, v2())
    body = {"data": {"type": "downtime", "id": made["id"], "attributes": {"invalid_field": "x"}}}
    text = "Additional properties are not allowed ('invalid_field' was unexpected)"
    assert api.refused("PATCH", f"{V2}/{made['id']}", body) == (400, text)


def test_canceling_works_twice_and_the_downtime_stays_readable(api: Api) -> None:
    made = schedule(api, v2())
    for _ in range(2):
        answer = api("DELETE", f"{V2}/{made['id']}")
        assert (answer.status_code, answer.content) == (204, b"")
    assert attributes(api, made["id"])["status"] == "canceled"
    assert attributes(api, made["id"])["canceled"] == "2026-03-02T10:00:00.000000+00:00"


def test_each_way_of_not_finding_has_its_own_text(api: Api) -> None:
    body = {"data": {"type": "downtime", "id": UNKNOWN, "attributes": {"message": "x"}}}
    assert api.refused("GET", f"{V2}/{UNKNOWN}") == (404, "Downtime not found")
    assert api.refused("PATCH", f"{V2}/{UNKNOWN}", body) == (404, "Downtime not found")
    assert api.refused("DELETE", f"{V2}/{UNKNOWN}") == (404, f"Downtime {UNKNOWN} not found")
    assert api.refused("GET", f"{V2}/INVALID") == (400, "Invalid URL param: downtime_id must be an uuid")
    assert api.refused("GET", f"{V1}/0") == (404, "Downtime not found")
    assert api.refused("DELETE", f"{V1}/0") == (404, "Downtime 0 not found")
    assert api.refused("GET", "/api/v2/monitor/0/downtime_matches") == (404, "Monitor with id 0 not found")


def test_the_list_is_paged_in_order_of_creation(api: Api) -> None:
    ids = [schedule(api, v2(message=str(n)))["id"] for n in range(3)]
    page = api.ok("GET", f"{V2}?page[limit]=2&page[offset]=1")
    assert [one["id"] for one in page["data"]] == ids[1:]
    assert page["meta"] == {"page": {"total_filtered_count": 3}}
    api.ok("DELETE", f"{V2}/{ids[0]}")
    assert [one["id"] for one in api.ok("GET", f"{V2}?current_only=true")["data"]] == ids[1:]
    assert "relationships" in api.ok("GET", f"{V2}?include=created_by")["data"][0]


def test_a_monitor_is_matched_by_id_by_tags_and_by_its_scope(api: Api) -> None:
    monitor = make(api, tags=["team:a", "app:x"])
    mine = [
        schedule(api, v2(scope="*", monitor_identifier={"monitor_id": monitor["id"]}))["id"],
        schedule(api, v2(scope="*", monitor_identifier={"monitor_tags": ["team:a", "app:x"]}))["id"],
        schedule(api, v2(scope="env:prod"))["id"],
    ]
    schedule(api, v2(scope="*", monitor_identifier={"monitor_tags": ["team:a", "app:y"]}))
    schedule(api, v2(scope="env:dev"))
    schedule(api, v2(scope="*", schedule={"start": "2050-01-02T03:04:05Z"}))
    answer = api.ok("GET", f"/api/v2/monitor/{monitor['id']}/downtime_matches")
    assert [one["id"] for one in answer["data"]] == mine
    assert answer["meta"] == {"page": {"total_filtered_count": 3}}
    first = answer["data"][0]["attributes"]
    assert first == {"groups": ["*"], "scope": "*", "start": "2026-03-02T10:00:00.000000+00:00", "end": None}


def test_version_1_answers_the_same_downtime_in_its_own_words(api: Api) -> None:
    body = {"scope": ["env:prod"], "end": int(NOW) + 3600, "monitor_tags": ["service", "app:web"], "message": "m"}
    made = api.ok("POST", V1, body)
    assert (made["start"], made["end"], made["timezone"], made["recurrence"]) == (NOW, NOW + 3600, "UTC", None)
    assert (made["monitor_tags"], made["monitor_id"], made["downtime_type"]) == (["app:web", "service"], None, 2)
    assert (made["active"], made["status"], made["disabled"], made["canceled"]) == (True, "active", False, None)
    assert made["notify_end_states"] == ["alert", "no data", "warn"]
    assert api.ok("GET", f"{V1}/{made['id']}") == made
    other = attributes(api, made["uuid"])
    assert (other["scope"], other["schedule"]["end"], other["message"]) == (
        "env:prod",
        "2026-03-02T11:00:00+00:00",
        "m",
    )


def test_a_downtime_of_version_2_is_listed_by_version_1_while_it_is_active_and_nothing_else(api: Api) -> None:
    made = schedule(api, recurring())
    assert api.ok("GET", V1) == []
    api.clock.set(1772474400)
    (seen,) = api.ok("GET", V1)
    assert seen["uuid"] == made["id"]
    assert seen["recurrence"]["type"] == "rrule"
    assert (seen["start"], seen["end"], seen["active"]) == (1772474400, 1772524800, True)
    words = "V2 downtimes can only be accessed from a V2 endpoint"
    for method, body in (("GET", None), ("PUT", {"message": "x"}), ("DELETE", None)):
        assert api.refused(method, f"{V1}/{seen['id']}", body) == (422, words)


@pytest.mark.parametrize(("scope", "kind"), [(["*"], 0), (["host:a"], 1), (["env:a"], 2), (["host:a", "env:b"], 2)])
def test_the_type_of_a_downtime_tells_its_scope(api: Api, scope: list[str], kind: int) -> None:
    assert api.ok("POST", V1, {"scope": scope})["downtime_type"] == kind


def test_a_recurrence_of_version_1_has_all_of_its_keys_and_recurs(api: Api) -> None:
    recurrence = {"type": "weeks", "period": 1, "week_days": ["Mon", "Tue"], "until_date": int(NOW) + 30 * 86400}
    body = {"scope": ["*"], "start": int(NOW), "end": int(NOW) + 3600, "timezone": "Etc/UTC", "recurrence": recurrence}
    made = api.ok("POST", V1, body)
    assert made["recurrence"] == {**recurrence, "until_occurrences": None}
    (rule,) = attributes(api, made["uuid"])["schedule"]["recurrences"]
    assert rule == {
        "start": "2026-03-02T10:00:00",
        "duration": "1h",
        "rrule": "FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,TU;UNTIL=20260401T100000Z",
    }
    api.clock.set(NOW + 86400 + 60)
    later = api.ok("GET", f"{V1}/{made['id']}")
    assert (later["active"], later["start"], later["end"]) == (True, NOW + 86400, NOW + 86400 + 3600)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"monitor_tags": ["a"]}, "Invalid scope parameter"),
        ({"scope": ["*"], "recurrence": {"type": "hours", "period": 1}}, "Invalid recurrence type"),
        (
            {"scope": ["*"], "recurrence": {"type": "weeks", "period": 1, "week_days": ["mon"]}},
            "Invalid set of days in week_days. Be sure that the first letter is capitalized.",
        ),
        (
            {"scope": ["*"], "recurrence": {"type": "days", "period": 1, "until_date": 1, "until_occurrences": 1}},
            "You must provide only provide one of (until_occurrences, until_date)",
        ),
        ({"scope": ["*"], "start": 1}, "Scheduled downtime start cannot be in the past"),
        ({"scope": ["*"], "start": "soon"}, "'start' must be a POSIX timestamp in seconds"),
        (
            {"scope": ["*"], "start": int(NOW) + 60, "end": int(NOW) + 59},
            "The end of a downtime must be after its start",
        ),
    ],
)
def test_version_1_refuses_in_its_own_words(api: Api, body: dict[str, Any], text: str) -> None:
    assert api.refused("POST", V1, body) == (400, text)


def test_an_update_of_version_1_is_refused_in_its_own_words_too(api: Api) -> None:
    made = api.ok("POST", V1, {"scope": ["env:prod"]})
    assert api.refused("PUT", f"{V1}/{made['id']}", {"scope": 5}) == (400, "Invalid scope parameter")


def test_an_update_of_version_1_changes_only_what_is_sent_and_says_who_did(api: Api) -> None:
    made = api.ok("POST", V1, {"scope": ["env:prod"], "end": int(NOW) + 3600})
    api.clock.set(NOW + 120)
    changed = api.ok("PUT", f"{V1}/{made['id']}", {"message": "new", "notify_end_types": ["canceled", "expired"]})
    expected = {**made, "message": "new", "notify_end_types": ["canceled", "expired"], "modified": int(NOW) + 120}
    assert changed == {**expected, "updater_id": made["creator_id"], "uuid": None}
    assert api.ok("GET", f"{V1}/{made['id']}")["uuid"] == made["uuid"]


@pytest.mark.parametrize(
    ("key", "most"), [("period", 10_000), ("until_occurrences", 1_000_000), ("until_date", 99_999_999_999)]
)
def test_a_number_of_a_recurrence_of_version_1_has_a_most(key: str, most: int) -> None:
    assert v1.recurrence({"type": "days", key: most}) is not None
    for wrong in (0, most + 1, True, 1.5, "1"):
        with pytest.raises(DowntimeError, match=f"recurrence.{key} must be a whole number from 1 to {most}"):
            v1.recurrence({"type": "days", key: wrong})


def test_no_scope_to_cancel_by_is_refused_in_version_1s_words(api: Api) -> None:
    assert api.refused("POST", f"{V1}/cancel/by_scope", {"scope": []}) == (400, "Invalid scope parameter")


def test_downtimes_are_canceled_by_their_exact_scope(api: Api) -> None:
    first = api.ok("POST", V1, {"scope": ["env:prod"]})["id"]
    second = schedule(api, v2(scope="env:prod", message="another"))["id"]
    api.ok("POST", V1, {"scope": ["env:prod", "app:x"]})
    number = next(one["id"] for one in api.ok("GET", V1) if one["uuid"] == second)
    assert api.ok("POST", f"{V1}/cancel/by_scope", {"scope": "env:prod"}) == {"cancelled_ids": [first, number]}
    assert api.refused("POST", f"{V1}/cancel/by_scope", {"scope": "env:prod"}) == (404, "No downtimes found")
    canceled = api.ok("GET", f"{V1}/{first}")
    assert (canceled["canceled"], canceled["active"], canceled["disabled"]) == (NOW, False, True)
    assert (canceled["modified"], canceled["updater_id"]) == (NOW, canceled["creator_id"])
    assert [one["id"] for one in api.ok("GET", f"{V1}?current_only=true")] == [number + 1]


def test_the_downtimes_of_a_monitor_are_listed_by_version_1(api: Api) -> None:
    monitor = make(api)
    made = api.ok("POST", V1, {"scope": ["*"], "monitor_id": monitor["id"]})
    api.ok("POST", V1, {"scope": ["*"]})
    assert [one["id"] for one in api.ok("GET", f"/api/v1/monitor/{monitor['id']}/downtimes")] == [made["id"]]


def test_v1_has_the_recurrence_as_it_was_sent_until_the_schedule_is_changed_through_v2(api: Api) -> None:
    recurrence = {"type": "days", "period": 1}
    sent = {"scope": ["env:prod"], "start": int(NOW) + 3600, "end": int(NOW) + 7200, "recurrence": recurrence}
    number = api.ok("POST", V1, sent)["id"]
    [made] = api.ok("GET", V2)["data"]

    def change(**changed: Any) -> None:
        api.ok("PATCH", f"{V2}/{made['id']}", {"data": {"type": "downtime", "id": made["id"], "attributes": changed}})

    def as_v1() -> dict[str, Any]:
        found: dict[str, Any] = api.ok("GET", f"{V1}/{number}")
        return found

    before = as_v1()
    assert {name: before["recurrence"][name] for name in recurrence} == recurrence
    change(message="another")
    assert (as_v1()["recurrence"], as_v1()["start"], as_v1()["message"]) == (
        before["recurrence"],
        before["start"],
        "another",
    )
    change(schedule={"start": "2026-03-05T10:00:00+00:00", "end": "2026-03-05T12:00:00+00:00"})
    after = as_v1()
    assert (after["recurrence"], after["end"] - after["start"]) == (None, 7200)
    assert after["start"] > before["start"]


def test_of_two_recurrences_that_run_the_longer_one_is_current(api: Api) -> None:
    api.clock.set(1_689_282_847)  # 2023-07-13T21:14:07Z, a moment of terraform-provider-datadog's recording
    recurrences = [
        {"duration": "1d", "rrule": "FREQ=DAILY;INTERVAL=1", "start": "2022-07-13T01:02:03"},
        {"duration": "1w", "rrule": "FREQ=DAILY;INTERVAL=12", "start": "2022-07-15T01:02:03"},
    ]
    schedule = {"timezone": "America/New_York", "recurrences": recurrences}
    attributes = {"monitor_identifier": {"monitor_tags": ["cat:hat"]}, "scope": "env:prod", "schedule": schedule}
    attributes["display_timezone"] = "America/New_York"
    made = api.ok("POST", "/api/v2/downtime", {"data": {"type": "downtime", "attributes": attributes}})["data"]
    whole = {"start": "2023-07-10T05:02:03+00:00", "end": "2023-07-17T05:02:03+00:00"}
    assert made["attributes"]["schedule"]["current_downtime"] == whole
    assert made["attributes"]["status"] == "active"
