"""The office hours: when nobody is told, over a normal week and over both changes of the clocks."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion import calendar
from companion.resources import OWN
from companion.schedule import anchored, in_the_words_of, next_window, windows

BERLIN = "Europe/Berlin"


def shipped(name: str, timezone: str = BERLIN) -> dict[str, Any]:
    schedule: dict[str, Any] = json.loads((OWN / f"downtimes/{name}.json").read_text())["schedule"]
    return {**schedule, "timezone": timezone}


SHIPPED = {name: shipped(name) for name in ("nights", "weekend")}


def silent(instant: str) -> str:
    """Which of the shipped downtimes hold at an instant: n, w, nw or nothing."""
    at = datetime.fromisoformat(instant)
    second = timedelta(seconds=1)
    return "".join(name[0] for name, schedule in SHIPPED.items() if windows(schedule, at, at + second))


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-03-09T05:00:00+00:00", "n"),  # Monday 06:00: the hole that a literal reading leaves
        ("2026-03-09T08:00:00+00:00", ""),
        ("2026-03-09T18:00:00+00:00", "n"),
        ("2026-03-10T07:59:00+00:00", "n"),
        ("2026-03-10T08:00:00+00:00", ""),
        ("2026-03-13T20:00:00+00:00", "n"),  # Friday night
        ("2026-03-14T12:00:00+00:00", "w"),
        ("2026-03-15T22:59:00+00:00", "nw"),
        ("2026-03-15T23:00:00+00:00", "n"),  # Monday 00:00: the weekend ends, and nobody is woken
        ("2026-03-29T22:30:00+00:00", "nw"),  # the short Sunday's 24 hours end on Monday at 01:00
        ("2026-03-30T06:30:00+00:00", "n"),
        ("2026-03-30T07:00:00+00:00", ""),
        ("2026-10-25T22:30:00+00:00", "n"),  # the long Sunday's 24 hours end at 23:00
        ("2026-10-26T07:30:00+00:00", "n"),
        ("2026-10-26T08:00:00+00:00", ""),
    ],
)  # fmt: skip
def test_one_is_told_from_nine_to_seven_on_working_days_and_at_no_other_time(instant: str, expected: str) -> None:
    assert silent(instant) == expected


def test_over_a_year_one_is_told_at_exactly_the_office_hours() -> None:
    hour, zone = timedelta(hours=1), ZoneInfo(BERLIN)
    found = [window for schedule in SHIPPED.values() for window in windows(schedule, *year())]
    at = year()[0] + hour / 2
    while at < year()[1]:
        local = at.astimezone(zone)
        office = local.weekday() < 5 and 9 <= local.hour < 19
        assert office != any(window.start <= at < window.end for window in found), local
        at += hour


def year() -> tuple[datetime, datetime]:
    return datetime(2026, 3, 9, tzinfo=UTC), datetime(2027, 3, 9, tzinfo=UTC)


def test_the_unit_tests_of_the_monitor_are_silent_when_it_is_provisioned_to_be() -> None:
    tested = json.loads((Path(__file__).parent / "monitors/out_of_office.json").read_text())
    for downtime, shipped_one in zip(tested, SHIPPED.values(), strict=True):
        assert windows(downtime["schedule"], *year()) == windows(shipped_one, *year())


def test_the_calendar_shows_the_next_seven_days() -> None:
    lines = calendar.week(SHIPPED, BERLIN, datetime(2026, 3, 9, 12, tzinfo=UTC))
    assert lines == [
        "         Mo  Tu  We  Th  Fr  Sa  Su",
        "00–09    ░░  ░░  ░░  ░░  ░░  ▒▒  ▒▒     ░ nights   ▒ weekend",
        "09–19    ··  ··  ··  ··  ··  ▒▒  ▒▒     · you are notified",
        "19–24    ░░  ░░  ░░  ░░  ░░  ▒▒  ▒▒",
    ]


def test_the_calendar_has_a_row_for_what_a_change_of_the_clocks_does() -> None:
    lines = calendar.week(SHIPPED, BERLIN, datetime(2026, 3, 27, 12, tzinfo=UTC))
    assert lines[1].startswith("00–01    ░░  ▒▒  ▒▒  ▒▒")
    assert lines[2].startswith("01–09    ░░  ▒▒  ▒▒  ░░")


def test_the_next_window_is_said_in_words() -> None:
    noon = datetime(2026, 3, 9, 11, tzinfo=UTC)
    assert calendar.when(SHIPPED["nights"], noon) == "today 19:00 to tomorrow 09:00 Europe/Berlin"
    assert calendar.when(SHIPPED["weekend"], noon) == "Sat 00:00 to Mon 16 Mar 00:00 Europe/Berlin"
    assert calendar.when(SHIPPED["nights"], noon + timedelta(hours=11)) == "now, until tomorrow 09:00 Europe/Berlin"


def test_a_night_that_begins_before_an_hour_that_is_skipped_has_its_full_length() -> None:
    schedule = {
        "timezone": BERLIN,
        "recurrences": [{"start": "2026-03-28T19:00:00", "duration": "14h", "rrule": "FREQ=DAILY"}],
    }
    (window,) = windows(schedule, datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 3, 29, 2, tzinfo=UTC))
    assert window.end.isoformat() == "2026-03-29T10:00:00+02:00"


RECURRENCES = st.builds(
    lambda day, hour, length, days: {
        "start": f"2026-03-{day:02}T{hour:02}:30:00",
        "duration": f"{length}h",
        "rrule": f"FREQ=WEEKLY;BYDAY={','.join(sorted(days))}",
    },
    st.integers(1, 28), st.integers(0, 23), st.integers(1, 30),
    st.sets(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1),
)  # fmt: skip
INSTANTS = st.datetimes(datetime(2026, 5, 1), datetime(2027, 5, 1), timezones=st.just(UTC))


@given(RECURRENCES, INSTANTS)
def test_moving_the_start_to_now_silences_the_same_times_from_now_on(recurrence: dict[str, str], now: datetime) -> None:
    moved = anchored(recurrence, BERLIN, now)
    for days in (0, 1, 20):
        since = now + timedelta(days=days)
        ahead = [
            windows({"timezone": BERLIN, "recurrences": [one]}, since, since + timedelta(days=9))
            for one in (recurrence, moved)
        ]
        assert ahead[0] == ahead[1]
    assert in_the_words_of(recurrence, moved, BERLIN, now) == recurrence


@given(RECURRENCES, INSTANTS)
def test_the_start_lies_in_the_past_only_where_the_present_is_to_be_silent(
    recurrence: dict[str, str], now: datetime
) -> None:
    start = datetime.fromisoformat(anchored(recurrence, BERLIN, now)["start"]).replace(tzinfo=ZoneInfo(BERLIN))
    covered = windows({"timezone": BERLIN, "recurrences": [recurrence]}, now, now + timedelta(seconds=1))
    assert (start <= now) == bool(covered)


def test_there_is_no_next_window_of_a_rule_that_has_ended() -> None:
    ended = {"start": "2026-03-01T19:00:00", "duration": "1h", "rrule": "FREQ=DAILY;COUNT=2"}
    schedule = {"timezone": BERLIN, "recurrences": [ended]}
    assert next_window(schedule, datetime(2026, 5, 1, tzinfo=UTC)) is None
    assert calendar.when(schedule, datetime(2026, 5, 1, tzinfo=UTC)) == "never again"


THERE = {"start": "2026-03-01T19:00:00", "duration": "14h", "rrule": "FREQ=DAILY;INTERVAL=1"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rrule", "FREQ=DAILY;INTERVAL=2"),
        ("rrule", "FREQ=WEEKLY;BYDAY=MO"),
        ("rrule", "FREQ=DAILY;COUNT=3"),
        ("duration", "13h"),
        ("duration", "15h"),
        ("start", "2026-03-01T20:00:00"),
    ],
)
def test_what_means_something_else_than_what_is_there_is_kept_to_be_applied(field: str, value: str) -> None:
    wanted = {**THERE, field: value}
    assert in_the_words_of(THERE, wanted, BERLIN, datetime(2026, 5, 1, tzinfo=UTC))[field] == value
