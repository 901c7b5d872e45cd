"""Custom schedules: a monitor is evaluated at their moments alone, live, in a backtest and in columns (monitors/guide/custom_schedules)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from live_house import living
from record_lines import T0, alert, changes, lines, replayed, sources

from doghouse import monitors as mon
from doghouse.search.records import Lines

HOUR, DAY = 3600, 24 * 3600


def scheduled(*recurrences: dict[str, Any], query: str = 'logs("*").rollup("count").last("1h") > 1') -> mon.Definition:
    options: dict[str, Any] = {"custom_schedule": {"recurrences": list(recurrences)}}
    return alert(query, message="@ops@example.com", name="high", scheduling_options=options)


def ticks(monitor: mon.Definition, days: int = 7) -> list[str]:
    times = monitor.ticks(T0 - 10 * HOUR, T0 - 10 * HOUR + days * DAY).tolist()
    return [f"{datetime.fromtimestamp(time, UTC):%a %d %H:%M}" for time in times]


@pytest.mark.parametrize(
    ("recurrences", "expected"),
    [
        ([{"rrule": "FREQ=DAILY;BYHOUR=20"}], [f"{day} 20:00" for day in ("Mon 02", "Tue 03", "Wed 04")]),
        (
            [
                {
                    "rrule": "RRULE:FREQ=DAILY;INTERVAL=1;BYHOUR=17;BYMINUTE=15,45;BYSECOND=0",
                    "timezone": "America/New_York",
                }
            ],
            [f"{day} 22:{minute}" for day in ("Mon 02", "Tue 03", "Wed 04") for minute in (15, 45)],
        ),
        (
            [{"rrule": "FREQ=WEEKLY;BYDAY=TU,SA", "start": "2025-01-01T06:30:00", "timezone": "Europe/Paris"}],
            ["Tue 03 05:30"],
        ),
        ([{"rrule": "FREQ=MONTHLY;BYMONTHDAY=4"}, {"rrule": "FREQ=DAILY;BYDAY=WE"}], ["Wed 04 00:00"]),
        ([{"rrule": "FREQ=DAILY", "start": "2026-03-04T09:00:00"}], ["Wed 04 09:00"]),
        ([{"rrule": "FREQ=DAILY;BYMONTHDAY=31;BYMONTH=2"}], []),
    ],
)
def test_the_moments_are_those_of_the_rules(recurrences: list[dict[str, Any]], expected: list[str]) -> None:
    assert ticks(scheduled(*recurrences), 3) == expected


def test_a_schedule_without_recurrences_changes_nothing() -> None:
    assert len(ticks(scheduled(), 1)) == 24 * 60


HALF_PAST = {"rrule": "FREQ=DAILY;BYHOUR=10,11,13;BYMINUTE=30"}


def test_live_and_a_backtest_look_at_these_moments_alone(tmp_path: Path) -> None:
    monitor, records = scheduled(HALF_PAST), lines(5 * 60, 6 * 60, 100 * 60)  # two before 10:30, one at 11:40
    assert changes(monitor, sources(records), 240) == ["10:30 Triggered", "11:30 Recovered"]
    wanted = [(one.at, one.transition) for one in replayed(monitor, sources(records), 240).notifications()]
    assert [at - T0 for at, _ in wanted] == [30 * 60, 90 * 60]
    with living(tmp_path, records={"logs": Lines(records)}, now=T0) as house:
        house.monitor(monitor.query, **{key: monitor.document[key] for key in ("type", "message", "name", "options")})
        house.advance(240)
        assert [(one.at, one.transition) for one in house.notifications] == wanted


def test_a_moment_that_passed_while_the_server_stood_still_is_made_up_for(tmp_path: Path) -> None:
    monitor, records = scheduled(HALF_PAST), lines(5 * 60, 6 * 60)
    with living(tmp_path, records={"logs": Lines(records)}, now=T0) as house:
        house.monitor(monitor.query, **{key: monitor.document[key] for key in ("type", "message", "name", "options")})
        house.advance(40)
        house.clock.set(T0 + 110 * 60.0)  # 11:50
        house.service.live.step()
        assert [one.at - T0 for one in house.notifications] == [30 * 60, 90 * 60]
