"""How the samples of one series become points: one class a type, with the Agent's rules (datadog-agent: pkg/metrics; docs: metrics/types).

`add` takes a sample; `flush` gives the points since the last flush and starts anew. Time is an argument of both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from doghouse.agent.aggregation.samples import ApiType, Kind, Point, Sample

DEFAULT_AGGREGATES = ("max", "median", "avg", "count")  # datadog.yaml: histogram_aggregates
DEFAULT_PERCENTILES = (95,)  # datadog.yaml: histogram_percentiles, in percent


class Options(Struct, frozen=True):
    """What histograms send, and over how many seconds rates are taken: a DogStatsD bucket's length, 1 for checks."""

    interval: int = 1
    aggregates: tuple[str, ...] = DEFAULT_AGGREGATES
    percentiles: tuple[int, ...] = DEFAULT_PERCENTILES


class Metric(Protocol):
    """The samples of one series since the last flush. A `stateful` one compares with samples from before it."""

    stateful: bool

    def add(self, sample: Sample) -> None:
        """Take one sample."""

    def flush(self, timestamp: float) -> Sequence[Point]:
        """The points of the samples, at `timestamp` (s UTC) unless the type has a time of its own."""


class Gauge:
    """The last value."""

    stateful = False

    def __init__(self) -> None:
        self._value: float | None = None

    def add(self, sample: Sample) -> None:
        """See Metric.add."""
        self._value = sample.value

    def flush(self, timestamp: float) -> Sequence[Point]:
        """See Metric.flush."""
        value, self._value = self._value, None
        return () if value is None else (Point("gauge", timestamp, value),)


class Sum:
    """The sum of the values, each standing for 1/rate of them: as a count, or as a rate per second of an interval (s)."""

    stateful = False

    def __init__(self, type: ApiType, interval: int = 1) -> None:
        self._type = type
        self._interval = interval
        self._sum: float | None = None

    def add(self, sample: Sample) -> None:
        """See Metric.add."""
        self._sum = (self._sum or 0.0) + sample.value / (sample.rate or 1.0)

    def flush(self, timestamp: float) -> Sequence[Point]:
        """See Metric.flush."""
        total, self._sum = self._sum, None
        return () if total is None else (Point(self._type, timestamp, total / self._interval),)


class Rate:
    """The change between two samples per second, as a gauge at the later one's time. A fall (the counter was reset) gives nothing."""

    stateful = True

    def __init__(self) -> None:
        self._previous: Sample | None = None
        self._last: Sample | None = None

    def add(self, sample: Sample) -> None:
        """See Metric.add."""
        self._previous, self._last = self._last or self._previous, sample

    def flush(self, timestamp: float) -> Sequence[Point]:
        """See Metric.flush. Two samples at the same time give nothing, and both are kept."""
        before, now = self._previous, self._last
        if before is None or now is None or now.timestamp == before.timestamp:
            return ()
        self._previous, self._last = now, None
        change = (now.value - before.value) / (now.timestamp - before.timestamp)
        return () if change < 0 else (Point("gauge", now.timestamp, change),)


class MonotonicCount:
    """How much a counter grew: the sum of its rises. A fall (a reset) counts as nothing.

    With `flush_first` the first sample counts as a rise from 0, and after a fall the new value is the count.
    """

    stateful = True

    def __init__(self) -> None:
        self._previous: float | None = None
        self._grown: float | None = None

    def add(self, sample: Sample) -> None:
        """See Metric.add."""
        previous = 0.0 if self._previous is None and sample.flush_first else self._previous
        self._previous = sample.value
        if previous is None:
            return
        rise = sample.value - previous
        if rise < 0 and sample.flush_first:
            self._grown = sample.value
        else:
            self._grown = (self._grown or 0.0) + max(rise, 0.0)

    def flush(self, timestamp: float) -> Sequence[Point]:
        """See Metric.flush."""
        grown, self._grown = self._grown, None
        return () if grown is None else (Point("count", timestamp, grown),)


