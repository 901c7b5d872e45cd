"""When downtimes are active. Dates were worked out by hand from the zones' published changes; recorded cases name their recording.

Berlin 2026: UTC+1, from 2026-03-29T01:00Z +2, from 2026-10-25T01:00Z +1. New York 2026: UTC-5, from 2026-03-08T07:00Z -4, from 2026-11-01T06:00Z -5.
Lord Howe 2026: UTC+11, from 2026-04-04T15:00Z +10:30, from 2026-10-03T15:30Z +11: its changes are of half an hour.
"""

from __future__ import annotations

import math
import time
from itertools import pairwise

import pytest
from downtime_points import T0, iso, once, recurring, shown, utc
from hypothesis import given, settings
from hypothesis import strategies as st

from doghouse import downtimes as dt
from doghouse.downtimes import Downtime, DowntimeError
from doghouse.downtimes.parsing import listed

YEAR = (utc("2026-01-01T00:00Z"), utc("2027-01-01T00:00Z"))


def variant_a(zone: str) -> tuple[Downtime, Downtime]:
    """The two downtimes as the exercise says them, word for word."""
    return (
        recurring(zone, ("2026-03-02T19:00:00", "14h", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"), name="DT1"),
        recurring(zone, ("2026-03-07T00:00:00", "24h", "FREQ=WEEKLY;BYDAY=SA,SU"), name="DT2"),
    )


def variant_c(
    zone: str, nights: str = "2026-03-01T19:00:00", weekend: str = "2026-03-07T00:00:00"
) -> tuple[Downtime, Downtime]:
    """The two downtimes of this project: nights begin on Sunday too, so that Monday morning is quiet."""
    return (
        recurring(zone, (nights, "14h", "FREQ=WEEKLY;BYDAY=SU,MO,TU,WE,TH,FR"), name="DT1"),
        recurring(zone, (weekend, "24h", "FREQ=WEEKLY;BYDAY=SA,SU"), name="DT2"),
    )


def held(downtimes: tuple[Downtime, ...], when: str) -> str:
    """`1`, `2`, `1+2` or `-`: which of the two hold at a time."""
    at = utc(when)
    names = [one.label.removeprefix("DT") for one in downtimes if dt.status(one, at) == "active"]
    return "+".join(names) or "-"


@pytest.mark.parametrize(
    ("when", "a", "c"),
    [
        ("2026-03-02T05:00Z", "-", "1"),
        ("2026-03-02T08:00Z", "-", "-"),
        ("2026-03-02T18:00Z", "1", "1"),
        ("2026-03-03T07:59Z", "1", "1"),
        ("2026-03-03T08:00Z", "-", "-"),
        ("2026-03-06T20:00Z", "1", "1"),
        ("2026-03-07T12:00Z", "2", "2"),
        ("2026-03-08T22:59Z", "2", "1+2"),
        ("2026-03-08T23:00Z", "-", "1"),
        ("2026-03-29T22:30Z", "2", "1+2"),
        ("2026-03-30T06:30Z", "-", "1"),
        ("2026-03-30T07:00Z", "-", "-"),
        ("2026-10-25T22:30Z", "-", "1"),
        ("2026-10-26T07:30Z", "-", "1"),
        ("2026-10-26T08:00Z", "-", "-"),
    ],
)
def test_d11_what_holds_in_berlin_at_instants_worked_out_by_hand(when: str, a: str, c: str) -> None:
    assert (held(variant_a("Europe/Berlin"), when), held(variant_c("Europe/Berlin"), when)) == (a, c)


def free(downtimes: tuple[Downtime, ...], start: float, end: float) -> list[tuple[float, float]]:
    """The stretches between start and end that no downtime holds."""
    covers = dt.covers(downtimes, start, end)
    gaps, at = [], start
    for cover in covers:
        if cover.stretch.start > at:
            gaps.append((at, cover.stretch.start))
        at = max(at, cover.stretch.end)
    return [*gaps, (at, end)] if at < end else gaps


@pytest.mark.parametrize(
    ("zone", "nights", "weekend", "changes"),
    [
        (
            "Europe/Berlin",
            "2025-12-31T19:00:00",
            "2026-01-03T00:00:00",
            [("2026-01-01", 8, 0), ("2026-03-30", 7, 0), ("2026-10-26", 8, 0)],
        ),
        (
            "America/New_York",
            "2025-12-31T19:00:00",
            "2026-01-03T00:00:00",
            [("2026-01-01", 14, 0), ("2026-03-09", 13, 0), ("2026-11-02", 14, 0)],
        ),
        (
            "Australia/Lord_Howe",
            "2025-12-31T19:00:00",
            "2026-01-03T00:00:00",
            # 9:00 is 22:00Z of the day before at UTC+11, and 22:30Z at UTC+10:30
            [("2026-01-01", -2, 0), ("2026-04-06", -2, 30), ("2026-10-05", -2, 0)],
        ),
    ],
)
def test_the_projects_downtimes_leave_exactly_nine_to_seven_on_workdays_for_a_year(
    zone: str, nights: str, weekend: str, changes: list[tuple[str, int, int]]
) -> None:
    from datetime import date, timedelta

    first, last = date(2026, 1, 1), date(2026, 12, 31)
    expected = []
    day = first
    while day < last:
        if day.weekday() < 5:
            _, hour, minute = [one for one in changes if one[0] <= day.isoformat()][-1]
            opens = utc(f"{day}T00:00Z") + hour * 3600 + minute * 60
            expected.append((iso(opens), iso(opens + 10 * 3600)))
        day += timedelta(days=1)
    start, end = utc("2026-01-01T00:00Z"), utc("2026-12-30T23:59:59Z")

    found = free(variant_c(zone, nights, weekend), start, end)

    inside = [(iso(a), iso(b)) for a, b in found if a > start and b < end]
    assert inside == [one for one in expected if start < utc(one[0]) and utc(one[1]) < end]
    assert 258 <= len(inside) <= 260


@pytest.mark.parametrize(
    ("zone", "around", "expected"),
    [
        ("Europe/Berlin", "2026-03-27", ["2026-03-27T08:00:00Z 18:00", "2026-03-30T07:00:00Z 17:00"]),
        ("Europe/Berlin", "2026-10-23", ["2026-10-23T07:00:00Z 17:00", "2026-10-26T08:00:00Z 18:00"]),
        ("America/New_York", "2026-03-06", ["2026-03-06T14:00:00Z 00:00", "2026-03-09T13:00:00Z 23:00"]),
        ("America/New_York", "2026-10-30", ["2026-10-30T13:00:00Z 23:00", "2026-11-02T14:00:00Z 00:00"]),
        # Friday 3 April 9:00 at UTC+11 is 22:00Z of Thursday; Monday 6 April 9:00 at UTC+10:30 is 22:30Z of Sunday
        ("Australia/Lord_Howe", "2026-04-02", ["2026-04-02T22:00:00Z 08:00", "2026-04-05T22:30:00Z 08:30"]),
        ("Australia/Lord_Howe", "2026-10-01", ["2026-10-01T22:30:00Z 08:30", "2026-10-04T22:00:00Z 08:00"]),
    ],
)
def test_around_a_dst_night_the_notifying_hours_are_those_worked_out_by_hand(
    zone: str, around: str, expected: list[str]
) -> None:
    start = utc(f"{around}T12:00Z") - 86400
    downtimes = variant_c(zone, "2025-12-31T19:00:00", "2026-01-03T00:00:00")

    found = [(iso(a), iso(b)[11:16]) for a, b in free(downtimes, start, start + 5 * 86400) if b - a == 36000]

    assert [f"{a} {b}" for a, b in found if a[:10] >= around][:2] == expected


def test_the_literal_reading_leaves_monday_morning_loud() -> None:
    gaps = free(variant_a("Europe/Berlin"), utc("2026-03-07T23:30Z"), utc("2026-03-09T20:00Z"))

    assert [(iso(a), iso(b)) for a, b in gaps] == [("2026-03-08T23:00:00Z", "2026-03-09T18:00:00Z")]


def test_a_duration_is_absolute_on_the_nights_of_a_change() -> None:
    daily = recurring("Europe/Berlin", ("2026-03-01T19:00:00", "14h", "FREQ=DAILY"))

    assert shown(dt.stretches(daily, utc("2026-03-28T19:00Z"), utc("2026-03-28T20:00Z"))) == [
        "2026-03-28T18:00:00Z .. 2026-03-29T08:00:00Z"  # Sunday 10:00 CEST
    ]
    assert shown(dt.stretches(daily, utc("2026-10-24T19:00Z"), utc("2026-10-24T20:00Z"))) == [
        "2026-10-24T17:00:00Z .. 2026-10-25T07:00:00Z"  # Sunday 8:00 CET
    ]


def test_at_a_time_that_the_clocks_skip_nothing_occurs_and_nothing_is_counted() -> None:
    """As Datadog's sync tool counts (datadog-sync-cli, pull request 664)."""
    skipped = recurring("Europe/Berlin", ("2026-03-28T02:30:00", "1h", "FREQ=DAILY;COUNT=2"))

    assert shown(dt.stretches(skipped, utc("2026-03-28T00:00Z"), utc("2026-04-02T12:00Z"))) == [
        "2026-03-28T01:30:00Z .. 2026-03-28T02:30:00Z",
        "2026-03-30T00:30:00Z .. 2026-03-30T01:30:00Z",
    ]


def test_of_a_start_that_there_is_twice_the_first_counts() -> None:
    twice = recurring("Europe/Berlin", ("2026-10-24T02:30:00", "1h", "FREQ=DAILY"))

    assert shown(dt.stretches(twice, utc("2026-10-25T00:00Z"), utc("2026-10-25T12:00Z"))) == [
        "2026-10-25T00:30:00Z .. 2026-10-25T01:30:00Z"  # 2:30 CEST
    ]


def test_d12_occurrences_that_overlap_are_one() -> None:
    guide = recurring(
        "Europe/Berlin",
        ("2023-07-09T00:00:00", "24h", "FREQ=WEEKLY;BYDAY=SU"),
        ("2023-07-09T18:00:00", "12h", "FREQ=WEEKLY;BYDAY=SU,MO,TU,WE,TH,FR"),
    )

    stretch = dt.current(guide, utc("2023-07-08T12:00Z"))

    assert stretch is not None
    assert shown([stretch]) == ["2023-07-08T22:00:00Z .. 2023-07-10T04:00:00Z"]


def test_d12b_occurrences_that_touch_are_not_one() -> None:
    """Recorded: terraform-provider-datadog, TestAccDowntimeScheduleBasicRecurring."""
    now = utc("2023-07-13T21:14Z")
    recorded = recurring(
        "America/New_York",
        ("2022-07-13T01:02:03", "1d", "FREQ=DAILY;INTERVAL=1"),
        ("2022-07-15T01:02:03", "1w", "FREQ=DAILY;INTERVAL=12"),
        now=now,
    )

    stretch = dt.current(recorded, now)

    assert dt.status(recorded, now) == "active"
    assert stretch is not None
    assert shown([stretch]) == ["2023-07-10T05:02:03Z .. 2023-07-17T05:02:03Z"]


def test_d12c_a_missing_start_is_now_in_whole_seconds() -> None:
    """Recorded: terraform-provider-datadog, TestAccDowntimeScheduleChanged."""
    now = utc("2025-09-23T09:22:35.750Z")
    recorded = recurring("UTC", ("", "1d", "FREQ=DAILY;INTERVAL=11"), now=now)

    assert isinstance(recorded.schedule, dt.Recurring)
    assert recorded.schedule.recurrences[0].start.isoformat() == "2025-09-23T09:22:35"
    stretch = dt.current(recorded, now)
    assert stretch is not None
    assert shown([stretch]) == ["2025-09-23T09:22:35Z .. 2025-09-24T09:22:35Z"]


def test_after_2037_zones_have_no_dst() -> None:
    """Recorded: terraform-provider-datadog, TestAccDowntimeScheduleBasicRecurring (July 2042 in New York at UTC-5)."""
    far = recurring("America/New_York", ("2042-07-13T01:02:03", "1d", "FREQ=DAILY;INTERVAL=1"))

    stretch = dt.current(far, T0)

    assert stretch is not None
    assert iso(stretch.start) == "2042-07-13T06:02:03Z"
    assert dt.status(far, T0) == "scheduled"


@pytest.mark.parametrize("duration", ["14", "14hours", "1.5h", "PT14H", "", "0h", "h", "-1h", None, 14])
def test_d13_a_duration_that_is_none_is_refused(duration: object) -> None:
    with pytest.raises(DowntimeError) as refused:
        recurring("UTC", ("2026-03-02T19:00:00", duration, "FREQ=DAILY"))  # type: ignore[arg-type]
    assert refused.value.field == "schedule.recurrences[0].duration"


@pytest.mark.parametrize(("duration", "hours"), [("14h", 14), ("90m", 1.5), ("1d", 24), ("2w", 336)])
def test_d13_durations_have_a_unit(duration: str, hours: float) -> None:
    once_a_year = recurring("UTC", ("2026-03-02T19:00:00", duration, "FREQ=YEARLY"))

    stretch = dt.current(once_a_year, T0)

    assert stretch is not None
    assert (stretch.end - stretch.start) / 3600 == hours


@pytest.mark.parametrize("start", ["2026-03-02T19:00:00+01:00", "2026-03-02T19:00:00", "2026-03-02", "tomorrow", 5])
def test_d14_a_one_time_start_has_a_utc_offset_of_zero(start: object) -> None:
    with pytest.raises(DowntimeError) as refused:
        dt.parse({"scope": "*", "schedule": {"start": start}}, T0)
    assert refused.value.field == "schedule.start"


@pytest.mark.parametrize("start", ["2026-03-02T19:00:00Z", "2026-03-02T19:00:00+00:00"])
def test_d14_a_recurring_start_has_no_offset(start: str) -> None:
    with pytest.raises(DowntimeError) as refused:
        recurring("Europe/Berlin", (start, "1h", "FREQ=DAILY"))
    assert refused.value.field == "schedule.recurrences[0].start"
    assert dt.parse({"scope": "*", "schedule": {"start": start}}, T0)


def test_a_recurrence_may_begin_with_1970_and_no_earlier() -> None:
    daily = ("1h", "FREQ=DAILY")
    assert dt.status(recurring("UTC", ("1970-01-01T00:00:00", *daily)), 1800) == "active"
    with pytest.raises(DowntimeError, match="must not be before 1970"):
        recurring("UTC", ("1969-12-31T23:59:59", *daily))


@pytest.mark.parametrize(
    "rule",
    ["", "DAILY", "FREQ=MINUTELY", "FREQ=SOMETIMES", "BYDAY=MO", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=-1",
     "FREQ=DAILY;DURATION=PT1H", "FREQ=DAILY;DTSTART=20260101T000000", "FREQ=DAILY;DTEND=20260101T000000", "FREQ=WEEKLY;BYDAY=XX",
     "FREQ=WEEKLY;BYDAY=2TU", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=DAILY;FREQ=WEEKLY", "FREQ=DAILY;UNTIL=soon",
     "FREQ=DAILY;UNTIL=20261301", "FREQ=DAILY;COUNT=2;UNTIL=20260401", "FREQ=DAILY;BYEASTER=0", "FREQ=YEARLY;BYMONTH=13"],
)  # fmt: skip
def test_a_rule_that_is_none_is_refused_with_its_place(rule: str) -> None:
    with pytest.raises(DowntimeError) as refused:
        recurring("UTC", ("2026-03-02T19:00:00", "1h", rule))
    assert refused.value.field == "schedule.recurrences[0].rrule"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY;COUNT=2", ["03-02", "03-03"]),
        ("FREQ=DAILY;UNTIL=20260303", ["03-02", "03-03"]),
        ("FREQ=DAILY;UNTIL=20260303T180000Z", ["03-02", "03-03"]),
        ("FREQ=DAILY;UNTIL=20260303T175959Z", ["03-02"]),
        ("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=2", ["03-02", "03-16"]),
        ("FREQ=MONTHLY;BYDAY=2TU;COUNT=2", ["03-10", "04-14"]),
        ("FREQ=DAILY;BYDAY=2TU;COUNT=2", ["03-10", "04-14"]),
        ("FREQ=MONTHLY;BYDAY=-1SU;COUNT=2", ["03-29", "04-26"]),
        ("FREQ=MONTHLY;BYMONTHDAY=15;COUNT=2", ["03-15", "04-15"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", ["03-31", "04-30"]),
        ("FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=1;COUNT=1", ["04-01"]),
        ("FREQ=WEEKLY;BYDAY=SA;COUNT=1", ["03-07"]),
    ],
)
def test_rules_occur_on_the_days_that_they_say(rule: str, expected: list[str]) -> None:
    downtime = recurring("Europe/Berlin", ("2026-03-02T19:00:00", "1h", rule))

    found = dt.stretches(downtime, *YEAR)

    assert [iso(one.start)[5:10] for one in found] == expected


NEVER = {  # rule → where it starts
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30": "2026-03-02T08:00:00",
    "FREQ=DAILY;BYMONTH=4,6;BYMONTHDAY=31": "2026-03-02T08:00:00",
    "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2": "2026-03-02T08:00:00",
    "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6": "2026-03-02T08:00:00",
    "FREQ=DAILY;INTERVAL=7;BYDAY=MO": "2026-03-03T08:00:00",  # a Tuesday
    "FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29": "2027-03-02T08:00:00",
}


@pytest.mark.parametrize("rule", NEVER)
def test_a_rule_that_never_occurs_has_ended_and_says_so_at_once(rule: str) -> None:
    never = recurring("UTC", (NEVER[rule], "1h", rule), ("2026-03-02T08:00:00", "1h", "FREQ=DAILY"))
    alone = recurring("UTC", (NEVER[rule], "1h", rule))
    began = time.process_time()
    assert (dt.status(alone, T0), dt.current(alone, T0), dt.idle(never)) == ("ended", None, [0])
    assert time.process_time() - began < 2  # it took four seconds while every year up to 9999 was looked at


def test_a_day_that_comes_once_in_28_years_is_found() -> None:
    rare = recurring("UTC", ("2026-01-01T08:00:00", "1h", "FREQ=MONTHLY;BYDAY=MO;BYMONTH=2;BYMONTHDAY=29"))
    assert dt.current(rare, utc("2026-01-02T00:00Z")) == dt.Stretch(utc("2044-02-29T08:00Z"), utc("2044-02-29T09:00Z"))
    assert dt.idle(rare) == []


def test_a_leap_day_is_found_years_ahead() -> None:
    leap = recurring("UTC", ("2026-03-02T19:00:00", "1h", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"))

    stretch = dt.current(leap, T0)

    assert stretch is not None
    assert iso(stretch.start) == "2028-02-29T19:00:00Z"


@pytest.mark.parametrize(
    ("when", "state", "current"),
    [
        ("2026-03-01T00:00Z", "scheduled", "2026-03-02T19:00:00Z"),
        ("2026-03-02T19:30Z", "active", "2026-03-02T19:00:00Z"),
        ("2026-03-02T20:00Z", "scheduled", "2026-03-03T19:00:00Z"),
        ("2026-03-03T20:00Z", "ended", "2026-03-03T19:00:00Z"),
    ],
)
def test_a_recurring_downtime_goes_from_scheduled_to_ended(when: str, state: str, current: str) -> None:
    twice = recurring("UTC", ("2026-03-02T19:00:00", "1h", "FREQ=DAILY;COUNT=2"))

    stretch = dt.current(twice, utc(when))

    assert dt.status(twice, utc(when)) == state
    assert stretch is not None
    assert iso(stretch.start) == current


def test_a_cancelled_downtime_ends_when_it_was_cancelled() -> None:
    from msgspec.structs import replace

    canceled = replace(once("10:04", "10:30"), canceled=T0 + 600.0)

    assert dt.status(canceled, T0 + 599) == "active"
    assert dt.status(canceled, T0 + 600) == "canceled"
    assert [(one.end, one.ended_by) for one in dt.stretches(canceled, T0, T0 + 9000)] == [(T0 + 600.0, "canceled")]
    assert dt.current(canceled, T0 + 9000) is not None


def test_without_a_schedule_it_is_on_from_now_without_end() -> None:
    forever = dt.parse({"scope": "*"}, T0)

    assert dt.status(forever, T0) == "active"
    assert dt.current(forever, T0) == dt.Stretch(T0, math.inf)


@pytest.mark.parametrize(
    ("attributes", "field"),
    [
        ({}, "scope"),
        ({"scope": 3}, "scope"),
        ({"scope": "*", "schedule": []}, "schedule"),
        ({"scope": "*", "schedule": {"timezone": "Mars/Base", "recurrences": []}}, "schedule.timezone"),
        ({"scope": "*", "schedule": {"timezone": "../etc", "recurrences": []}}, "schedule.timezone"),
        ({"scope": "*", "schedule": {"recurrences": []}}, "schedule.recurrences"),
        ({"scope": "*", "schedule": {"recurrences": [{}] * 6}}, "schedule.recurrences"),
        ({"scope": "*", "schedule": {"recurrences": [{}]}}, "schedule.recurrences[0].rrule"),
        ({"scope": "*", "schedule": {"start": "2026-03-02T19:00Z", "end": "2026-03-02T18:00Z"}}, "schedule.end"),
        ({"scope": "*", "monitor_identifier": {}}, "monitor_identifier"),
        ({"scope": "*", "monitor_identifier": {"monitor_id": 1, "monitor_tags": ["a"]}}, "monitor_identifier"),
        ({"scope": "*", "monitor_identifier": {"monitor_id": "1"}}, "monitor_identifier.monitor_id"),
        ({"scope": "*", "monitor_identifier": {"monitor_tags": []}}, "monitor_identifier.monitor_tags"),
        ({"scope": "*", "monitor_identifier": {"monitor_tags": ["t"] * 33}}, "monitor_identifier.monitor_tags"),
        ({"scope": "*", "monitor_identifier": {"monitor_tags": ["t" * 257]}}, "monitor_identifier.monitor_tags"),
        ({"scope": "*", "notify_end_states": ["ok"]}, "notify_end_states"),
        ({"scope": "*", "notify_end_types": "expired"}, "notify_end_types"),
        ({"scope": "*", "mute_first_recovery_notification": "yes"}, "mute_first_recovery_notification"),
    ],
)
def test_what_is_wrong_is_named(attributes: dict[str, object], field: str) -> None:
    with pytest.raises(DowntimeError) as refused:
        dt.parse(attributes, T0)
    assert refused.value.field == field


def test_a_display_zone_that_is_given_must_be_the_schedules() -> None:
    with pytest.raises(DowntimeError) as refused:
        recurring("Europe/Berlin", ("2026-03-02T19:00:00", "1h", "FREQ=DAILY"), display_timezone="UTC")
    assert refused.value.text == "timezone must match display_timezone"


def test_empty_lists_mean_none() -> None:
    silent = once("10:00", "11:00", notify_end_states=[], notify_end_types=[])

    assert (silent.notify_end_states, silent.notify_end_types) == (frozenset(), frozenset())


recurrences = st.tuples(
    st.sampled_from(["2026-01-05T19:00:00", "2026-02-01T00:00:00", "2026-03-28T02:30:00"]),
    st.sampled_from(["1h", "14h", "1d", "25h", "50h"]),
    st.sampled_from(
        ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=SA,SU", "FREQ=WEEKLY;BYDAY=MO", "FREQ=DAILY;INTERVAL=3", "FREQ=DAILY;COUNT=9"]
    ),
)
zones = st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns"])


@settings(max_examples=60, deadline=None)
@given(st.lists(recurrences, min_size=1, max_size=3), zones, st.integers(0, 300), st.floats(0, 10))
def test_a_part_of_a_year_shows_the_stretches_of_the_whole_year(
    each: list[tuple[str, str, str]], zone: str, day: int, days: float
) -> None:
    downtime = recurring(zone, *each)
    start = YEAR[0] + day * 86400
    end = start + days * 86400

    whole = [one for one in dt.stretches(downtime, *YEAR) if one.end >= start and one.start <= end]
    part = dt.stretches(downtime, start, end)

    assert [one.start for one in part] == [one.start for one in whole]
    assert all(a.end <= b.start for a, b in pairwise(part))
    for one in part:
        assert dt.status(downtime, one.start) == "active"
        assert dt.status(downtime, one.end - 1) == "active"


def test_a_number_of_thousands_of_digits_is_refused_in_one_sentence() -> None:
    with pytest.raises(DowntimeError, match="is not a number from 1 to 1000000"):
        recurring("UTC", ("2026-03-02T08:00:00", "1h", "FREQ=DAILY;COUNT=" + "9" * 10_000))


@given(
    st.sampled_from(["Europe/Berlin", "America/New_York"]),
    st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TU,TH", "FREQ=HOURLY;INTERVAL=5", "FREQ=DAILY;COUNT=4"]),
    st.sampled_from(["30m", "1h", "5h"]),
    st.floats(-3 * 86400.0, 40 * 86400.0),
    st.floats(0.0, 6 * 86400.0),
)
def test_a_short_look_finds_what_a_long_one_finds_there(
    zone: str, rule: str, lasting: str, after: float, length: float
) -> None:
    downtime = recurring(zone, ("2026-03-02T19:00:00", lasting, rule))
    start, end = T0 + after, T0 + after + length
    long = dt.stretches(downtime, start - 9 * 86400.0, end + 9 * 86400.0)
    assert dt.stretches(downtime, start, end) == [one for one in long if one.end >= start and one.start <= end]


def test_what_is_wrong_in_a_file_of_downtimes_is_said_with_its_number() -> None:
    with pytest.raises(ValueError, match="is not a list of downtimes"):
        listed({}, T0)
    right = {"scope": "*", "schedule": {"start": "2026-03-02T10:00:00Z"}}
    assert [one.id for one in listed([right, right], T0)] == ["1", "2"]
    with pytest.raises(ValueError, match=r"downtime 2: .*scope"):
        listed([right, {**right, "scope": 5}], T0)
