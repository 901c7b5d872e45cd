"""What a downtime may be: every limit of its attributes from both sides, in the words that refuse it, in both versions of the API."""

from __future__ import annotations

from typing import Any

import pytest

from doghouse import downtimes as dt
from doghouse.downtimes import record, v1
from doghouse.downtimes.model import OneTime, Recurring
from doghouse.numbers import LATEST_S
from doghouse.web.body.limits import LONGEST_MESSAGE

NOW = 1_772_445_600.5  # 2026-03-02T10:00:00.5Z, a Monday
YEARS_100 = 100 * 366


def body(**more: Any) -> dict[str, Any]:
    return {"scope": "*", **more}


def recurring(**more: Any) -> dict[str, Any]:
    rule = {"start": "2026-03-02T19:00:00", "duration": "14h", "rrule": "FREQ=DAILY", **more}
    return body(schedule={"recurrences": [rule]})


def once(start: Any = "2026-03-02T10:00:00Z", end: Any = "2026-03-02T11:00:00Z") -> dict[str, Any]:
    return body(schedule={"start": start, "end": end})


def tagged(*tags: Any) -> dict[str, Any]:
    return body(monitor_identifier={"monitor_tags": list(tags)})


def of_monitor(number: Any) -> dict[str, Any]:
    return body(monitor_identifier={"monitor_id": number})


def several(count: int) -> dict[str, Any]:
    [rule] = recurring()["schedule"]["recurrences"]
    return body(schedule={"recurrences": [rule] * count})


FIRST = "schedule.recurrences[0]"


@pytest.mark.parametrize(
    ("taken", "not_taken", "field", "text"),
    [
        (body(), {}, "scope", "scope is required; '*' is every group"),
        (body(message="m"), body(message=7), "message", "message must be text, not 7"),
        (body(mute_first_recovery_notification=True), body(mute_first_recovery_notification=1), "mute_first_recovery_notification",
         "mute_first_recovery_notification must be true or false, not 1"),
        (body(notify_end_states=["warn", "no data", "alert"]), body(notify_end_states=["ok"]), "notify_end_states",
         "notify_end_states: 'ok' is none of alert, no data, warn"),
        (body(notify_end_types=["canceled", "expired"]), body(notify_end_types="expired"), "notify_end_types",
         "notify_end_types must be a list of canceled, expired"),
        (of_monitor(1), of_monitor(0), "monitor_identifier.monitor_id", "monitor_id must be a monitor's number, not 0"),
        (of_monitor(2**63 - 1), of_monitor(2**63), "monitor_identifier.monitor_id", f"monitor_id must be a monitor's number, not {2**63}"),
        (of_monitor(1), of_monitor(True), "monitor_identifier.monitor_id", "monitor_id must be a monitor's number, not True"),
        (tagged("a"), tagged(), "monitor_identifier.monitor_tags", "monitor_tags must hold 1 to 32 tags, not 0"),
        (tagged(*"a" * 32), tagged(*"a" * 33), "monitor_identifier.monitor_tags", "monitor_tags must hold 1 to 32 tags, not 33"),
        (tagged("a" * 256), tagged("a" * 257), "monitor_identifier.monitor_tags", "monitor_tags: a tag has at most 256 characters, one has 257"),
        (tagged("a"), tagged("a", 1), "monitor_identifier.monitor_tags", "monitor_tags must be a list of tags"),
        (of_monitor(1), body(monitor_identifier={}), "monitor_identifier", "monitor_identifier must have either monitor_id or monitor_tags"),
        (of_monitor(1), body(monitor_identifier={"monitor_id": 1, "monitor_tags": ["a"]}), "monitor_identifier",
         "monitor_identifier must have either monitor_id or monitor_tags"),
        (once(), body(schedule=[]), "schedule", "schedule must be an object"),
        (once(end="2026-03-02T10:00:01Z"), once(end="2026-03-02T10:00:00Z"), "schedule.end", "schedule.end must be later than schedule.start"),
        (once("2026-03-02T10:00:00+00:00"), once("2026-03-02T10:00:00+01:00"), "schedule.start",
         "schedule.start must be an ISO 8601 time with a UTC offset of zero, not '2026-03-02T10:00:00+01:00'"),
        (once(), once(end="2026-03-03"), "schedule.end", "schedule.end must be an ISO 8601 time, not '2026-03-03'"),
        (several(1), several(0), "schedule.recurrences", "schedule.recurrences must hold 1 to 5 recurrences, not 0"),
        (several(5), several(6), "schedule.recurrences", "schedule.recurrences must hold 1 to 5 recurrences, not 6"),
        (several(1), body(schedule={"recurrences": "x"}), "schedule.recurrences", "schedule.recurrences must be a list"),
        (several(1), body(schedule={"recurrences": [7]}), FIRST, f"{FIRST} must be an object"),
        (recurring(), recurring(rrule=None), f"{FIRST}.rrule", f"{FIRST}.rrule is required, as in FREQ=WEEKLY;BYDAY=MO"),
        (recurring(start="1970-01-01T00:00:00"), recurring(start="1969-12-31T23:59:59"), f"{FIRST}.start", f"{FIRST}.start must not be before 1970"),
        (recurring(), recurring(start="2026-03-02T19:00:00Z"), f"{FIRST}.start",
         f"{FIRST}.start must not have a UTC offset: it is a time on the clocks of UTC"),
        (recurring(duration="1s"), recurring(duration="0s"), f"{FIRST}.duration",
         f"{FIRST}.duration must be a number with s, m, h, d or w, as in 14h, not '0s'"),
        (recurring(duration=f"{YEARS_100}d"), recurring(duration=f"{YEARS_100 + 1}d"), f"{FIRST}.duration",
         f"{FIRST}.duration must be a number with s, m, h, d or w, as in 14h, not '{YEARS_100 + 1}d'"),
        (body(display_timezone="Asia/Tokyo"), body(display_timezone="Tokyo"), "display_timezone",
         "display_timezone: 'Tokyo' is no time zone of the IANA database"),
    ],
)  # fmt: skip
def test_a_limit_takes_what_reaches_it_and_refuses_what_is_beyond(
    taken: dict[str, Any], not_taken: dict[str, Any], field: str, text: str
) -> None:
    dt.parse(taken, NOW)
    with pytest.raises(dt.DowntimeError) as error:
        dt.parse(not_taken, NOW)
    assert (error.value.field, error.value.text) == (field, text)


