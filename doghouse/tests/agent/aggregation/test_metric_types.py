"""The Agent's rules by type (SEMANTICS: docs metrics/types; datadog-agent pkg/metrics), each as an example or a law."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.agent.aggregation import metric_types
from doghouse.agent.aggregation.metric_types import Options
from doghouse.agent.aggregation.samples import Kind, Point, Sample, context

WHERE = context("m", "h", ["b:2", "a:1", "b:2"])
DOC_VALUES = [1, 1, 1, 2, 2, 2, 3, 3]  # docs: metrics/types, over 10 s
DOGSTATSD = Options(interval=10)
finite = st.floats(allow_nan=False, allow_infinity=False, width=32)


def metric_of(kind, values, *, start=100.0, step=10.0, options=None, rate=1.0, flush_first=False):
    metric = metric_types.new(kind, options or Options())
    for place, value in enumerate(values):
        metric.add(Sample(kind, WHERE, value, start + place * step, rate, flush_first))
    return metric


def flushed(kind, values, at=200.0, **options):
    return list(metric_of(kind, values, **options).flush(at))


def by_suffix(points):
    return {point.suffix: (point.type, round(point.value, 3)) for point in points}


def test_tags_in_any_order_and_repeated_are_one_context():
    assert context("m", "h", ["b:2", "a:1", "b:2"]) == context("m", "h", ("a:1", "b:2"))


@given(st.lists(finite, min_size=1))
def test_a_gauge_is_its_last_value_at_the_time_of_the_flush(values):
    assert flushed(Kind.GAUGE, values) == [Point("gauge", 200.0, values[-1])]


@given(st.lists(st.integers(-1000, 1000), min_size=1))
def test_a_count_is_the_sum_of_its_values(values):
    assert flushed(Kind.COUNT, values) == [Point("count", 200.0, float(sum(values)))]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.DISTRIBUTION])
def test_nothing_submitted_gives_no_point(kind):
    assert flushed(kind, []) == []


@pytest.mark.parametrize("kind", [Kind.GAUGE, Kind.COUNT, Kind.COUNTER, Kind.HISTOGRAM, Kind.HISTORATE])
def test_a_flush_starts_anew(kind):
    metric = metric_of(kind, [1, 2, 3])
    assert metric.flush(200.0)
    assert list(metric.flush(210.0)) == []


def test_the_documented_values_of_a_count():
    assert flushed(Kind.COUNT, DOC_VALUES) == [Point("count", 200.0, 15.0)]


def test_the_documented_values_of_a_rate_from_a_dogstatsd_counter():
    assert flushed(Kind.COUNTER, DOC_VALUES, options=DOGSTATSD) == [Point("rate", 200.0, 1.5)]


def test_the_documented_values_of_a_histogram():
    assert by_suffix(flushed(Kind.HISTOGRAM, DOC_VALUES, options=DOGSTATSD)) == {
        ".avg": ("gauge", 1.875),
        ".count": ("rate", 0.8),
        ".median": ("gauge", 2),
        ".95percentile": ("gauge", 3),
        ".max": ("gauge", 3),
    }


def test_a_histogram_sends_the_aggregates_and_percentiles_that_are_configured():
    options = Options(1, ("min", "sum", "nonsense"), (50, 99))
    assert by_suffix(flushed(Kind.HISTOGRAM, [4, 1, 3], options=options)) == {
        ".min": ("gauge", 1),
        ".sum": ("gauge", 8),
        ".50percentile": ("gauge", 3),
        ".99percentile": ("gauge", 4),
    }


@given(st.lists(finite, min_size=1, max_size=50))
def test_every_figure_of_a_histogram_lies_between_its_least_and_greatest_value(values):
    points = by_suffix(flushed(Kind.HISTOGRAM, values, options=Options(1, ("min", "median", "max"), (1, 50, 95, 100))))
    least, greatest = points[".min"][1], points[".max"][1]
    assert all(least <= value <= greatest for _, value in points.values())
    assert points[".100percentile"][1] == greatest


def test_a_sampled_value_stands_for_several():
    assert flushed(Kind.COUNTER, [1, 1], options=DOGSTATSD, rate=0.1) == [Point("rate", 200.0, 2.0)]
    assert by_suffix(flushed(Kind.HISTOGRAM, [5], options=Options(1, ("count", "sum"), ()), rate=0.25)) == {
        ".count": ("rate", 4),
        ".sum": ("gauge", 20),
    }


def test_a_rate_is_the_change_per_second_between_samples_as_a_gauge_at_the_later_ones_time():
    assert flushed(Kind.RATE, [10, 40], start=100, step=10) == [Point("gauge", 110.0, 3.0)]


def test_one_sample_makes_no_rate_and_the_next_run_compares_with_it():
    metric = metric_of(Kind.RATE, [10], start=100)
    assert list(metric.flush(101)) == []
    metric.add(Sample(Kind.RATE, WHERE, 25, 115))
    assert list(metric.flush(116)) == [Point("gauge", 115, 1.0)]


def test_a_rate_that_falls_gives_nothing_and_starts_over():
    metric = metric_of(Kind.RATE, [100, 5], start=100, step=15)
    assert list(metric.flush(120)) == []
    metric.add(Sample(Kind.RATE, WHERE, 20, 130))
    assert list(metric.flush(131)) == [Point("gauge", 130, 1.0)]


def test_two_samples_of_a_rate_in_one_instant_give_nothing():
    assert flushed(Kind.RATE, [10, 40], step=0) == []


def test_a_monotonic_count_is_how_much_it_grew():
    # datadog-agent pkg/metrics/monotonic_count.go: 2, 3, 6, 7 give 5; then 10, 11 give 4
    metric = metric_of(Kind.MONOTONIC_COUNT, [2, 3, 6, 7])
    assert list(metric.flush(200)) == [Point("count", 200, 5.0)]
    for value in (10, 11):
        metric.add(Sample(Kind.MONOTONIC_COUNT, WHERE, value, 210))
    assert list(metric.flush(220)) == [Point("count", 220, 4.0)]


def test_the_first_value_of_a_monotonic_count_gives_nothing():
    assert flushed(Kind.MONOTONIC_COUNT, [1000]) == []


def test_with_flush_first_value_the_first_value_is_the_count():
    assert flushed(Kind.MONOTONIC_COUNT, [7], flush_first=True) == [Point("count", 200, 7.0)]


def test_a_reset_of_a_monotonic_count_counts_as_nothing():
    assert flushed(Kind.MONOTONIC_COUNT, [10, 14, 2, 5]) == [Point("count", 200, 7.0)]


def test_with_flush_first_value_a_reset_counts_from_zero():
    metric = metric_of(Kind.MONOTONIC_COUNT, [10])
    metric.flush(101)
    metric.add(Sample(Kind.MONOTONIC_COUNT, WHERE, 3, 110, flush_first=True))
    assert list(metric.flush(111)) == [Point("count", 111, 3.0)]


def test_a_monotonic_count_that_stands_still_is_zero():
    assert flushed(Kind.MONOTONIC_COUNT, [5, 5]) == [Point("count", 200, 0.0)]


@given(st.lists(st.integers(0, 10_000), min_size=2))
def test_a_monotonic_count_is_the_sum_of_the_rises(values):
    rises = sum(max(b - a, 0) for a, b in itertools.pairwise(values))
    assert flushed(Kind.MONOTONIC_COUNT, values) == [Point("count", 200, float(rises))]


@given(st.lists(st.integers(0, 10_000), min_size=2), st.integers(1, 20))
def test_a_monotonic_count_is_the_same_however_it_is_flushed(values, cut):
    whole = sum(point.value for point in flushed(Kind.MONOTONIC_COUNT, values))
    metric, total = metric_types.new(Kind.MONOTONIC_COUNT, Options()), 0.0
    for place, value in enumerate(values):
        metric.add(Sample(Kind.MONOTONIC_COUNT, WHERE, value, place))
        if place % cut == 0:
            total += sum(point.value for point in metric.flush(place))
    assert total + sum(point.value for point in metric.flush(999)) == whole


def test_a_historate_is_a_histogram_of_the_changes_per_second():
    points = flushed(Kind.HISTORATE, [0, 10, 40], step=10, options=Options(1, ("min", "max", "count"), ()))
    assert by_suffix(points) == {".min": ("gauge", 1), ".max": ("gauge", 3), ".count": ("rate", 2)}


def test_a_historate_with_one_sample_a_run_gives_points_every_second_run():
    metric = metric_types.new(Kind.HISTORATE, Options(1, ("max",), ()))
    given_at = []
    for run in range(6):
        metric.add(Sample(Kind.HISTORATE, WHERE, run * 30, run * 15))
        given_at += [run] if metric.flush(run * 15) else []
    assert given_at == [1, 3, 5]


def test_a_set_is_how_many_different_members_it_saw():
    metric = metric_types.new(Kind.SET, DOGSTATSD)
    for member in ("ann", "bob", "ann"):
        metric.add(Sample(Kind.SET, WHERE, 0, 100, member=member))
    assert list(metric.flush(200)) == [Point("gauge", 200, 2.0)]
