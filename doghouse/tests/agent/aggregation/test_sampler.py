"""From run to run of a check: contexts, types, expiry, buckets of histograms."""

import math

import pytest
from msgspec.structs import replace

from doghouse.agent.aggregation.metric_types import Options
from doghouse.agent.aggregation.sampler import COMMITS_TO_EXPIRE, STATE_KEPT_S, CheckSampler
from doghouse.agent.aggregation.samples import Bucket, Kind, Sample, context

WHERE = context("m", "h", [])


def sample(kind, value, at=100.0, where=WHERE):
    return Sample(kind, where, value, at)


def bucket(count, *, lower=0.0, upper=10.0, monotonic=False, flush_first=False, several=False, at=100.0):
    return Bucket(WHERE, count, lower, upper, monotonic, at, flush_first, several)


def values(committed):
    return [value for series in committed.series for _, value in series.points]


def counts(committed):
    return [sketch.count for found in committed.sketches for _, sketch in found.points]


def test_a_point_has_the_time_of_the_run_that_it_came_from():
    sampler = CheckSampler()
    sampler.add(sample(Kind.GAUGE, 5, at=99.0))
    (series,) = sampler.commit(101.5).series
    assert (series.metric, series.type, series.interval, series.host, series.points) == (
        "m",
        "gauge",
        0,
        "h",
        ((101.5, 5.0),),
    )


def test_each_set_of_tags_and_each_host_is_a_series_of_its_own():
    sampler = CheckSampler()
    for where in (context("m", "h", ["a:1"]), context("m", "h", ["a:2"]), context("m", "other", ["a:1"])):
        sampler.add(sample(Kind.COUNT, 1, where=where))
    assert len(sampler.commit(101).series) == 3


def test_the_first_sample_of_a_series_decides_its_type():
    sampler = CheckSampler()
    sampler.add(sample(Kind.GAUGE, 5))
    sampler.add(sample(Kind.COUNT, 7))
    (series,) = sampler.commit(101).series
    assert (series.type, series.points[0][1]) == ("gauge", 7)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_not_finite_is_ignored(value):
    sampler = CheckSampler()
    sampler.add(sample(Kind.GAUGE, value))
    assert sampler.commit(101).series == ()


def test_a_series_without_samples_is_forgotten_and_may_have_another_type():
    sampler = CheckSampler()
    sampler.add(sample(Kind.GAUGE, 5))
    for run in range(COMMITS_TO_EXPIRE + 2):
        sampler.commit(101 + run)
    sampler.add(sample(Kind.COUNT, 7))
    assert [series.type for series in sampler.commit(200).series] == ["count"]


def test_a_rate_is_compared_with_a_sample_from_many_runs_ago():
    sampler = CheckSampler()
    sampler.add(sample(Kind.RATE, 0, at=100))
    for run in range(10):
        sampler.commit(100 + run)
    sampler.add(sample(Kind.RATE, 50, at=200))
    assert values(sampler.commit(200)) == [0.5]


def test_after_a_day_a_rate_starts_over():
    sampler = CheckSampler()
    sampler.add(sample(Kind.RATE, 0, at=0))
    for run in range(COMMITS_TO_EXPIRE + 2):
        sampler.commit(STATE_KEPT_S + run + 1)
    sampler.add(sample(Kind.RATE, 50, at=STATE_KEPT_S + 100))
    assert values(sampler.commit(STATE_KEPT_S + 101)) == []


def test_samples_of_a_distribution_make_one_sketch_a_second():
    sampler = CheckSampler()
    for value, at in ((1, 100.2), (2, 100.9), (3, 101.0)):
        sampler.add(sample(Kind.DISTRIBUTION, value, at))
    committed = sampler.commit(102)
    assert committed.series == ()
    assert [(at, sketch.count) for found in committed.sketches for at, sketch in found.points] == [(100, 2), (101, 1)]


def test_a_bucket_that_is_not_monotonic_is_counted_whole():
    sampler = CheckSampler()
    sampler.add_bucket(bucket(4))
    assert counts(sampler.commit(101)) == [4]


def test_a_monotonic_bucket_gives_what_it_grew_by():
    sampler = CheckSampler()
    sampler.add_bucket(bucket(4, monotonic=True))
    assert counts(sampler.commit(101)) == []
    sampler.add_bucket(bucket(9, monotonic=True))
    assert counts(sampler.commit(116)) == [5]
    sampler.add_bucket(bucket(2, monotonic=True))  # a reset
    assert counts(sampler.commit(131)) == []


def test_with_flush_first_value_the_first_count_of_a_monotonic_bucket_is_given():
    sampler = CheckSampler()
    sampler.add_bucket(bucket(4, monotonic=True, flush_first=True))
    assert counts(sampler.commit(101)) == [4]


def test_buckets_that_share_their_tags_are_told_apart_by_their_bounds():
    sampler = CheckSampler()
    for first, second in ((10, 20), (11, 22)):
        sampler.add_bucket(bucket(first, lower=0, upper=1, monotonic=True, several=True))
        sampler.add_bucket(bucket(second, lower=1, upper=2, monotonic=True, several=True))
        committed = sampler.commit(101)
    assert counts(committed) == [3]


def test_the_last_bucket_counts_at_its_lower_bound():
    sampler = CheckSampler()
    sampler.add_bucket(bucket(3, lower=10, upper=math.inf))
    ((_, sketch),) = sampler.commit(101).sketches[0].points
    assert (sketch.min, sketch.max, sketch.count) == (10, 10, 3)


@pytest.mark.parametrize(
    "wrong",
    [
        bucket(0),
        bucket(-1),
        bucket(1, lower=2, upper=1),
        bucket(1, lower=-math.inf),
        bucket(1, lower=math.nan),
        bucket(1, upper=math.nan),
    ],
)
def test_a_bucket_without_sense_is_ignored(wrong):
    sampler = CheckSampler()
    sampler.add_bucket(wrong)
    assert sampler.commit(101).sketches == ()


def test_what_needs_another_sample_is_promised_with_the_type_that_it_will_have():
    sampler = CheckSampler(Options(aggregates=("avg", "count"), percentiles=(95,)))
    for kind, name in ((Kind.RATE, "r"), (Kind.MONOTONIC_COUNT, "m"), (Kind.HISTORATE, "h"), (Kind.GAUGE, "g")):
        sampler.add(sample(kind, 1, where=context(name, "h", [])))
    sampler.add_bucket(replace(bucket(4, monotonic=True), context=context("m.times", "h", [])))
    assert dict(sampler.promised()) == {
        "r": "gauge",
        "m": "count",
        "h.avg": "gauge",
        "h.count": "rate",
        "h.95percentile": "gauge",
        "m.times": "distribution",
    }
