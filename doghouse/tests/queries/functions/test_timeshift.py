"""Earlier times: shifts by name, by length, and by the calendar (dashboards/functions/timeshift)."""

from datetime import datetime

from query_points import T0, points, series, source, values

from .test_functions import LINE


def test_shifts_by_name() -> None:
    week = 7 * 86400
    found = source(series([(0, 1), (4 * week - 86400, 2), (3 * week, 3), (4 * week, 4), (4 * week - 3600, 5)]))
    start, end = 4 * week, 4 * week + 60
    for name, expected in {"hour_before": 5, "day_before": 2, "week_before": 3, "month_before": 1}.items():
        assert values(found, f"{name}(avg:m{{*}})", start, end, 60) == [expected]


def test_a_shift_that_is_no_multiple_of_the_bucket_moves_points_before_they_are_rolled_up() -> None:
    found = source(series([(0, 1), (50, 3), (70, 9)]))
    assert points(found, "timeshift(avg:m{*},-10)", 0, 120, 60) == [(0, 1), (60, 6)]


def test_shifts_add_up_and_can_be_negative_or_positive() -> None:
    assert points(LINE, "timeshift(timeshift(avg:m{*},-60),-60)", 120, 360, 60) == [
        (120, 4),
        (180, 1),
        (240, 3),
        (300, 2),
    ]
    assert points(LINE, "timeshift(avg:m{*},60)", 0, 120, 60) == [(0, 1), (60, 3)]


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp() - T0


def test_a_calendar_shift_keeps_the_local_time_over_a_change_of_clocks() -> None:
    found = source(series([(at("2026-03-28T12:00+01:00"), 7), (at("2026-03-28T11:00+01:00"), 1)]))
    noon = at("2026-03-29T12:00+02:00")
    query = "calendar_shift(avg:m{*}, '-1d', 'Europe/Berlin')"
    assert points(found, query, noon, noon + 60, 60) == [(int(noon), 7)]
    assert points(found, "day_before(avg:m{*})", noon, noon + 60, 60) == [(int(noon), 1)]


def test_a_calendar_shift_to_a_time_that_the_clocks_skipped_reads_it_as_much_later() -> None:
    # on 29 March 2026 there is no 02:30 in Berlin: it is 03:30, as of downtimes
    found = source(series([(at("2026-03-29T03:30+02:00"), 7), (at("2026-03-29T03:00+02:00"), 1)]))
    night = int(at("2026-03-30T02:30+02:00"))
    query = "calendar_shift(avg:m{*}, '-1d', 'Europe/Berlin')"
    assert points(found, query, night, night + 60, 60) == [(night, 7)]
    # nor does it matter where the window ends, as behind the gap it reads earlier times again
    assert points(found, query, night, night + 1800, 60) == [(night, 7)]
    assert points(found, query, night, night + 3660, 60) == [(night, 7), (night + 1800, 1), (night + 3600, 7)]


def test_a_calendar_shift_by_a_month_takes_the_last_day_where_the_day_is_missing() -> None:
    found = source(series([(at("2026-02-28T12:00Z"), 28), (at("2026-02-14T12:00Z"), 14)]))
    for day, expected in {"2026-03-28": 28, "2026-03-31": 28, "2026-03-14": 14}.items():
        noon = at(f"{day}T12:00Z")
        assert values(found, "calendar_shift(avg:m{*}, '-1mo', 'UTC')", noon, noon + 60, 60) == [expected]


def test_a_calendar_shift_works_on_calendar_buckets() -> None:
    found = source(series([(at("2026-03-01T12:00Z"), 1), (at("2026-03-08T12:00Z"), 8)]))
    query = "calendar_shift(sum:m{*}.rollup(sum,daily), '-1w', 'UTC')"
    day = at("2026-03-08T00:00Z")
    assert points(found, query, day, day + 86400) == [(int(day), 1)]


# exclusion
