"""as_count and as_rate over counts, rates and gauges (metrics/custom_metrics/type_modifiers), and .weighted()."""

import pytest
from query_points import ask, by_scope, every, points, series, source, values

from doghouse.queries import NotEvaluated

COUNT = source(series(every(20, [1, 1, 1, 1]), type="count", interval=20))
RATE = source(series(every(20, [0.05] * 4), type="rate", interval=20))
GAUGE = source(series(every(20, [1, 2, 3, 4])))


def test_the_documented_conversions_of_a_count_and_a_rate() -> None:
    assert values(COUNT, "sum:m{*}.as_rate().rollup(sum,20)", 0, 80) == [0.05] * 4
    assert values(RATE, "sum:m{*}.as_count().rollup(sum,20)", 0, 80) == [1] * 4


def test_a_count_as_a_count_is_summed() -> None:
    assert values(COUNT, "sum:m{*}.as_count()", 0, 80, 40) == [2, 2]


def test_a_count_without_a_modifier_is_averaged() -> None:
    assert values(COUNT, "sum:m{*}", 0, 80, 40) == [1, 1]


def test_a_gauge_is_not_touched() -> None:
    for modifier in ("", ".as_count()", ".as_rate()"):
        assert values(GAUGE, f"avg:m{{*}}{modifier}", 0, 80, 40) == [1.5, 3.5]


def test_a_rate_counts_its_submission_interval_and_not_the_bucket() -> None:
    mixed = source(
        series([(0, 2.0)], type="rate", interval=10, host="a"), series([(0, 2.0)], type="rate", interval=60, host="b")
    )
    assert by_scope(mixed, "sum:m{*}.as_count() by {host}", 0, 60, 60) == {"host:a": [20], "host:b": [120]}


def test_a_bucket_shorter_than_the_submission_interval_is_not_divided() -> None:
    assert values(COUNT, "sum:m{*}.as_rate()", 0, 80, 5) == [1, 1, 1, 1]


def test_a_rate_as_a_rate_is_the_mean_over_the_bucket_of_its_samples() -> None:
    """The page's own example, of May 2026: a sample a minute, buckets of half an hour, a thirtieth of the sum."""
    minutely = source(series(every(60, [3.0] * 30), type="rate", interval=60))
    sparse = source(series([(0, 3.0), (600, 6.0)], type="rate", interval=60))

    assert values(minutely, "sum:m{*}.as_rate().rollup(sum,1800)", 0, 1800) == [3]
    assert values(sparse, "sum:m{*}.as_rate().rollup(sum,1800)", 0, 1800) == [0.3]


def test_a_bucket_that_the_end_cuts_is_the_mean_of_what_was_seen() -> None:
    minutely = source(series(every(60, [3.0] * 40), type="rate", interval=60))

    assert values(minutely, "sum:m{*}.as_rate().rollup(sum,1800)", 0, 2400) == [3, 3]


def test_a_rate_in_a_bucket_shorter_than_its_interval_stays_what_it_is() -> None:
    assert values(RATE, "sum:m{*}.as_rate()", 0, 80, 5) == [0.05] * 4


def test_a_rate_as_a_rate_without_an_interval_is_averaged() -> None:
    assert values(source(series(every(20, [1, 2, 3]), type="rate")), "sum:m{*}.as_rate()", 0, 60, 60) == [2]


def test_a_rate_sent_without_its_interval_cannot_be_counted() -> None:
    with pytest.raises(
        NotEvaluated, match=r"\.as_count\(\) of a rate where a series of m was sent without its interval"
    ):
        ask(source(series([(0, 1)], type="rate")), "sum:m{*}.as_count()")


def test_a_method_of_its_own_replaces_the_sum() -> None:
    assert values(source(series(every(20, [1, 5, 2]), type="count")), "sum:m{*}.as_count().rollup(max,60)", 0, 60) == [
        5
    ]


def test_series_of_several_types_are_read_each_in_its_way() -> None:
    mixed = source(
        series(every(10, [1, 1, 1]), type="count", host="a"),
        series(every(10, [0.5, 0.5, 0.5]), type="rate", interval=10, host="b"),
        series(every(10, [4, 4, 4]), host="c"),
    )
    got = by_scope(mixed, "sum:m{*}.as_count() by {host}", 0, 60, 60)
    assert got == {"host:a": [3], "host:b": [15], "host:c": [4]}


def test_counts_and_rates_are_not_interpolated_in_space() -> None:
    for kind in ("count", "rate"):
        hosts = source(
            series([(0, 5), (120, 5)], type=kind, interval=60, host="a"),  # type: ignore[arg-type]
            series([(60, 7)], type=kind, interval=60, host="b"),  # type: ignore[arg-type]
        )
        assert points(hosts, "sum:m{*}", 0, 600, 60) == [(0, 5), (60, 7), (120, 5)]


def test_weighted_counts_a_short_lived_series_for_its_share_of_the_bucket() -> None:
    """The documented example (dashboards/guide/how-weighted-works): three containers one after another."""
    versions = source(
        series([(0, 12)], "app:a", "version:1", interval=10),
        series(every(10, [12, 12, 12], 10), "app:b", "version:1", interval=10),
        series(every(10, [12, 12], 40), "app:c", "version:1", interval=10),
        series([(0, 12)], "app:d", "version:2", interval=10),
        series(every(10, [16, 16, 16], 10), "app:e", "version:2", interval=10),
        series(every(10, [18, 18], 40), "app:f", "version:2", interval=10),
    )
    plain = by_scope(versions, "sum:m{*} by {version}.rollup(avg,60)", 0, 60)
    weighted = by_scope(versions, "sum:m{*} by {version}.weighted().rollup(avg,60)", 0, 60)
    assert plain == {"version:1": [36], "version:2": [46]}
    assert weighted == {"version:1": [12], "version:2": [16]}


def test_weighted_is_for_sums_of_gauges_alone() -> None:
    with pytest.raises(NotEvaluated, match="weighted"):
        ask(GAUGE, "avg:m{*}.weighted()")


@pytest.mark.parametrize("aggregator", ["p95", "count", "last"])
def test_an_aggregator_of_distributions_is_refused_elsewhere(aggregator: str) -> None:
    with pytest.raises(NotEvaluated, match=f"the space aggregator {aggregator}"):
        ask(GAUGE, f"{aggregator}:m{{*}}")