def test_what_is_not_said_is_as_documented() -> None:
    made = dt.parse(body(), NOW)
    assert (made.schedule, made.created, made.canceled) == (OneTime(NOW, float("inf")), NOW, None)
    assert (made.monitor_id, made.monitor_tags, made.message, made.display_timezone) == (None, None, None, "UTC")
    assert (made.mute_first_recovery, made.label) == (False, "")
    assert made.notify_end_states == {"alert", "no data", "warn"}
    assert made.notify_end_types == {"expired"}
    named = dt.parse(body(name="n", notify_end_states=[], message=""), NOW, id="i", created=5.0, canceled=7.0)
    assert (named.id, named.label, named.created, named.canceled, named.notify_end_states) == ("i", "n", 5, 7, set())
    assert dt.parse(body(), NOW, id="i").label == "i"
    schedule = dt.parse(recurring(start=None), NOW).schedule
    assert isinstance(schedule, Recurring)
    assert schedule.recurrences[0].start.isoformat() == "2026-03-02T10:00:00"


def test_a_schedule_is_kept_in_utc_with_a_start() -> None:
    assert record.schedule({}, NOW) == {"start": "2026-03-02T10:00:00.500000+00:00", "end": None}
    assert record.schedule(once()["schedule"], NOW) == {
        "start": "2026-03-02T10:00:00+00:00",
        "end": "2026-03-02T11:00:00+00:00",
    }
    rule = {"duration": "1h", "rrule": "FREQ=DAILY"}
    made = record.schedule(
        {"timezone": "Europe/Berlin", "recurrences": [rule, {**rule, "start": "2026-01-01T00:00"}]}, NOW
    )
    assert made == {
        "timezone": "Europe/Berlin",
        "recurrences": [{**rule, "start": "2026-03-02T11:00:00"}, {**rule, "start": "2026-01-01T00:00:00"}],
    }
    assert record.schedule({"recurrences": [rule]}, NOW)["timezone"] == "UTC"


