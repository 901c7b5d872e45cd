"""Differences from point to point (dashboards/functions/rate)."""

from query_points import every, points, series, source, values

from .test_functions import GAPPY, over_line


def test_a_difference_is_taken_from_point_to_point_whatever_lies_between() -> None:
    assert points(GAPPY, "diff(avg:m{*})", 0, 300, 60) == [(0, None), (120, 2), (240, 6)]
    assert values(GAPPY, "per_minute(avg:m{*})", 0, 300, 60) == [None, 1, 3]


def test_a_difference_of_a_query_is_taken_of_each_series_before_they_are_added() -> None:
    """A host that starts late would otherwise look like a jump."""
    hosts = source(series(every(60, [100, 101, 103]), host="a"), series(every(60, [None, 500, 501]), host="b"))
    assert values(hosts, "diff(sum:m{*}.fill(null))", 0, 180, 60) == [None, 1, 3]
    assert values(hosts, "diff(sum:m{*}.fill(null) + 0)", 0, 180, 60) == [None, 501, 3]


def test_dt_is_one_series_of_the_seconds_between_points_of_any_group() -> None:
    hosts = source(series([(0, 1), (120, 1)], host="a"), series([(60, 1), (300, 1)], host="b"))
    assert points(hosts, "dt(avg:m{*} by {host}.fill(null))", 0, 360, 60) == [
        (0, None),
        (60, 60),
        (120, 60),
        (300, 180),
    ]


def test_throughput_divides_by_the_seconds_of_the_bucket() -> None:
    assert over_line("throughput(q * 60)") == [4, 1, 3, 2]


# smoothing
