"""The range of time of a page: DB2 and DB3 of the semantics (OpenAPI: WidgetLiveSpan, WidgetNewLiveSpan, WidgetNewFixedSpan)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.ui import frame
from doghouse.ui.frame import Frame

NOW = 1_772_445_600  # Monday 2026-03-02 10:00 UTC
HOUR = Frame(NOW + 1 - 3600, NOW + 1, True)


def test_a_url_without_a_range_shows_the_past_hour_live() -> None:
    assert frame.from_url({}, NOW) == HOUR


def test_a_live_link_keeps_its_length_and_ends_now() -> None:
    shown = frame.from_url({"from_ts": "1000000", "to_ts": "1300000", "live": "true"}, NOW)
    assert shown == Frame(NOW + 1 - 300, NOW + 1, True)


def test_a_link_that_is_not_live_stands_still() -> None:
    shown = frame.from_url({"from_ts": "1000000", "to_ts": "1300000", "live": "false"}, NOW)
    assert shown == Frame(1000, 1300, False)


@pytest.mark.parametrize(
    "wrong", [{"from_ts": "x", "to_ts": "5000"}, {"from_ts": "9000", "to_ts": "5000"}, {"to_ts": "5000"}]
)
def test_a_range_that_makes_no_sense_shows_the_default(wrong: dict[str, str]) -> None:
    assert frame.from_url(wrong, NOW) == HOUR


@given(st.integers(0, 2**33), st.integers(1, 10**8))
def test_what_a_url_says_is_read_back(start: int, span: int) -> None:
    shown = Frame(start, start + span, False)
    assert frame.from_url(shown.query(), NOW) == shown


@pytest.mark.parametrize(
    ("span", "seconds"), [("1m", 60), ("5m", 300), ("4h", 14400), ("1w", 604800), ("1mo", 2592000)]
)
def test_a_widgets_live_span_is_its_own(span: str, seconds: int) -> None:
    assert frame.of_widget({"live_span": span}, HOUR, NOW) == Frame(NOW + 1 - seconds, NOW + 1, True)


def test_a_widgets_new_live_span_has_a_unit() -> None:
    assert frame.of_widget({"type": "live", "value": 17, "unit": "minute"}, HOUR, NOW) == Frame(
        NOW + 1 - 1020, NOW + 1, True
    )


@pytest.mark.parametrize("scale", [1, 1000])
def test_a_widgets_fixed_span_is_in_seconds_or_milliseconds(scale: int) -> None:
    time = {"type": "fixed", "from": 1_712_080_128 * scale, "to": 1_712_083_128 * scale}
    assert frame.of_widget(time, HOUR, NOW) == Frame(1_712_080_128, 1_712_083_128, False)


@pytest.mark.parametrize(
    ("span", "start"), [("week_to_date", "2026-03-01 00:00:00"), ("month_to_date", "2026-03-01 00:00:00")]
)
def test_to_date_spans_begin_with_the_week_or_month(span: str, start: str) -> None:
    shown = frame.of_widget({"live_span": span}, HOUR, NOW)
    assert shown
    assert frame.utc(shown.start) == start


@pytest.mark.parametrize(
    ("unit", "offset", "start", "end"),
    [
        ("daily", 1, "2026-03-01 00:00:00", "2026-03-02 00:00:00"),
        ("weekly", 1, "2026-02-22 00:00:00", "2026-03-01 00:00:00"),
        ("monthly", 1, "2026-02-01 00:00:00", "2026-03-01 00:00:00"),
        ("monthly", 3, "2025-12-01 00:00:00", "2026-01-01 00:00:00"),
    ],
)
def test_a_span_of_the_calendar_is_the_whole_one_so_many_before(unit: str, offset: int, start: str, end: str) -> None:
    shown = frame.of_widget({"type": unit, "offset": offset}, HOUR, NOW)
    assert shown
    assert (frame.utc(shown.start), frame.utc(shown.end), shown.live) == (start, end, False)


@pytest.mark.parametrize("unit", ["daily", "weekly", "monthly"])
def test_a_span_of_the_calendar_without_an_offset_is_the_running_one(unit: str) -> None:
    shown = frame.of_widget({"type": unit, "offset": 0}, HOUR, NOW)
    assert shown
    assert (shown.end, shown.live) == (NOW + 1, True)
    assert frame.of_widget({"type": unit, "offset": 10**12}, HOUR, NOW)


@pytest.mark.parametrize("time", [None, {}, {"live_span": "alert"}, {"live_span": "3d "}])
def test_a_widget_without_a_span_that_is_read_follows_the_page(time: dict[str, str] | None) -> None:
    expected = frame.past(3 * 86400, NOW) if time == {"live_span": "3d "} else None
    assert frame.of_widget(time, HOUR, NOW) == expected


def test_a_page_that_stands_still_holds_every_widget_still() -> None:
    assert frame.of_widget({"live_span": "5m"}, Frame(1000, 1300, False), NOW) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (300, "5 minutes"),
        (3600, "hour"),
        (5400, "90 minutes"),
        (604800, "week"),
        (899, "14 minutes 59 seconds"),
        (86400 * 90, "3 months"),
    ],
)
def test_durations_are_for_people(seconds: int, words: str) -> None:
    assert frame.duration_words(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s ago"), (59, "59 s ago"), (720, "12 min ago"), (7300, "2 h ago"), (200000, "2 d ago")],
)
def test_how_long_ago_is_for_people(seconds: float, words: str) -> None:
    assert frame.ago(seconds) == words
