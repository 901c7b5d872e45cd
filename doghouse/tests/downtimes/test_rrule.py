"""A downtime's rule: two ways to write it, and when it occurs, however long ago it began."""

import time
from datetime import datetime, timedelta
from itertools import takewhile

import pytest
from dateutil.rrule import rrulestr
from downtime_points import recurring
from hypothesis import example, given, settings
from hypothesis import strategies as st

from doghouse import downtimes as dt
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
    walls = rrule.occurrences(rule, sunday, "UTC", sunday, sunday + timedelta(days=30))
    assert [f"{wall:%m-%d}" for wall in walls][:4] == expected


@pytest.mark.parametrize("day", ["1MO", "XX", "MON", "M"])
def test_a_first_day_of_the_week_is_a_weekday(day):
    with pytest.raises(rrule.RruleError, match=f"WKST={day} is no weekday, as MO or SU are"):
        rrule.parts(f"FREQ=WEEKLY;WKST={day}")


def numbers(least: int, most: int, *, signed: bool = False) -> st.SearchStrategy[str]:
    """One to three numbers, as a part of a rule has them."""
    number = st.integers(least, most)
    either = number | number.map(int.__neg__) if signed else number
    return st.lists(either, min_size=1, max_size=3).map(lambda parts: ",".join(map(str, parts)))


def days(*, numbered: bool) -> st.SearchStrategy[str]:
    """One to three weekdays, with a number where a rule takes them."""
    place = st.sampled_from(["", "1", "-1", "2", "5"]) if numbered else st.just("")
    day = st.builds(str.__add__, place, st.sampled_from(rrule.WEEKDAYS))
    return st.lists(day, min_size=1, max_size=3).map(",".join)


def rules(frequency: str) -> st.SearchStrategy[str]:
    """Rules of a frequency, with any of the parts that downtimes take."""
    optional = {
        "INTERVAL": st.integers(1, 60).map(str),
        "BYDAY": days(numbered=frequency in ("MONTHLY", "YEARLY")),
        "BYMONTH": numbers(1, 12),
        "BYMONTHDAY": numbers(1, 31, signed=True),
        "BYYEARDAY": numbers(1, 366, signed=True),
        "BYWEEKNO": numbers(1, 53, signed=True),
        "BYHOUR": numbers(0, 23),
        "BYSETPOS": numbers(1, 5, signed=True),
        "WKST": st.sampled_from(rrule.WEEKDAYS),
        "COUNT": st.integers(1, 300).map(str),
    }
    named = st.fixed_dictionaries({"FREQ": st.just(frequency)}, optional=optional)
    few = named.filter(lambda rule: len(rule) < 6)
    return few.map(lambda rule: ";".join(f"{name}={value}" for name, value in rule.items()))


MOMENTS = st.datetimes(datetime(2290, 1, 1), datetime(2370, 1, 1)).map(lambda moment: moment.replace(microsecond=0))


@settings(deadline=None, max_examples=120)
@given(st.sampled_from(rrule.FREQUENCIES).flatmap(rules), MOMENTS, st.integers(0, 9000), st.integers(0, 400))
@example("FREQ=WEEKLY;BYSETPOS=2;BYDAY=MO,WE,FR;WKST=SU", datetime(2296, 1, 4), 3 * 365, 400)
@example("FREQ=WEEKLY;BYSETPOS=-1;BYDAY=MO,WE,FR;INTERVAL=2", datetime(2299, 12, 30, 5), 0, 10)
@example("FREQ=MONTHLY;INTERVAL=5", datetime(2291, 1, 31), 3000, 400)
@example("FREQ=YEARLY;INTERVAL=4", datetime(2292, 2, 29), 3000, 400)
@example("FREQ=YEARLY;BYWEEKNO=1,53,-1;BYDAY=MO,SU", datetime(2298, 1, 1), 700, 400)
@example("FREQ=HOURLY;INTERVAL=7;BYHOUR=3,4", datetime(2290, 5, 5, 4, 30, 7), 9000, 30)
@example("FREQ=DAILY;BYHOUR=1,9;COUNT=299", datetime(2290, 5, 5, 4), 100, 400)
def test_a_rule_occurs_as_it_does_where_all_is_listed_from_its_start(
    text: str, start: datetime, after: int, length: int
) -> None:
    first = start + timedelta(days=after)
    last = first + timedelta(days=length)
    # dateutil seeks what never comes up to the year 9999: 7,600 years later, where all dates fall on the same weekdays, it has soon done so.
    later = timedelta(days=7600 // 400 * 146_097)
    try:
        listed = rrulestr(text, dtstart=start + later)
    except ValueError as error:
        with pytest.raises(rrule.RruleError, match=str(error)):
            rrule.occurrences(text, start, "UTC", start, last)
        return
    expected = [wall - later for wall in takewhile(lambda wall: wall <= last + later, listed)]
    assert rrule.occurrences(text, start, "UTC", first, last) == [wall for wall in expected if wall >= first]


def test_a_rule_ends_with_its_until_where_its_clocks_are() -> None:
    start, days_after = datetime(1990, 1, 1, 9), timedelta(days=12_996)
    first, last = start + days_after, start + days_after + timedelta(days=30)
    for until, count in (("20250805", 5), ("20250805T085959", 4), ("20250805T070000Z", 5), ("20250805T065959Z", 4)):
        walls = rrule.occurrences(f"FREQ=DAILY;UNTIL={until}", start, "Europe/Berlin", first, last)
        assert [wall.day for wall in walls] == list(range(1, 6))[:count]


@pytest.mark.parametrize("year", [2026, 2399, 9890])
@pytest.mark.parametrize(
    ("duration", "rule"),
    [
        ("1h", "FREQ=DAILY"),
        ("1h", "FREQ=DAILY;BYHOUR=0,6,12,18;COUNT=1000000"),
        ("1h", "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,WE"),
        ("1h", "FREQ=MONTHLY;BYDAY=2TU"),
        ("1h", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"),
        ("10m", "FREQ=HOURLY"),
        ("10m", "FREQ=HOURLY;INTERVAL=7;UNTIL=19990101"),
        ("25h", "FREQ=DAILY"),
    ],
)
def test_what_a_downtime_is_at_a_time_takes_no_longer_the_longer_ago_it_began(
    year: int, duration: str, rule: str
) -> None:
    downtime = recurring("UTC", ("1971-01-04T00:00:00", duration, rule))
    now = (datetime(year, 6, 1) - datetime(1970, 1, 1)).total_seconds()
    before = time.process_time()
    status, current = dt.status(downtime, now), dt.current(downtime, now)
    assert (
        time.process_time() - before < 3
    )  # listing from the start took minutes in the year 9890, if it came to an end
    assert current is not None
    assert (status == "ended") == ("UNTIL" in rule or ("COUNT" in rule and year > 2399))
    if duration == "25h":
        assert current.start == (datetime(1971, 1, 4) - datetime(1970, 1, 1)).total_seconds()
