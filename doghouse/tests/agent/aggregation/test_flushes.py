"""What samples come to, in figures: weights of sampled values, ranks, sketches bucket by bucket, what is promised, what is forgotten when."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.agent.aggregation import metric_types
from doghouse.agent.aggregation.metric_types import Options
from doghouse.agent.aggregation.sampler import COMMITS_TO_EXPIRE, STATE_KEPT_S, CheckSampler
from doghouse.agent.aggregation.samples import Kind, Sample, context, sendable
from doghouse.agent.aggregation.sketches import BIN_LIMIT, COUNT_LIMIT, Sketch, SketchMap, key, value_of
from doghouse.agent.forwarder.forwarding import Forwarder, backoff
from doghouse.agent.forwarder.payloads import Payload
from doghouse.agent.forwarder.spool import Spool
from doghouse.agent.forwarder.transport import Fate, Outcome, judge
from doghouse.metrics.distributions.sketches import LARGEST_KEY, SMALLEST

WHERE = context("m", "h", [])
ALL = Options(10, ("max", "min", "median", "avg", "sum", "count", "other"), (95, 50, 100))


def sample(kind, value, at=100.0, **more):
    return Sample(kind, WHERE, value, at, **more)


def flushed(kind, *samples, options=ALL):
    metric = metric_types.new(kind, options)
    for each in samples:
        metric.add(each)
    return {point.suffix: (point.type, point.value) for point in metric.flush(7.0)}


def test_a_histograms_figures_count_a_sampled_value_as_often_as_it_stands_for():
    values = [sample(Kind.HISTOGRAM, value, rate=rate) for value, rate in ((10, 1.0), (20, 0.5), (30, 0.4))]
    assert flushed(Kind.HISTOGRAM, *values) == {
        ".max": ("gauge", 30),
        ".min": ("gauge", 10),
        ".median": ("gauge", 20),  # of 10 20 20 30 30: 1, 2 and 2.5 cut to 2 values
        ".avg": ("gauge", (10 + 40 + 75) / 5),
        ".sum": ("gauge", 125),
        ".count": ("rate", 0.5),
        ".50percentile": ("gauge", 20),
        ".95percentile": ("gauge", 30),
        ".100percentile": ("gauge", 30),
    }


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.integers(1, 100))
def test_a_percentile_is_the_value_of_its_rank(values, percent):
    made = flushed(
        Kind.HISTOGRAM, *(sample(Kind.HISTOGRAM, value) for value in values), options=Options(1, (), (percent,))
    )
    rank = max(math.ceil(percent * len(values) / 100), 1)
    assert made == {f".{percent}percentile": ("gauge", sorted(values)[rank - 1])}


def test_each_type_of_metric_sends_points_of_its_own_type():
    pair = (sample(Kind.RATE, 10, 100), sample(Kind.RATE, 30, 104))
    assert flushed(Kind.RATE, *pair) == {"": ("gauge", 5)}
    assert flushed(Kind.MONOTONIC_COUNT, *pair) == {"": ("count", 20)}
    assert flushed(Kind.COUNT, *pair) == {"": ("count", 40)}
    assert flushed(Kind.COUNTER, *pair, sample(Kind.COUNTER, 1, rate=0.1)) == {"": ("rate", 5)}
    assert flushed(Kind.HISTORATE, *pair, options=Options(1, ("avg", "count"), ())) == {
        ".avg": ("gauge", 5),
        ".count": ("rate", 1),
    }
    assert flushed(
        Kind.SET, sample(Kind.SET, 0, member="a"), sample(Kind.SET, 0, member="b"), sample(Kind.SET, 0, member="a")
    ) == {"": ("gauge", 2)}
    with pytest.raises(ValueError, match="kept in a sketch"):
        metric_types.new(Kind.DISTRIBUTION, ALL)
    stateful = [metric_types.new(kind, ALL).stateful for kind in Kind if kind is not Kind.DISTRIBUTION]
    assert [kind.name for kind, keeps in zip(Kind, stateful, strict=False) if keeps] == ["RATE", "MONOTONIC_COUNT"]


def test_what_does_not_compare_samples_promises_nothing():
    assert [list(metric_types.promised(metric_types.new(kind, ALL), ALL)) for kind in (Kind.GAUGE, Kind.COUNT, Kind.SET)] == [[], [], []]  # fmt: skip


@pytest.mark.parametrize(("runs", "kind"), [(COMMITS_TO_EXPIRE - 1, "gauge"), (COMMITS_TO_EXPIRE, "count")])
def test_a_type_is_forgotten_after_so_many_runs_without_a_sample(runs, kind):
    sampler = CheckSampler()
    sampler.add(sample(Kind.GAUGE, 5))
    sampler.commit(100)
    for run in range(runs):
        sampler.commit(101 + run)
    sampler.add(sample(Kind.COUNT, 7))
    assert [series.type for series in sampler.commit(200).series] == [kind]


@pytest.mark.parametrize(("silent", "points"), [(STATE_KEPT_S, 1), (STATE_KEPT_S + 1, 0)])
def test_a_rate_forgets_after_so_long_without_a_sample(silent, points):
    sampler = CheckSampler()
    sampler.add(sample(Kind.RATE, 0, 0))
    for _ in range(COMMITS_TO_EXPIRE + 2):
        sampler.commit(silent)
    sampler.add(sample(Kind.RATE, 50, silent + 10))
    assert len(sampler.commit(silent + 10).series) == points


# -- sketches


def test_a_bucket_has_a_key_that_rises_from_0():
    assert [key(value) for value in (0, SMALLEST / 2, -SMALLEST / 2, SMALLEST, -SMALLEST)] == [0, 0, 0, 1, -1]
    assert (key(1e300), key(-1e300)) == (LARGEST_KEY, -LARGEST_KEY)
    assert (value_of(LARGEST_KEY), value_of(-LARGEST_KEY), value_of(0)) == (math.inf, -math.inf, 0)
    assert value_of(LARGEST_KEY - 1) < math.inf


def test_the_lowest_buckets_are_merged_into_the_first_that_is_kept():
    sketch = Sketch(bins={place: place + 1 for place in range(BIN_LIMIT + 3)})
    keys, counts = sketch.columns()
    assert (len(keys), keys[:2], keys[-1]) == (BIN_LIMIT, [3, 4], BIN_LIMIT + 2)
    assert counts[:2] == [1 + 2 + 3 + 4, 5]
    whole = Sketch(bins=dict.fromkeys(range(BIN_LIMIT), 1))
    assert whole.columns() == (list(range(BIN_LIMIT)), [1] * BIN_LIMIT)
    assert Sketch(bins={5: COUNT_LIMIT + 1, 2: COUNT_LIMIT}).columns() == ([2, 5], [COUNT_LIMIT, COUNT_LIMIT])


@given(st.floats(-1e3, 1e3), st.floats(0.001, 1e3), st.integers(1, 1000), st.floats(0, 1))
def test_a_histograms_bucket_is_spread_evenly_between_its_bounds(lower, width, times, share):
    sketch = Sketch()
    sketch.interpolate(lower, lower + width, times)
    edge = lower + share * width
    below = sum(count for bucket, count in sketch.bins.items() if value_of(bucket) <= edge)
    largest = max(abs(lower), abs(lower + width))
    assert abs(below - share * times) <= 1 + times * min(1, 0.04 * largest / width)


def test_bounds_that_are_one_bucket_or_none_are_the_lower_one():
    for upper in (1.0, 1.0000001, 0.5):
        sketch = Sketch()
        sketch.interpolate(1.0, upper, 5)
        assert (sketch.count, sketch.min, sketch.max, sketch.sum) == (5, 1, 1, 5)


@pytest.mark.parametrize(("rate", "times"), [(1.0, 1), (0.5, 2), (0.4, 2), (0.0, 1), (5.0, 1)])
def test_a_sampled_value_of_a_distribution_counts_as_often_as_it_stands_for(rate, times):
    sketches = SketchMap()
    sketches.insert(WHERE, 7, 3.0, rate)
    [made] = sketches.flush(8)
    assert [(at, sketch.count, sketch.sum) for at, sketch in made.points] == [(7, times, 3.0 * times)]


def test_sketches_are_given_once_by_their_time_and_those_of_later_stay():
    sketches = SketchMap()
    for at in (9, 7, 8):
        sketches.insert(WHERE, at, 1.0)
    assert [[at for at, _ in made.points] for made in sketches.flush(9)] == [[7, 8]]
    assert [[at for at, _ in made.points] for made in sketches.flush(10)] == [[9]]
    assert list(sketches.flush(math.inf)) == []


@pytest.mark.parametrize(("text", "sent"), [("ä", "ä"), ("a\udcff", "a?"), ("a", "a")])
def test_a_text_is_sent_as_unicode(text, sent):
    assert sendable(text) == sent


# -- forwarding, step by step


class Intake:
    """Answers with these fates in turn, then delivers all; remembers what arrived."""

    def __init__(self, *fates):
        self.fates = list(fates)
        self.arrived = []

    def __call__(self, payload):
        fate = self.fates.pop(0) if self.fates else Fate.DELIVERED
        if fate is Fate.DELIVERED:
            self.arrived.append(payload.body)
        return Outcome(fate, "" if fate is Fate.DELIVERED else f"it is {fate.name}")


def payloads(*bodies):
    return [Payload("/x", body) for body in bodies]


def test_the_waits_are_4_8_16_32_and_64_seconds_and_never_longer(tmp_path):
    intake = Intake(*[Fate.LATER] * 6)
    forwarder = Forwarder(intake, Spool(tmp_path), lambda: 1.0)
    now, waits = 0.0, []
    for _ in range(6):
        forwarder.deliver(payloads(b"a") if not waits else [], now)
        before = len(intake.fates)
        wait = next(after for after in range(1, 200) if _tries(forwarder, intake, now + after, before))
        waits.append(wait)
        now += wait
    assert waits == [4, 8, 16, 32, 64, 64]
    assert [backoff(errors, 0.0) for errors in (0, 1, 2, 6)] == [0, 2, 4, 32]


def _tries(forwarder, intake, at, before):
    forwarder.deliver([], at)
    return len(intake.fates) < before or bool(intake.arrived)


def test_an_error_counts_half_as_much_as_two_deliveries_forgive(tmp_path):
    intake = Intake(Fate.LATER, Fate.LATER, Fate.LATER, Fate.DELIVERED, Fate.LATER)
    forwarder = Forwarder(intake, Spool(tmp_path), lambda: 1.0)
    for now in (0, 4, 12, 28):  # three errors, then a delivery: one error is left
        forwarder.deliver(payloads(b"a") if not now else [], now)
    assert (intake.arrived, forwarder.waiting) == ([b"a"], 0)
    forwarder.deliver(payloads(b"b"), 28)
    forwarder.deliver([], 28 + 7.9)
    assert intake.arrived == [b"a"]
    forwarder.deliver([], 28 + 8)
    assert intake.arrived == [b"a", b"b"]


def test_what_was_sent_refused_and_tried_again_is_counted(tmp_path):
    intake = Intake(Fate.DELIVERED, Fate.REFUSED, Fate.LATER)
    forwarder = Forwarder(intake, Spool(tmp_path), lambda: 1.0)
    forwarder.deliver(payloads(b"a", b"b", b"c", b"d"), 0)
    traffic = forwarder.traffic
    assert (traffic.delivered, traffic.refused, traffic.retried, traffic.last_problem) == (1, 1, 0, "it is LATER")
    assert (forwarder.waiting, forwarder.dropped) == (2, 0)
    forwarder.deliver([], 4)
    assert (traffic.delivered, traffic.refused, traffic.retried, traffic.last_problem) == (3, 1, 2, "")
    assert (intake.arrived, forwarder.waiting) == ([b"a", b"c", b"d"], 0)


def test_a_queue_keeps_what_just_fits_and_drops_the_oldest_for_more(tmp_path):
    head = len(b'{"path": "/x", "content_type": "application/json"}\n')
    spool = Spool(tmp_path, limit=2 * (head + 10))
    for letter in (b"a", b"b"):
        spool.keep(Payload("/x", letter * 10))
    assert (len(spool), spool.dropped, spool.bytes) == (2, 0, 2 * (head + 10))
    spool.keep(Payload("/x", b"c"))
    assert [payload.body[:1] for _, payload in spool.oldest_first()] == [b"b", b"c"]
    assert (len(spool), spool.dropped) == (2, 1)
    spool.keep(Payload("/x", b"d" * 1000))  # larger than all of it: kept alone
    assert ([payload.body[:1] for _, payload in spool.oldest_first()], spool.dropped) == ([b"d"], 3)
    for path, payload in spool.oldest_first():
        assert payload.content_type == "application/json"
        spool.forget(path)
    assert (len(spool), spool.bytes, list(tmp_path.iterdir())) == (0, 0, [])


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (399, ""),
        (400, "/x refused it with 400"),
        (401, "/x answered 401"),
        (403, "the API key is refused (403): give the doghouse's own, with --keys-file or DD_API_KEY"),
        (404, "/x refused it with 404"),
        (413, "/x refused it with 413"),
        (500, "/x answered 500"),
    ],
)
def test_a_status_is_told_with_its_path(status, why):
    assert (judge(status, "/x").why, judge(status, "/x").status) == (why, status)