class Histogram:
    """Aggregates and percentiles of the values; `.count` is a rate per second of the interval."""

    stateful = False

    def __init__(self, options: Options) -> None:
        self._options = options
        self._values: list[tuple[float, int]] = []
        self._sum = 0.0

    def add(self, sample: Sample) -> None:
        """See Metric.add. A sample stands for a whole number of values, but enters the sum with the exact weight, as in the Agent."""
        weight = 1 / (sample.rate or 1.0)
        self._values.append((sample.value, int(weight)))
        self._sum += sample.value * weight

    def flush(self, timestamp: float) -> Sequence[Point]:
        """See Metric.flush."""
        values, self._values = sorted(self._values), []
        total, self._sum = self._sum, 0.0
        if not values:
            return ()
        count = sum(weight for _, weight in values)
        values_by_name = {
            "max": values[-1][0],
            "min": values[0][0],
            "median": _at(values, (count - 1) // 2),
            "avg": total / count,
            "sum": total,
        }
        points = []
        for name in self._options.aggregates:
            if name == "count":
                points.append(Point("rate", timestamp, count / self._options.interval, ".count"))
            elif name in values_by_name:
                points.append(Point("gauge", timestamp, values_by_name[name], f".{name}"))
        for percent in sorted(self._options.percentiles):
            value = _at(values, (percent * count - 1) // 100)
            points.append(Point("gauge", timestamp, value, f".{percent}percentile"))
        return points


def _at(values: Sequence[tuple[float, int]], rank: int) -> float:
    """The value at a rank (from 0) of sorted pairs of a value and its weight."""
    total = 0
    for value, weight in values:
        total += weight
        if total > rank:
            return value
    return values[-1][0]


class Historate:
    """A histogram of the changes per second between samples. A flush that gives points also forgets the last sample, as in the Agent.

    So a check that submits one sample in each run gets points in every second run.
    """

    stateful = False

    def __init__(self, options: Options) -> None:
        self._histogram = Histogram(options)
        self._previous: Sample | None = None

    def add(self, sample: Sample) -> None:
        """See Metric.add."""
        before, self._previous = self._previous, sample
        if before is not None and sample.timestamp != before.timestamp:
            change = (sample.value - before.value) / (sample.timestamp - before.timestamp)
            self._histogram.add(Sample(Kind.HISTOGRAM, sample.context, change, sample.timestamp))

    def flush(self, timestamp: float) -> Sequence[Point]:
        """See Metric.flush."""
        points = self._histogram.flush(timestamp)
        if points:
            self._previous = None
        return points


class Set:
    """How many different members were seen."""

    stateful = False

    def __init__(self) -> None:
        self._members: set[str] = set()

    def add(self, sample: Sample) -> None:
        """See Metric.add."""
        self._members.add(sample.member)

    def flush(self, timestamp: float) -> Sequence[Point]:
        """See Metric.flush."""
        count, self._members = len(self._members), set()
        return (Point("gauge", timestamp, float(count)),) if count else ()


def promised(metric: Metric, options: Options) -> Iterator[tuple[str, ApiType]]:
    """Suffix and type of what a metric that compares samples will send once it has two. Other types send at once: nothing for them."""
    match metric:
        case Rate():
            yield "", "gauge"
        case MonotonicCount():
            yield "", "count"
        case Historate():
            yield from ((f".{name}", "rate" if name == "count" else "gauge") for name in options.aggregates)
            yield from ((f".{percent}percentile", "gauge") for percent in options.percentiles)


_NEW: Mapping[Kind, Callable[[Options], Metric]] = {
    Kind.GAUGE: lambda options: Gauge(),
    Kind.RATE: lambda options: Rate(),
    Kind.COUNT: lambda options: Sum("count"),
    Kind.MONOTONIC_COUNT: lambda options: MonotonicCount(),
    Kind.COUNTER: lambda options: Sum("rate", options.interval),
    Kind.HISTOGRAM: Histogram,
    Kind.HISTORATE: Historate,
    Kind.SET: lambda options: Set(),
}


def new(kind: Kind, options: Options) -> Metric:
    """An empty metric of a type. DISTRIBUTION has none: its samples go into sketches."""
    if kind not in _NEW:
        raise ValueError("a distribution's samples are kept in a sketch")
    return _NEW[kind](options)
