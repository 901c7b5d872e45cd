"""Interpolation (metrics/guide/interpolation-the-fill-modifier-explained, functions/interpolation)."""

from query_points import by_scope, every, points, series, source, values

from doghouse.queries import MONITOR, Options

HOUR_APART = source(series([(0, 10), (1200, 10)], host="a"), series(every(60, [1.0] * 21), host="b"))
EVENTS = source(series([(0, 4), (120, 8)], host="a"), series([(60, 1)], host="b"))


def test_a_single_source_is_not_interpolated() -> None:
    assert points(source(series([(0, 1), (120, 3)])), "avg:m{*}", 0, 600, 60) == [(0, 1), (120, 3)]


def test_a_single_source_stays_alone_with_a_fill_too() -> None:
    """The guide: a metric's gap needs no interpolation, and fill(zero) does nothing there."""
    assert points(source(series([(0, 1), (120, 3)])), "avg:m{*}.fill(zero)", 0, 600, 60) == [(0, 1), (120, 3)]


def test_expressions_between_commas_are_not_aligned_with_each_other() -> None:
    assert points(EVENTS, "avg:m{host:a}", 0, 600, 60) == [(0, 4), (120, 8)]


def test_groups_are_aligned_with_each_other() -> None:
    assert by_scope(EVENTS, "avg:m{*} by {host}", 0, 180, 60) == {"host:a": [4, 6, 8], "host:b": [1, 1]}


def test_halfway_of_a_gap_is_half_of_the_rise_to_the_last_digit() -> None:
    """A hundred times 0.07 is a little more than 7, and a negative number has no power of that."""
    held = source(series([(0, -9), (200, 5)], host="a"), series([(0, 0), (100, 0), (200, 0)], host="b"))
    assert by_scope(held, "avg:m{*} by {host}", 0, 300, 100)["host:a"] == [-9, -2, 5]
    assert values(held, "pow(sum:m{*}, sum:m{*})", 0, 300, 100)[1] == 0.25


def test_a_monitor_reads_each_groups_own_points() -> None:
    got = by_scope(EVENTS, "avg:m{*} by {host}", 0, 180, 60, MONITOR)
    assert got == {"host:a": [4, 8], "host:b": [1]}


def test_a_line_is_drawn_for_five_minutes_of_a_longer_gap_and_then_stops() -> None:
    held = dict(points(HOUR_APART, "sum:m{*}", 0, 1260, 60))
    assert held[300] == 11
    assert held[360] == 1
    assert held[1200] == 11


def test_fill_has_a_method_and_a_limit() -> None:
    def at(query: str, second: int) -> float | None:
        return dict(points(HOUR_APART, query, 0, 1260, 60))[second]

    assert at("sum:m{*}.fill(last,600)", 600) == 11
    assert at("sum:m{*}.fill(last,600)", 660) == 1
    assert at("sum:m{*}.fill(null)", 60) == 1
    assert at("sum:m{*}.fill(linear,60)", 60) == 11
    assert at("sum:m{*}.fill(linear,60)", 120) == 1


def test_fill_zero_pulls_an_average_down() -> None:
    assert values(EVENTS, "avg:m{*}.fill(zero)", 0, 180, 60) == [4, 0.5, 4]
    assert values(EVENTS, "avg:m{*}.fill(0)", 0, 180, 60) == [4, 0.5, 4]


def test_interpolation_goes_from_bucket_to_bucket() -> None:
    hosts = source(series([(5, 0), (125, 12)], host="a"), series([(65, 1)], host="b"))
    assert points(hosts, "sum:m{*}", 0, 180, 60) == [(0, 0), (60, 7), (120, 13)]


def test_the_left_edge_uses_points_before_the_window() -> None:
    hosts = source(series([(-60, 10), (60, 10)], host="a"), series(every(60, [1, 1]), host="b"))
    assert values(hosts, "sum:m{*}", 0, 120, 60) == [11, 11]
    assert values(hosts, "sum:m{*}", 0, 120, 60, Options(look_back=False)) == [1, 11]


def test_a_source_that_fell_silent_before_the_window_is_not_in_it() -> None:
    hosts = source(series([(-60, 10)], host="a"), series([(-30, 1)], host="b"))
    assert by_scope(hosts, "sum:m{*}", 0, 120, 60) == {}
    reporting = source(series([(-60, 10)], host="a"), series([(30, 1)], host="b"))
    assert by_scope(reporting, "sum:m{*} by {host}", 0, 120, 60) == {"host:b": [1]}
    assert values(reporting, "sum:m{*}", 0, 120, 60) == [1]


def test_counts_are_interpolated_only_where_an_option_says_so() -> None:
    hosts = source(series([(0, 4), (120, 8)], type="count", host="a"), series([(60, 1)], type="count", host="b"))
    assert values(hosts, "sum:m{*}", 0, 180, 60) == [4, 1, 8]
    assert values(hosts, "sum:m{*}", 0, 180, 60, Options(interpolate_counts=True)) == [4, 7, 9]
    assert values(hosts, "sum:m{*}.fill(last)", 0, 180, 60) == [4, 5, 9]


def test_a_fill_gives_arithmetic_what_it_lacks() -> None:
    """The documented example (monitors/guide/monitor-arithmetic-and-sparse-metrics): two gauges that report in turn, in 5-minute buckets."""
    sparse = source(
        series(every(300, [1, None, 0, None, 1, None, 1]), "timer:norm"),
        series(every(300, [1, None, 1, None, 1, None, 1], -300), "timer:offset"),
    )
    bare = values(sparse, "sum:m{timer:norm} / sum:m{timer:offset}", 0, 2100, 300, MONITOR)
    assert [value for value in bare if value is not None] == []
    query = "sum:m{timer:norm}.fill(last,900) / sum:m{timer:offset}.fill(last,900)"
    assert values(sparse, query, 0, 2100, 300, MONITOR) == [1, 1, 0, 0, 1, 1, 1]
