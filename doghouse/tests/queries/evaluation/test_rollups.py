"""Buckets: which there are, where they begin, what they hold (dashboards/functions/rollup)."""

from datetime import UTC, datetime

import pytest
from query_points import T0, ask, every, points, series, source, values

from doghouse.metrics.memory import MemorySource
from doghouse.queries import Window, default_interval, evaluate, parse

DAY = 86400


@pytest.mark.parametrize(
    ("span", "line", "bar"),
    [
        (60, 1, 1),
        (300, 2, 5),
        (900, 5, 10),
        (1800, 10, 30),
        (3600, 20, 60),
        (14400, 60, 120),
        (DAY, 300, 1200),
        (2 * DAY, 600, 1800),
        (7 * DAY, 3600, 7200),
        (30 * DAY, 14400, 43200),
        (90 * DAY, 43200, DAY),
        (180 * DAY, DAY, DAY),
        (365 * DAY, DAY, 7 * DAY),
    ],
)
def test_the_documented_table_of_default_intervals(span: int, line: int, bar: int) -> None:
    assert (default_interval(span), default_interval(span, bars=True)) == (line, bar)


def test_a_rollup_of_its_own_is_honoured_up_to_1500_points() -> None:
    found = source(series(every(60, [1.0] * 10)))
    assert [one.interval for one in ask(found, "avg:m{*}.rollup(avg,60)", 0, 1500 * 60)] == [60]
    assert [one.interval for one in ask(found, "avg:m{*}.rollup(avg,60)", 0, 1500 * 60 + 1)] == [120]


def test_a_rollup_that_is_raised_keeps_its_method() -> None:
    found = source(series(every(60, [1.0, 5.0])))
    assert values(found, "avg:m{*}.rollup(max,60)", 0, 1501 * 60) == [5]


def test_beyond_the_ladder_a_rollup_is_raised_to_whole_days() -> None:
    found = source(series([(0, 1)]))
    (one,) = ask(found, "avg:m{*}.rollup(avg,86400)", -DAY, 3000 * DAY)
    assert one.interval == 3 * DAY


def test_a_monitor_honours_every_rollup() -> None:
    (one,) = ask(source(series([(0, 1)])), "avg:m{*}.rollup(avg,1)", 0, 10_000, max_points=None)
    assert one.interval == 1


def test_a_rollup_without_seconds_has_the_default_interval() -> None:
    found = source(series(every(5, [1, 9, 2, 8])))
    assert points(found, "avg:m{*}.rollup(max)", 0, 3600) == [(0, 9)]


def test_a_rollup_without_a_method_averages() -> None:
    assert points(source(series(every(5, [1, 9, 2, 8]))), "avg:m{*}.rollup(20)", 0, 60) == [(0, 5)]


def test_buckets_begin_at_multiples_of_the_interval_since_1970() -> None:
    found = source(series([(299, 1), (300, 2), (599, 4)]))
    assert points(found, "avg:m{*}.rollup(avg,300)", 0, 3600) == [(0, 1), (300, 3)]


def test_points_behind_the_end_are_not_in_the_last_bucket() -> None:
    found = source(series([(0, 1), (30, 3), (31, 50)]))
    assert points(found, "avg:m{*}.rollup(avg,60)", 0, 31) == [(0, 2)]


def test_a_bucket_that_begins_at_the_end_is_not_in_the_window() -> None:
    assert points(source(series(every(60, [1, 2, 3]))), "avg:m{*}.rollup(avg,60)", 0, 120) == [(0, 1), (60, 2)]


def test_empty_buckets_are_left_out() -> None:
    found = source(series([(0, 1), (600, 2)]))
    assert points(found, "avg:m{*}.rollup(avg,60)", 0, 3600) == [(0, 1), (600, 2)]


def test_the_last_of_several_rollups_counts() -> None:
    found = source(series(every(30, [1, 3])))
    assert values(found, "avg:m{*}.rollup(avg,60).rollup(max,60)", 0, 60) == [3]


def test_a_rollup_behind_parentheses_reaches_every_query_inside() -> None:
    found = source(series(every(30, [1, 3])))
    assert points(found, "(avg:m{*} + avg:m{*}).rollup(max,60)", 0, 60) == [(0, 6)]
    assert points(found, "abs(avg:m{*}).rollup(max,60)", 0, 60) == [(0, 3)]


def test_last_takes_the_last_point_of_a_bucket() -> None:
    assert values(source(series(every(10, [1, 9, 4]))), "avg:m{*}.rollup(last,60)", 0, 60) == [4]


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def hourly(start: str, end: str) -> MemorySource:
    """A gauge of 1 every hour, so that a sum counts hours."""
    first, last = at(start) - T0, at(end) - T0
    return source(series([(t, 1) for t in range(first, last, 3600)]))


