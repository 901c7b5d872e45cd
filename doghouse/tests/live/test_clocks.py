"""Clocks that jump, a machine that slept, nights of 23 and 25 hours: nothing is sent twice, and the state is right in the end."""

import os
import random

import pytest
from live_house import T0, Live, Points, living

from doghouse.monitors import Status

JUMPS = int(os.environ.get("TORTURE_JUMPS", "60"))
DAY_S = 86_400
MINUTES = 4 * 1440
WAVE = ((100,) * 10 + (50,) * 10) * (MINUTES // 20)  # ten minutes of alert, ten of none


def settled(house: Live, number: int) -> Status:
    return house.stores.monitors.states(number)[()].status


@pytest.mark.parametrize("seed", range(3))
def test_a_clock_that_jumps_makes_no_notification_twice_and_leaves_the_right_state(
    tmp_path, caplog, seed, record_property
):
    chance = random.Random(seed)
    points = Points()
    points.give(WAVE)
    with living(tmp_path, points=points, now=float(T0)) as house:
        number = house.monitor("avg(last_1m):avg:m{*} > 90")
        newest = now = T0
        for _ in range(JUMPS):
            jump = chance.choice((60, 60, 60, 90, 600, 3500, 3700, 7200, DAY_S // 2, -1, -60, -3600, -7200, -DAY_S))
            now = min(max(now + jump, T0), T0 + 60 * (MINUTES - 100))
            newest = max(newest, now)
            house.clock.set(float(now))
            house.service.live.step()
        for minute in range(newest // 60 * 60, newest // 60 * 60 + 1800, 60):  # the clock is right again
            house.clock.set(float(minute + 60))
            house.service.live.step()
            value = WAVE[(minute - T0) // 60]
            assert settled(house, number) is (Status.ALERT if value > 90 else Status.OK)
        at = [(one.at, one.transition) for one in house.notifications]
    assert len(at) == len(set(at))
    assert at == sorted(at, key=lambda pair: pair[0])
    assert not [record for record in caplog.records if record.exc_info]
    record_property("faults", JUMPS)


@pytest.mark.parametrize(
    ("slept", "expected"),
    [
        (1800, ["10:01 Triggered", "10:11 Recovered", "10:21 Triggered", "10:31 Recovered"]),
        (5 * 3600 + 60, ["10:01 Triggered"]),
    ],
)
def test_a_machine_that_slept_makes_up_for_an_hour_and_begins_anew_after_more(tmp_path, slept, expected):
    points = Points()
    points.give(WAVE)
    with living(tmp_path, points=points, now=float(T0)) as house:
        house.monitor("avg(last_1m):avg:m{*} > 90")
        house.advance(3)
        house.clock.set(T0 + 180.0 + slept)
        house.service.live.step()
        assert house.told[: len(expected)] == expected


@pytest.mark.parametrize(
    ("began", "hours"),
    [("2026-03-28T19:00:00", 14), ("2026-10-24T19:00:00", 14), ("2026-03-29T02:30:00", 1), ("2026-10-25T02:30:00", 1)],
)
def test_a_downtime_is_as_long_as_it_says_over_both_changes_of_the_clocks(began, hours):
    from doghouse.downtimes import occurrences, parse

    recurrence = {"start": began, "duration": f"{hours}h", "rrule": "FREQ=DAILY;COUNT=1"}
    downtime = parse({"scope": "*", "schedule": {"timezone": "Europe/Berlin", "recurrences": [recurrence]}}, 0)
    [stretch] = occurrences(downtime.schedule, 1_770_000_000, 1_800_000_000)
    assert stretch.end - stretch.start == hours * 3600
