"""Local times where the clocks change: the rule of RFC 5545, section 3.3.5, everywhere the same."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.time import zones

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
NAMES = sorted(available_timezones())


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def test_a_time_that_the_clocks_skip_is_read_with_the_offset_from_before() -> None:
    # the RFC's own example: 02:30 of that night in New York is 03:30 EDT
    assert zones.instant(datetime(2007, 3, 11, 2, 30), NEW_YORK) == at("2007-03-11T03:30:00-04:00")
    assert zones.instant(datetime(2026, 3, 29, 2, 0), BERLIN) == at("2026-03-29T03:00:00+02:00")


def test_of_a_time_that_there_is_twice_the_first_is_meant() -> None:
    # the RFC's own example: 01:30 of that night in New York is 01:30 EDT
    assert zones.instant(datetime(2007, 11, 4, 1, 30), NEW_YORK) == at("2007-11-04T01:30:00-04:00")
    assert zones.instant(datetime(2026, 10, 25, 2, 30, fold=1), BERLIN) == at("2026-10-25T02:30:00+02:00")


def test_after_2037_a_zone_keeps_its_offset_both_ways() -> None:
    july = datetime(2042, 7, 13, 1, 2, 3)
    assert zones.instant(july, NEW_YORK) == at("2042-07-13T01:02:03-05:00")
    assert zones.local(zones.instant(july, NEW_YORK), NEW_YORK) == july
    assert zones.offset(at("2042-07-13T00:00:00Z"), NEW_YORK) == -5 * 3600


@given(name=st.sampled_from(NAMES), when=st.integers(0, 3_000_000_000))
def test_an_instant_comes_back_from_its_local_time_unless_the_clocks_show_it_a_second_time(
    name: str, when: int
) -> None:
    zone = zones.zone(name)
    back = zones.instant(zones.local(when, zone), zone)
    again = datetime.fromtimestamp(when, UTC).astimezone(zone).fold
    assert back < when if again else back == when


@given(name=st.sampled_from(NAMES), wall=st.datetimes(datetime(1970, 1, 2), datetime(2060, 1, 1)))
def test_a_local_time_is_never_before_an_earlier_one_by_more_than_the_clocks_change(name: str, wall: datetime) -> None:
    zone = zones.zone(name)
    assert zones.local(zones.instant(wall, zone), zone) >= wall
    assert zones.instant(wall + timedelta(days=2), zone) > zones.instant(wall, zone)


@pytest.mark.parametrize("when", [-1e15, 1e15])
def test_a_time_without_a_date_is_moved_to_one_that_has_one(when: float) -> None:
    assert zones.local(when, BERLIN).year in (5, 6, 9892)


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../etc/passwd", "/etc/passwd", "Europe", "a\0b", None, 5, "ü" * 300]
)
def test_a_name_that_is_no_zones_is_refused_in_one_sentence(name: object) -> None:
    assert not zones.is_zone(name)
    with pytest.raises(zones.UnknownZone, match="is no time zone of the IANA database"):
        zones.zone(name)


@given(st.sampled_from(NAMES), st.sampled_from([str.lower, str.upper, str.swapcase, str]))
def test_a_name_in_any_capitals_is_spelled_as_the_database_has_it(name: str, written: Callable[[str], str]) -> None:
    assert zones.spelled(written(name)) == name
    assert zones.spelled(written(f"{name}/none")) == written(f"{name}/none")
