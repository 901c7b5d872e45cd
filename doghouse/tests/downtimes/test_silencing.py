"""What downtimes do to the notifications of one monitor (M01: Triggered 10:05, Recovered 10:08): D01 to D07, and cases of the same kind."""

from __future__ import annotations

import pytest
from downtime_points import T0, at, iso, once, recurring, story
from msgspec.structs import replace

from doghouse import downtimes as dt
from doghouse.downtimes import Downtime
from doghouse.monitors import GroupState, Rules, Status, Transition
from doghouse.notifications.silencing import Due, of_ends


def canceled(downtime: Downtime, clock: str) -> Downtime:
    return replace(downtime, canceled=float(at(clock)))


def test_without_a_downtime_everything_is_sent() -> None:
    assert story([]) == ["10:05 Triggered", "10:08 Recovered"]


def test_d01_what_triggered_inside_is_sent_when_the_downtime_ends() -> None:
    assert story([once("10:04", "10:06")]) == [
        "10:05 Triggered silenced by 10:04-10:06",
        "10:06 Triggered (end)",
        "10:08 Recovered",
    ]


def test_d02_what_triggered_and_recovered_inside_is_never_sent() -> None:
    assert story([once("10:04", "10:20")]) == [
        "10:05 Triggered silenced by 10:04-10:20",
        "10:08 Recovered silenced by 10:04-10:20",
    ]


def test_d03_a_recovery_of_what_triggered_before_the_downtime_is_still_sent() -> None:
    assert story([once("10:06", "10:20")]) == ["10:05 Triggered", "10:08 Recovered"]


def test_d03_unless_the_downtime_mutes_it() -> None:
    muting = once("10:06", "10:20", mute_first_recovery_notification=True)

    assert story([muting]) == ["10:05 Triggered", "10:08 Recovered silenced by 10:06-10:20"]


def test_one_of_several_downtimes_that_mutes_the_recovery_is_enough() -> None:
    muting = once("10:07", "10:30", mute_first_recovery_notification=True)

    assert story([once("10:06", "10:20"), muting])[1] == "10:08 Recovered silenced by 10:07-10:30"


def test_d04_what_is_still_triggered_is_notified_at_the_end() -> None:
    assert story([once("10:06", "10:07")]) == ["10:05 Triggered", "10:07 Triggered (end)", "10:08 Recovered"]


def test_d05_a_cancelled_downtime_notifies_nothing_at_its_end_by_default() -> None:
    assert story([canceled(once("10:04", "10:30"), "10:06")]) == [
        "10:05 Triggered silenced by 10:04-10:30",
        "10:08 Recovered",
    ]


def test_a_cancelled_downtime_notifies_if_it_was_asked_to() -> None:
    asked = once("10:04", "10:30", notify_end_types=["canceled"])

    assert story([canceled(asked, "10:06")])[1] == "10:06 Triggered (end)"
    assert "10:30 Triggered (end)" not in story([asked], (100.0,) * 40)


@pytest.mark.parametrize(
    "options", [{"notify_end_types": []}, {"notify_end_states": ["warn"]}, {"notify_end_states": []}]
)
def test_d06_an_end_notifies_only_what_it_is_asked_to(options: dict[str, list[str]]) -> None:
    assert story([once("10:04", "10:06", **options)]) == ["10:05 Triggered silenced by 10:04-10:06", "10:08 Recovered"]


def test_d07_the_last_of_overlapping_downtimes_decides() -> None:
    assert story([once("10:04", "10:06"), once("10:04", "10:30")]) == [
        "10:05 Triggered silenced by 10:04-10:06",
        "10:08 Recovered silenced by 10:04-10:30",
    ]


def test_a_downtime_that_touches_the_next_does_not_notify_in_between() -> None:
    lines = story([once("10:04", "10:06"), once("10:06", "10:07")])

    assert lines == ["10:05 Triggered silenced by 10:04-10:06", "10:07 Triggered (end)", "10:08 Recovered"]


def test_occurrences_that_touch_do_not_notify_in_between() -> None:
    minutes = recurring("UTC", ("2026-03-02T10:00:00", "1d", "FREQ=DAILY;COUNT=2"))

    assert dt.releases(dt.covers([minutes], T0, T0 + 3 * 86400), T0, T0 + 3 * 86400)[0].stretch.end == T0 + 2 * 86400


def test_a_recovery_in_the_second_of_touching_occurrences_is_of_the_same_downtime() -> None:
    days = recurring("UTC", ("2026-03-02T10:00:00", "1d", "FREQ=DAILY;COUNT=2"))
    covers = dt.covers([days], T0, T0 + 3 * 86400)

    by = dt.silencer(covers, T0 + 90_000, recovery=True, episode_start=T0 + 60)

    assert by is days


def test_a_downtime_holds_from_its_start_to_before_its_end() -> None:
    assert story([once("10:05", "10:30")])[0] == "10:05 Triggered silenced by 10:05-10:30"
    assert story([once("10:04", "10:05")])[0] == "10:05 Triggered"


def test_what_triggers_as_a_downtime_begins_triggered_inside() -> None:
    assert story([once("10:05", "10:20")])[1] == "10:08 Recovered silenced by 10:05-10:20"


def test_a_trigger_at_the_very_end_is_sent_once() -> None:
    assert story([once("10:04", "10:05")]) == ["10:05 Triggered", "10:08 Recovered"]


def test_a_recovery_at_the_very_end_is_sent_instead_of_the_state() -> None:
    assert story([once("10:04", "10:08")]) == ["10:05 Triggered silenced by 10:04-10:08", "10:08 Recovered"]


