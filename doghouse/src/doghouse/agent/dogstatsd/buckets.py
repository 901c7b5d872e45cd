"""DogStatsD's samples in buckets of 10 seconds (datadog-agent: pkg/aggregator/time_sampler.go; docs: extend/dogstatsd/data_aggregation)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from msgspec.structs import replace

from doghouse.agent.aggregation import metric_types
from doghouse.agent.aggregation.metric_types import Options
from doghouse.agent.aggregation.samples import ApiType, Context, FlushedSeries, Kind, Sample
from doghouse.agent.aggregation.sketches import FlushedSketch, SketchMap

BUCKET_S = 10
COUNTER_KEPT_S = 300  # datadog.yaml: dogstatsd_expiry_seconds: so long a counter that is silent sends 0

Points = dict[tuple[Context, str, ApiType], list[tuple[float, float]]]


class Buckets:
    """Samples by the bucket that they fell in; a bucket's points have the time of its start."""

    def __init__(self, options: Options | None = None) -> None:
        self._options = replace(options or Options(), interval=BUCKET_S)
        self._open: dict[int, dict[Context, metric_types.Metric]] = {}
        self._sketches = SketchMap()
        self._counters: dict[Context, float] = {}  # when each was last sampled
        self._done = -math.inf  # buckets before this are flushed

    def add(self, sample: Sample) -> None:
        """Take a sample; one that is not finite is ignored."""
        if not math.isfinite(sample.value):
            return
        start = int(sample.timestamp // BUCKET_S * BUCKET_S)
        if sample.kind is Kind.DISTRIBUTION:
            self._sketches.insert(sample.context, start, sample.value, sample.rate)
            return
        bucket = self._open.setdefault(start, {})
        if sample.context not in bucket:
            bucket[sample.context] = metric_types.new(sample.kind, self._options)
        bucket[sample.context].add(sample)
        if sample.kind is Kind.COUNTER:
            self._counters[sample.context] = sample.timestamp

    def flush(self, now: float) -> tuple[list[FlushedSeries], list[FlushedSketch]]:
        """The points of the buckets that have ended by `now` (s UTC); the current one stays."""
        end = int(now // BUCKET_S * BUCKET_S)
        self._fill_counters(end)
        points: Points = defaultdict(list)
        for start in sorted(begin for begin in self._open if begin < end):
            for context, metric in self._open.pop(start).items():
                for point in metric.flush(start):
                    points[context, point.suffix, point.type].append((point.timestamp, point.value))
        self._done = end
        return list(_series(points)), list(self._sketches.flush(before=end))

    def _fill_counters(self, end: int) -> None:
        """Add a 0 for each counter in each bucket since the last flush in which it has no sample. A counter without samples for too long is forgotten."""
        first = end - BUCKET_S if math.isinf(self._done) else int(self._done)
        starts = {*range(first, end, BUCKET_S), *(begin for begin in self._open if begin < end)}
        for context, last in list(self._counters.items()):
            for start in starts:
                bucket = self._open.setdefault(start, {})
                if context not in bucket and last - BUCKET_S < start < last + COUNTER_KEPT_S:
                    bucket[context] = metric_types.new(Kind.COUNTER, self._options)
                    bucket[context].add(Sample(Kind.COUNTER, context, 0.0, float(start)))
            if last + COUNTER_KEPT_S <= end:
                del self._counters[context]


def _series(points: Points) -> Iterator[FlushedSeries]:
    for (context, suffix, kind), several in points.items():
        yield FlushedSeries(
            context.name + suffix, kind, BUCKET_S, context.host, context.tags, tuple(several), source_type=""
        )
