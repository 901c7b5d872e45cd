"""The Agent's sketch of a distribution: counts in buckets whose bounds grow by a constant factor (datadog-agent: pkg/util/quantile; arxiv.org/abs/1908.10693).

The parameters are the Agent's, so that what is sent can be merged with what other Agents send.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from msgspec import Struct, field

from doghouse.agent.aggregation.samples import Context
from doghouse.metrics.distributions.sketches import LARGEST_KEY, RELATIVE_ERROR, SMALLEST

BIN_LIMIT = 4096
COUNT_LIMIT = 2**32 - 1  # of one bucket in the payload (SketchPayload: uint32)
_LOG_GAMMA = math.log1p(2 * RELATIVE_ERROR)
_BIAS = 1 - math.floor(math.log(SMALLEST) / _LOG_GAMMA)


def key(value: float) -> int:
    """The bucket of a value: 0 for nearly 0, negative for negative values."""
    if value < 0:
        return -key(-value)
    if value < SMALLEST:
        return 0
    return min(round(math.log(value) / _LOG_GAMMA) + _BIAS, LARGEST_KEY)


def value_of(bucket: int) -> float:
    """The value that a bucket stands for."""
    if bucket < 0:
        return -value_of(-bucket)
    if bucket == 0:
        return 0.0
    return math.inf if bucket >= LARGEST_KEY else math.exp((bucket - _BIAS) * _LOG_GAMMA)


class Sketch(Struct):
    """A distribution of values: exact count, sum, least and greatest, and how many values lie in each bucket."""

    count: int = 0
    sum: float = 0.0
    min: float = math.inf
    max: float = -math.inf
    bins: dict[int, int] = field(default_factory=dict)

    def insert(self, value: float, times: int = 1) -> None:
        """Add a value, `times` times."""
        self.count += times
        self.sum += value * times
        self.min = min(self.min, value)
        self.max = max(self.max, value)
        bucket = key(value)
        self.bins[bucket] = self.bins.get(bucket, 0) + times

    def interpolate(self, lower: float, upper: float, times: int) -> None:
        """Add `times` values spread evenly between two bounds, as the Agent does with a histogram's bucket."""
        first, last = key(lower), key(upper)
        if first == last or upper <= lower:
            self.insert(lower, times)
            return
        before = 0
        edge = lower
        for bucket in range(first, last + 1):
            edge = upper if bucket == last else min(upper, _upper_edge(bucket))
            upto = times if bucket == last else round(times * (edge - lower) / (upper - lower))
            if upto > before:
                self.insert(min(max(value_of(bucket), lower), upper), upto - before)
                before = upto

    def columns(self) -> tuple[list[int], list[int]]:
        """Keys in order and their counts, as the payload has them; the lowest buckets are merged above the limit, as in the Agent."""
        ordered = sorted(self.bins.items())
        surplus = len(ordered) - BIN_LIMIT
        if surplus > 0:
            merged = sum(count for _, count in ordered[: surplus + 1])
            ordered = [(ordered[surplus][0], merged), *ordered[surplus + 1 :]]
        return [bucket for bucket, _ in ordered], [min(count, COUNT_LIMIT) for _, count in ordered]


def _upper_edge(bucket: int) -> float:
    """Where a bucket ends: half a step above the value that it stands for."""
    if bucket == 0:
        return SMALLEST
    edge = math.exp((abs(bucket) - _BIAS + (0.5 if bucket > 0 else -0.5)) * _LOG_GAMMA)
    return math.copysign(edge, bucket)


class FlushedSketch(Struct, frozen=True):
    """Sketches of one series on their way out, each with its time (s UTC)."""

    metric: str
    host: str
    tags: tuple[str, ...]
    points: tuple[tuple[int, Sketch], ...]


class SketchMap:
    """Sketches by series and second."""

    def __init__(self) -> None:
        self._sketches: dict[Context, dict[int, Sketch]] = {}

    def insert(self, context: Context, timestamp: int, value: float, rate: float = 1.0) -> None:
        """Add a value of which a client sent the share `rate`."""
        self._at(context, timestamp).insert(value, max(int(1 / (rate or 1.0)), 1))

    def interpolate(self, context: Context, timestamp: int, lower: float, upper: float, count: int) -> None:
        """Add `count` values between two bounds."""
        self._at(context, timestamp).interpolate(lower, upper, count)

    def flush(self, before: float) -> Iterator[FlushedSketch]:
        """Give and forget what lies before a time (s UTC)."""
        for context, sketches in list(self._sketches.items()):
            due = sorted(at for at in sketches if at < before)
            if due:
                yield FlushedSketch(
                    context.name, context.host, context.tags, tuple((at, sketches.pop(at)) for at in due)
                )
            if not sketches:
                del self._sketches[context]

    def _at(self, context: Context, timestamp: int) -> Sketch:
        return self._sketches.setdefault(context, {}).setdefault(timestamp, Sketch())