def test_a_message_has_its_longest() -> None:
    record.fill_in(body(message="m" * LONGEST_MESSAGE), NOW)
    with pytest.raises(dt.DowntimeError) as error:
        record.fill_in(body(message="m" * (LONGEST_MESSAGE + 1)), NOW)
    assert error.value.text.startswith(f"message has {LONGEST_MESSAGE + 1:,} characters; ")


def test_what_is_filled_in_belongs_to_one_downtime() -> None:
    first = record.fill_in(body(display_timezone=""), NOW)
    first["notify_end_types"].append("canceled")
    second = record.fill_in(body(message=None), NOW)
    assert (first["display_timezone"], second["notify_end_types"], second["message"]) == ("UTC", ["expired"], None)


# -- version 1

T0 = int(NOW)
DAILY = {"type": "days", "period": 1}


def v1_body(**more: Any) -> dict[str, Any]:
    return {"scope": "a:b", "start": T0, "end": T0 + 3600, **more}


def recurs(**more: Any) -> dict[str, Any]:
    return v1_body(recurrence={**DAILY, **more})


@pytest.mark.parametrize(
    ("taken", "not_taken", "field", "text"),
    [
        (v1_body(end=T0 + 1), v1_body(end=T0), "end", "The end of a downtime must be after its start"),
        (v1_body(start=0), v1_body(start=-1), "start", "'start' must be a POSIX timestamp in seconds"),
        (v1_body(end=LATEST_S), v1_body(end=LATEST_S + 1), "end", "'end' must be a POSIX timestamp in seconds"),
        (v1_body(start=str(T0)), v1_body(start="soon"), "start", "'start' must be a POSIX timestamp in seconds"),
        (v1_body(), v1_body(start=True), "start", "'start' must be a POSIX timestamp in seconds"),
        (v1_body(scope=["a"]), v1_body(scope=[1]), "scope", "Invalid scope parameter"),
        (v1_body(scope="a"), v1_body(scope=" , "), "scope", "Invalid scope parameter"),
        (recurs(), recurs(type="hours"), "recurrence.type", "Invalid recurrence type"),
        (recurs(week_days=["Mon"]), recurs(week_days=["mon"]), "recurrence.week_days",
         "Invalid set of days in week_days. Be sure that the first letter is capitalized."),
        (recurs(), recurs(until_date=T0, until_occurrences=1), "recurrence.until_date", "You must provide only provide one of (until_occurrences, until_date)"),
        (recurs(period=1), recurs(period=0), "recurrence.period", "recurrence.period must be a whole number from 1 to 10000"),
        (recurs(period=10_000), recurs(period=10_001), "recurrence.period", "recurrence.period must be a whole number from 1 to 10000"),
        (recurs(until_occurrences=1_000_000), recurs(until_occurrences=1_000_001), "recurrence.until_occurrences",
         "recurrence.until_occurrences must be a whole number from 1 to 1000000"),
        (recurs(until_date=LATEST_S // 10), recurs(until_date=LATEST_S + 1), "recurrence.until_date",
         f"recurrence.until_date must be a whole number from 1 to {LATEST_S}"),
        (recurs(), v1_body(recurrence=DAILY, end=None), "end", "A recurring downtime must have an end"),
        (v1_body(timezone="Asia/Tokyo"), v1_body(timezone="Tokyo"), "timezone", "timezone: 'Tokyo' is no time zone of the IANA database"),
    ],
)  # fmt: skip
def test_a_limit_of_version_1(taken: dict[str, Any], not_taken: dict[str, Any], field: str, text: str) -> None:
    v1.read(taken, NOW)
    with pytest.raises(dt.DowntimeError) as error:
        v1.read(not_taken, NOW)
    assert (error.value.field, error.value.text) == (field, text)


def test_a_start_may_lie_a_minute_back() -> None:
    v1.check_start({"start": NOW - 60}, NOW)
    v1.check_start({}, NOW)
    with pytest.raises(dt.DowntimeError, match=r"^Scheduled downtime start cannot be in the past$"):
        v1.check_start({"start": NOW - 61}, NOW)


@pytest.mark.parametrize(
    ("recurrence", "rule"),
    [
        ({"type": "days"}, "FREQ=DAILY;INTERVAL=1"),
        ({"type": "weeks", "period": 2, "week_days": ["Mon", "Sun"]}, "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU"),
        ({"type": "weeks", "week_days": ["Tue", "Wed", "Thu", "Fri", "Sat"]}, "FREQ=WEEKLY;INTERVAL=1;BYDAY=TU,WE,TH,FR,SA"),
        ({"type": "months", "until_occurrences": 3}, "FREQ=MONTHLY;INTERVAL=1;COUNT=3"),
        ({"type": "years", "until_date": T0}, "FREQ=YEARLY;INTERVAL=1;UNTIL=20260302T100000Z"),
        ({"type": "rrule", "rrule": "FREQ=DAILY"}, "FREQ=DAILY"),
    ],
)  # fmt: skip
def test_a_recurrence_of_version_1_is_a_rule(recurrence: dict[str, Any], rule: str) -> None:
    kept = v1.recurrence(recurrence)
    assert kept is not None
    assert v1.rrule(kept) == rule
    keys = {"type", "period", "week_days", "until_occurrences", "until_date"}
    assert set(kept) == keys | ({"rrule"} if recurrence["type"] == "rrule" else set())


@pytest.mark.parametrize(
    ("seconds", "duration"), [(59, "59s"), (60, "1m"), (90, "90s"), (3600, "1h"), (36 * 3600, "36h"), (86_400, "1d"), (14 * 86_400, "14d")]
)  # fmt: skip
def test_a_length_is_said_in_the_largest_unit_without_a_rest(seconds: int, duration: str) -> None:
    attributes, _ = v1.read(v1_body(end=T0 + seconds, recurrence=DAILY, timezone="Europe/Berlin"), NOW)
    rule = {"start": "2026-03-02T11:00:00", "duration": duration, "rrule": "FREQ=DAILY;INTERVAL=1"}
    assert attributes["schedule"] == {"timezone": "Europe/Berlin", "recurrences": [rule]}


def test_a_body_of_version_1_is_one_of_version_2() -> None:
    more = {"message": "m", "monitor_id": 7, "notify_end_types": ["canceled"]}
    attributes, sent = v1.read(v1_body(scope="a:b, c:d", **more), NOW)
    assert sent == record.V1(T0, T0 + 3600, None)
    assert attributes == {
        "message": "m",
        "notify_end_types": ["canceled"],
        "scope": "a:b AND c:d",
        "monitor_identifier": {"monitor_id": 7},
        "display_timezone": "UTC",
        "schedule": {"start": "2026-03-02T10:00:00+00:00", "end": "2026-03-02T11:00:00+00:00"},
    }
    for tags, wanted in (("a,b", ["a", "b"]), (["c"], ["c"]), (None, ["*"]), ([], ["*"])):
        assert v1.read(v1_body(monitor_tags=tags), NOW)[0]["monitor_identifier"] == {"monitor_tags": wanted}
    assert v1.read(v1_body(start=None, end=""), NOW)[1] == record.V1(T0, None, None)


@pytest.mark.parametrize(
    ("scope", "kind"), [(["*"], 0), (["host:a"], 1), (["host:a", "b:c"], 2), (["env:a"], 2), (["*", "host:a"], 2)]
)
def test_the_type_of_a_downtime_is_that_of_its_scope(scope: list[str], kind: int) -> None:
    assert v1.kind(scope) == kind


# -- rules that never come

LAST_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@pytest.mark.parametrize("frequency", ["DAILY", "YEARLY"])
@pytest.mark.parametrize(("month", "last"), list(enumerate(LAST_DAYS, 1)))
def test_the_last_day_of_a_month_comes_and_the_one_behind_it_never(month: int, last: int, frequency: str) -> None:
    def idle(days: str) -> list[int]:
        rule = {"start": "2026-01-01T00:00:00", "duration": "1h", "rrule": f"FREQ={frequency};BYMONTH={month};{days}"}
        return dt.idle(dt.parse({"scope": "*", "schedule": {"recurrences": [rule]}}, 0))

    assert [idle(f"BYMONTHDAY={last}"), idle(f"BYMONTHDAY=-{last}")] == [[], []]
    if last < 31:
        assert [idle(f"BYMONTHDAY={last + 1}"), idle(f"BYMONTHDAY=-{last + 1}")] == [[0], [0]]
