"""Lengths of time, ISO 8601 and typed times, each read in one place."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.time import iso, lengths, typed
from doghouse.time.clock import Clock


@given(number=st.integers(0, 999_999_999_999), unit=st.sampled_from(sorted(lengths.UNITS)))
def test_a_length_is_its_number_times_its_unit(number: int, unit: str) -> None:
    one = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1)}
    each = {**one, "d": timedelta(days=1), "w": timedelta(weeks=1)}[unit]
    assert lengths.seconds(f"{number}{unit}") == number * each.total_seconds()


@pytest.mark.parametrize(
    "text", ["", "5", "m", "5 m", "-5m", "1.5h", "5mo", "5M", "٥m", "1h30m", "5m\n", "9" * 5000 + "s"]
)
def test_what_is_no_length_is_none(text: str) -> None:
    assert lengths.seconds(text) is None


def test_a_place_may_know_other_units() -> None:
    assert lengths.seconds("2mo", {**lengths.UNITS, "mo": 30 * lengths.DAY}) == 60 * lengths.DAY
    assert lengths.seconds("2w", {"m": 60}) is None


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_what_is_written_is_read_again(moment: datetime) -> None:
    assert iso.moment(iso.microseconds(moment.timestamp())) == moment
    assert iso.instant(iso.seconds(moment.timestamp())) == int(moment.timestamp())


def test_milliseconds_are_cut_and_written_in_the_two_ways_that_answers_have() -> None:
    assert iso.milliseconds(1_772_445_600.0059) == "2026-03-02T10:00:00.005000+00:00"
    assert iso.utc_milliseconds(1_772_445_600_005) == "2026-03-02T10:00:00.005Z"
    assert iso.utc_milliseconds(1_772_445_600_414) == "2026-03-02T10:00:00.414Z"


def test_a_clock_stands_where_it_is_set_and_else_follows_the_wall() -> None:
    clock = Clock()
    before = time.time()
    assert before <= clock.now() <= time.time()
    clock.set(5.0)
    assert clock.now() == 5.0
    clock.set(None)
    assert clock.now() >= before


def test_a_time_without_an_offset_is_utc() -> None:
    assert iso.instant("2026-03-02T10:13:00") == iso.instant("2026-03-02T11:13:00+01:00")


@pytest.mark.parametrize(
    ("text", "after"),
    [("now", 0), ("now-15m", -900), ("now + 1h", 3600), ("now -2d", -172_800), ("now+1w", 604_800), ("now-30s", -30)],
)
def test_times_may_be_typed_from_now_on(text: str, after: int) -> None:
    assert typed.parse_time(text, 1e9) == 1e9 + after


@pytest.mark.parametrize(
    ("text", "when"),
    [("1772445600", 1_772_445_600), ("1772445600.5", 1_772_445_600.5), ("5", 5), ("20260302", 1_772_409_600)],
)
def test_digits_are_seconds_since_1970_but_eight_are_a_day(text: str, when: float) -> None:
    assert typed.parse_time(text, 1e9) == when


@pytest.mark.parametrize("text", ["now-", "now-5", "now-5x", "now5m", "yesterday", "now-1.5h", ""])
def test_what_is_no_time_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time: it is ISO 8601, seconds since 1970, or now-5m"):
        typed.parse_time(text, 1e9)