def test_an_end_between_two_evaluations_notifies_when_it_ends() -> None:
    assert story([once("10:04", "10:06:30")])[1] == "10:06 Triggered (end)"
    assert dt.covers([once("10:04", "10:06:30")], T0, T0 + 900)[0].stretch.end == at("10:06:30")


def test_an_end_that_was_over_when_the_downtime_was_made_sends_nothing() -> None:
    schedule = {"start": iso(at("10:00")), "end": iso(at("10:06"))}
    made_later = dt.parse({"scope": "*", "schedule": schedule, "notify_end_types": ["expired"]}, at("10:07"))
    made_before = dt.parse({"scope": "*", "schedule": schedule, "notify_end_types": ["expired"]}, T0)

    def sent(downtime: Downtime) -> int:
        covers = dt.covers([downtime], T0, at("10:10"))
        alerts = GroupState(status=Status.ALERT)
        due = of_ends(covers, T0, at("10:10"), lambda _: alerts, notifies_at=lambda _: False, notifies_no_data=False)
        return len(list(due))

    assert (sent(made_before), sent(made_later)) == (1, 0)


@pytest.mark.parametrize(
    ("status", "sends"),
    [(Status.ALERT, True), (Status.WARN, True), (Status.NO_DATA, True), (Status.OK, False), (Status.NEW, False)],
)
def test_what_an_end_sends_is_the_state_that_the_group_is_in(status: Status, sends: bool) -> None:
    downtime = once("10:04", "10:06:30", notify_end_states=["alert", "warn", "no data"])
    covers = dt.covers([downtime], T0, at("10:10"))
    state = GroupState(status, 95.5, first_triggered=at("10:03"), last_triggered=at("10:05"))

    def due(monitor_notifies: bool, after: float, until: float) -> list[Due]:
        notifies_at = [at("10:06:30")] if monitor_notifies else []
        return list(of_ends(covers, after, until, lambda _: state, notifies_at=notifies_at.__contains__, notifies_no_data=True))  # fmt: skip

    end = at("10:06:30")
    entered = Transition(end, Status.OK, status, 95.5, notify=True, first_triggered=at("10:03"), last_triggered=at("10:05"))  # fmt: skip
    assert due(False, end - 1, end) == ([Due(entered, end, released_by=downtime.label)] if sends else [])
    assert due(False, end, end + 60) == due(False, end - 60, end - 1) == due(True, end - 1, end) == []


def test_steps_between_warn_and_alert_are_silenced() -> None:
    rules = Rules(">", 90.0, warning=80.0)

    assert story([once("10:03", "10:30")], rules=rules) == [
        "10:02 Warn",
        "10:05 Triggered silenced by 10:03-10:30",
        "10:08 Warn silenced by 10:03-10:30",
        "10:09 Recovered",
    ]


def test_repeats_are_silenced_and_go_on_afterwards() -> None:
    rules = Rules(">", 90.0, renotify_interval=600, renotify_statuses=frozenset({Status.ALERT}))

    assert story([once("10:05", "10:15")], (100.0,) * 24, rules) == [
        "10:01 Triggered",
        "10:11 Re-Triggered silenced by 10:05-10:15",
        "10:15 Triggered (end)",
        "10:21 Re-Triggered",
    ]


@pytest.mark.parametrize(("notifies", "expected"), [(True, ["10:10 No Data (end)"]), (False, [])])
def test_no_data_is_notified_at_the_end_only_if_the_monitor_notifies_it(notifies: bool, expected: list[str]) -> None:
    from doghouse.monitors.states.machine import Missing

    rules = Rules(">", 90.0, missing=Missing.NO_DATA, notify_no_data=notifies)

    lines = story([once("10:02", "10:10")], (50.0, 50.0, *(None,) * 20), rules)

    assert [line for line in lines if "(end)" in line] == expected


def test_d15_a_weekend_alert_is_told_on_monday_at_nine_with_the_right_two_downtimes() -> None:
    saturday_noon = 1772884800.0  # 2026-03-07T12:00:00Z
    monday = saturday_noon + 3 * 86400

    def told(workdays: str) -> list[float]:
        nights = recurring("Europe/Berlin", ("2026-03-01T19:00:00", "14h", f"FREQ=WEEKLY;BYDAY={workdays}"))
        weekend = recurring("Europe/Berlin", ("2026-03-07T00:00:00", "24h", "FREQ=WEEKLY;BYDAY=SA,SU"))
        covers = dt.covers([nights, weekend], saturday_noon, monday)
        ends = dt.releases(covers, saturday_noon, monday)
        return [one.stretch.end for one in ends if dt.released(one, "alert", notifies_no_data=False)]

    assert told("MO,TU,WE,TH,FR")[0] == 1773010800.0  # Sunday 23:00Z: in the middle of the night
    assert told("SU,MO,TU,WE,TH,FR")[0] == 1773043200.0  # Monday 08:00Z: 9:00 in Berlin


def test_monitors_are_found_by_id_by_all_tags_or_by_any() -> None:
    by_id = dt.parse({"scope": "*", "monitor_identifier": {"monitor_id": 7}}, T0)
    by_tags = dt.parse({"scope": "*", "monitor_identifier": {"monitor_tags": ["team:a", "env:x"]}}, T0)
    by_any = dt.parse({"scope": "*", "monitor_identifier": {"monitor_tags": ["*"]}}, T0)

    assert dt.concerns(by_id, 7, (), ())
    assert not dt.concerns(by_id, 8, (), ())
    assert dt.concerns(by_tags, 7, ("team:a", "env:x", "more"), ())
    assert not dt.concerns(by_tags, 7, ("team:a",), ())
    assert dt.concerns(by_any, 1, (), ())


def test_a_downtime_that_names_no_monitor_is_for_whichever_it_is_given_to() -> None:
    assert dt.concerns(once("10:04", "10:06"), 1, (), ("host:a",))