def starts_and_sums(query: str, start: str, end: str) -> list[tuple[str, float]]:
    (expression,) = parse(query)
    (one,) = evaluate(expression, hourly(start, end), Window(at(start), at(end)))
    return [
        (datetime.fromtimestamp(t, UTC).strftime("%m-%dT%H:%M"), float(v))
        for t, v in zip(one.ts.tolist(), one.values.tolist(), strict=True)
    ]


def test_a_local_day_has_23_hours_when_the_clocks_go_forward() -> None:
    got = starts_and_sums(
        "sum:m{*}.rollup(sum,daily,12am,'Europe/Berlin')", "2026-03-28T00:00+01:00", "2026-03-31T00:00+02:00"
    )
    assert got == [("03-27T23:00", 24), ("03-28T23:00", 23), ("03-29T22:00", 24)]


def test_a_local_day_has_25_hours_when_the_clocks_go_back() -> None:
    got = starts_and_sums(
        "sum:m{*}.rollup(sum,daily,'America/New_York')", "2026-10-31T00:00-04:00", "2026-11-03T00:00-05:00"
    )
    assert got == [("10-31T04:00", 24), ("11-01T04:00", 25), ("11-02T05:00", 24)]


def test_a_zone_that_moves_by_half_an_hour_has_days_of_23_and_a_half_hours() -> None:
    found = source(
        series([(t, 1) for t in range(at("2026-10-03T00:00+10:30") - T0, at("2026-10-06T00:00+11:00") - T0, 1800)])
    )
    (one,) = evaluate(
        parse("sum:m{*}.rollup(sum,daily,12am,'Australia/Lord_Howe')")[0],
        found,
        Window(at("2026-10-03T00:00+10:30"), at("2026-10-06T00:00+11:00")),
    )
    assert one.values.tolist() == [48, 47, 48]


def test_a_day_may_begin_in_the_afternoon() -> None:
    got = starts_and_sums("sum:m{*}.rollup(sum,daily,6pm)", "2026-03-01T00:00Z", "2026-03-03T00:00Z")
    assert got == [("03-01T18:00", 24), ("03-02T18:00", 6)]


def test_a_day_that_begins_in_a_skipped_hour_begins_when_the_clocks_change() -> None:
    got = starts_and_sums(
        "sum:m{*}.rollup(sum,daily,2am,'Europe/Berlin')", "2026-03-28T02:00+01:00", "2026-03-31T02:00+02:00"
    )
    assert got == [("03-28T01:00", 24), ("03-29T01:00", 23), ("03-30T00:00", 24)]


def test_weeks_begin_on_sunday_unless_another_day_is_named() -> None:
    window = ("2026-03-01T00:00Z", "2026-03-16T00:00Z")  # the 1st is a Sunday
    assert starts_and_sums("sum:m{*}.rollup(sum,weekly)", *window) == [
        ("03-01T00:00", 168),
        ("03-08T00:00", 168),
        ("03-15T00:00", 24),
    ]
    assert starts_and_sums("sum:m{*}.rollup(sum,weekly,monday)", *window) == [
        ("03-02T00:00", 168),
        ("03-09T00:00", 168),
    ]


def test_months_have_their_own_lengths() -> None:
    got = starts_and_sums("sum:m{*}.rollup(sum,monthly)", "2026-01-01T00:00Z", "2026-04-01T00:00Z")
    assert got == [("01-01T00:00", 31 * 24), ("02-01T00:00", 28 * 24), ("03-01T00:00", 31 * 24)]


def test_a_calendar_bucket_that_began_before_the_window_is_dropped() -> None:
    got = starts_and_sums("sum:m{*}.rollup(sum,daily)", "2026-03-01T01:00Z", "2026-03-03T00:00Z")
    assert got == [("03-02T00:00", 24)]


def test_a_calendar_average_weighs_every_point_alike() -> None:
    found = source(
        series([(at("2026-03-03T00:00Z") - T0, 10.0), *[(at("2026-03-03T20:00Z") - T0 + t, 1.0) for t in range(9)]])
    )
    (one,) = evaluate(
        parse("avg:m{*}.rollup(avg,daily)")[0], found, Window(at("2026-03-03T00:00Z"), at("2026-03-04T00:00Z"))
    )
    assert one.values.tolist() == [1.9]
    assert one.interval == DAY


def test_a_rate_over_a_calendar_day_is_divided_by_that_days_seconds() -> None:
    start, end = at("2026-03-29T00:00+01:00"), at("2026-03-30T00:00+02:00")
    counted = source(series([(start - T0, 23 * 3600.0)], type="count"))
    (one,) = evaluate(parse("sum:m{*}.as_rate().rollup(sum,daily,'Europe/Berlin')")[0], counted, Window(start, end))
    assert one.values.tolist() == [1.0]
