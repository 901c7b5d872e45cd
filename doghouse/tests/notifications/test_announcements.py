"""What a downtime with a message tells those whom it mentions, and when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from doghouse import downtimes as dt
from doghouse.notifications.announcements import announcements

T0 = 1772445600  # 2026-03-02T10:00:00Z, a Monday
ONCE = {"start": "2026-03-02T10:03:00Z", "end": "2026-03-02T10:05:00Z"}


def downtime(schedule: dict[str, Any] = ONCE, message: str = "Upgrading @ops@example.com", **more: Any) -> dt.Downtime:
    return dt.parse({"scope": "env:prod", "message": message, "schedule": schedule, **more}, T0)


def told(of: dt.Downtime, after: float = T0, until: float = T0 + 600) -> list[str]:
    return [f"{datetime.fromtimestamp(one.at, UTC):%H:%M} {one.transition}" for one in announcements(of, after, until)]


def test_it_is_told_when_it_is_made_when_it_begins_and_when_it_ends() -> None:
    assert told(downtime()) == ["10:00 Downtime scheduled", "10:03 Downtime started", "10:05 Downtime ended"]


@pytest.mark.parametrize(
    ("after", "until", "words"),
    [
        (1, 179, []),
        (180, 299, ["10:03 Downtime started"]),
        (181, 300, ["10:05 Downtime ended"]),
        (0, 0, ["10:00 Downtime scheduled"]),
    ],
)
def test_both_ends_of_the_time_that_is_asked_about_belong_to_it(after: int, until: int, words: list[str]) -> None:
    assert told(downtime(), T0 + after, T0 + until) == words


def test_one_that_is_cancelled_ends_then() -> None:
    cancelled = replace(downtime(), canceled=T0 + 240.0)
    assert told(cancelled) == ["10:00 Downtime scheduled", "10:03 Downtime started", "10:04 Downtime canceled"]


def test_each_occurrence_of_a_recurring_one_is_told() -> None:
    hourly = {"start": "2026-03-02T10:03", "duration": "2m", "rrule": "FREQ=HOURLY"}
    words = told(downtime({"timezone": "UTC", "recurrences": [hourly]}), T0 + 1, T0 + 2 * 3600)
    assert words == [
        *("10:03 Downtime started", "10:05 Downtime ended"),
        *("11:03 Downtime started", "11:05 Downtime ended"),
    ]


@pytest.mark.parametrize("message", ["", "Upgrading"])
def test_one_that_mentions_nobody_tells_nobody(message: str) -> None:
    assert told(downtime(message=message)) == []


def test_it_says_what_is_silenced_and_for_how_long_in_its_own_zone() -> None:
    made = next(announcements(downtime(display_timezone="Europe/Berlin"), T0, T0))
    assert (made.title, made.recipients) == ("[Downtime scheduled] env:prod", ("ops@example.com",))
    assert made.body == "Upgrading @ops@example.com\n\nFrom 2026-03-02 11:03 CET to 2026-03-02 11:05 CET"
    forever = next(announcements(downtime({"start": ONCE["start"]}), T0, T0))
    assert forever.body.endswith("\n\nFrom 2026-03-02 10:03 UTC on")


def test_a_downtime_that_is_over_says_no_times() -> None:
    cancelled = replace(downtime({"start": ONCE["start"]}), canceled=T0 + 60.0)
    [*_, last] = announcements(cancelled, T0, T0 + 600)
    assert (last.transition, last.body) == ("Downtime canceled", "Upgrading @ops@example.com")
