"""What one check instance submitted, gathered from run to run (datadog-agent: pkg/aggregator/check_sampler.go)."""

from __future__ import annotations

import math
from collections.abc import Iterator

from msgspec import Struct, field

from doghouse.agent.aggregation import metric_types
from doghouse.agent.aggregation.samples import Bucket, Context, FlushedSeries, Kind, Point, Sample
from doghouse.agent.aggregation.sketches import FlushedSketch, SketchMap

COMMITS_TO_EXPIRE = 2  # check_sampler_bucket_commits_count_expiry: runs without a sample until a series is forgotten
STATE_KEPT_S = 25 * 3600  # check_sampler_stateful_metric_expiration_time: then rates and monotonic counts forget too


class _Tracked(Struct):
    metric: metric_types.Metric | None  # None: only sketches so far
    last_commit: int
    last_time: float
    bucket_counts: dict[tuple[float, float], int] = field(default_factory=dict)


class Committed(Struct, frozen=True):
    """The points and sketches of one run of a check."""

    series: tuple[FlushedSeries, ...]
    sketches: tuple[FlushedSketch, ...]


class CheckSampler:
    """The state between the runs of one check instance. A series' first sample decides its type, as in the Agent."""

    def __init__(self, options: metric_types.Options | None = None) -> None:
        self._options = options or metric_types.Options()
        self._tracked: dict[Context, _Tracked] = {}
        self._sketches = SketchMap()
        self._commits = 0

    def add(self, sample: Sample) -> None:
        """Take a sample; one that is not finite is ignored."""
        if not math.isfinite(sample.value):
            return
        tracked = self._track(sample.context, sample.timestamp)
        if sample.kind is Kind.DISTRIBUTION:
            self._sketches.insert(sample.context, int(sample.timestamp), sample.value, sample.rate)
            return
        if tracked.metric is None:
            tracked.metric = metric_types.new(sample.kind, self._options)
        tracked.metric.add(sample)

    def add_bucket(self, bucket: Bucket) -> None:
        """Take a histogram's bucket. Of a monotonic one the growth since the last time counts; the first time nothing does, unless `flush_first`."""
        if bucket.count <= 0 or not math.isfinite(bucket.lower) or not bucket.upper >= bucket.lower:
            return
        tracked = self._track(bucket.context, bucket.timestamp)
        count = _growth(bucket, tracked.bucket_counts) if bucket.monotonic else bucket.count
        if count > 0:
            # of the last bucket, whose upper bound is infinite, only the lower bound is known
            upper = bucket.lower if math.isinf(bucket.upper) else bucket.upper
            self._sketches.interpolate(bucket.context, int(bucket.timestamp), bucket.lower, upper, count)

    def commit(self, timestamp: float) -> Committed:
        """End a run at `timestamp` (s UTC): its points, stamped with it (rates: with their sample's time)."""
        self._commits += 1
        series = tuple(
            _series(context, point)
            for context, tracked in self._tracked.items()
            if tracked.metric is not None
            for point in tracked.metric.flush(timestamp)
        )
        sketches = tuple(self._sketches.flush(before=math.inf))
        for context in list(self._expired(timestamp)):
            del self._tracked[context]
        return Committed(series, sketches)

    def promised(self) -> Iterator[tuple[str, str]]:
        """Metrics that were sampled and need another sample for a point: name, and the type that the point will have."""
        for context, tracked in self._tracked.items():
            if tracked.bucket_counts:
                yield context.name, "distribution"
            if tracked.metric is not None:
                for suffix, kind in metric_types.promised(tracked.metric, self._options):
                    yield context.name + suffix, kind

    def _track(self, context: Context, timestamp: float) -> _Tracked:
        tracked = self._tracked.get(context)
        if tracked is None:
            tracked = self._tracked[context] = _Tracked(None, self._commits, timestamp)
        tracked.last_commit, tracked.last_time = self._commits, timestamp
        return tracked

    def _expired(self, now: float) -> Iterator[Context]:
        for context, tracked in self._tracked.items():
            if self._commits - tracked.last_commit > COMMITS_TO_EXPIRE:
                stateful = tracked.metric is not None and tracked.metric.stateful
                tracked.bucket_counts.clear()
                if not stateful or now - tracked.last_time > STATE_KEPT_S:
                    yield context


def _growth(bucket: Bucket, counts: dict[tuple[float, float], int]) -> int:
    key = (bucket.lower, bucket.upper) if bucket.several else (0.0, 0.0)
    before = counts.get(key)
    counts[key] = bucket.count
    if before is None:
        return bucket.count if bucket.flush_first else 0
    return bucket.count - before


def _series(context: Context, point: Point) -> FlushedSeries:
    return FlushedSeries(
        context.name + point.suffix, point.type, 0, context.host, context.tags, ((point.timestamp, point.value),)
    )
