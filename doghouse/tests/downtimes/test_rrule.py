"""Two ways to write a downtime's rule."""

from datetime import datetime

import pytest

from doghouse.downtimes import rrule, same_rule


@pytest.mark.parametrize(
    ("rule", "other", "same"),
    [
        ("RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=SU,SA", "freq=weekly;byday=SA,SU", True),
        ("FREQ=DAILY;INTERVAL=1", "INTERVAL=1;FREQ=DAILY", True),
        ("FREQ=DAILY;INTERVAL=2", "FREQ=DAILY", False),
        ("FREQ=WEEKLY;BYDAY=SA", "FREQ=WEEKLY;BYDAY=SA,SU", False),
    ],
)
def test_the_order_of_parts_and_an_interval_of_one_make_no_difference(rule, other, same):
    assert same_rule(rule, other) is same


@pytest.mark.parametrize(
    ("first_day", "expected"),
    [("MO", ["03-01", "03-09", "03-15", "03-23"]), ("SU", ["03-01", "03-02", "03-15", "03-16"])],
)
def test_every_second_week_is_counted_in_weeks_that_begin_on_their_first_day(first_day, expected):
    rule = f"FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST={first_day}"
    sunday = datetime(2026, 3, 1, 9)
    assert [f"{each:%m-%d}" for each in rrule.occurrences(rule, sunday, "UTC", 2026)][:4] == expected


@pytest.mark.parametrize("day", ["1MO", "XX", "MON", "M"])
def test_a_first_day_of_the_week_is_a_weekday(day):
    with pytest.raises(rrule.RruleError, match=f"WKST={day} is no weekday, as MO or SU are"):
        rrule.parts(f"FREQ=WEEKLY;WKST={day}")


def test_an_hourly_rule_that_began_long_ago_keeps_its_step_and_is_not_worked_out_from_its_beginning():
    each = rrule.occurrences("FREQ=HOURLY;INTERVAL=7", datetime(1990, 1, 1, 0, 30), "UTC", 2026)

    assert all((one - datetime(1990, 1, 1, 0, 30)).total_seconds() % (7 * 3600) == 0 for one in each)
    assert (each[0].year, each[-1].year, len(each) < 5000) == (2023, 2026, True)


def test_an_hourly_rule_with_a_count_ends_after_it():
    assert len(rrule.occurrences("FREQ=HOURLY;COUNT=3", datetime(1990, 1, 1), "UTC", 2026)) == 3
