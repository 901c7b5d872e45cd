"""Services and resources with their requests, errors and latencies, read from the `trace.*` metrics, for the page of services."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec import Struct

from doghouse.metrics.door import MetricStore
from doghouse.metrics.model import Series
from doghouse.tags import pairs

HITS = ".hits"


class Row(Struct, frozen=True):
    """The requests of a service, or of one of its resources, in a stretch of time. Latencies are in s, NaN where none is known.

    `operation` is the span's name. `resource` is empty for a whole service; it is the tag's value, so in lower case.
    """

    service: str
    operation: str
    resource: str
    hits: float
    errors: float
    p50: float
    p95: float
    p99: float


def services(points: MetricStore, start: int, end: int) -> list[Row]:
    """A row for each service and operation with requests in start <= ts < end (s UTC), the busiest first."""
    return _rows(points, start, end, lambda series: (_tag(series, "service"), ""))


def resources(points: MetricStore, service: str, start: int, end: int) -> list[Row]:
    """A row for each resource of a service (as tagged) and operation, the busiest first."""
    rows = _rows(points, start, end, lambda series: (_tag(series, "service"), _tag(series, "resource_name")))
    return [row for row in rows if row.service == service]


def operations(points: MetricStore) -> list[str]:
    """The names of the spans that were ever counted."""
    return sorted(
        name.removeprefix("trace.").removesuffix(HITS)
        for name in points.metrics()
        if name.startswith("trace.") and name.endswith(HITS)
    )


Group = tuple[str, str]  # service and resource


def _rows(points: MetricStore, start: int, end: int, group: Callable[[Series], Group]) -> list[Row]:
    rows = [row for name in operations(points) for row in _of_operation(points, name, start, end, group)]
    return sorted(rows, key=lambda row: (-row.hits, row.service, row.operation, row.resource))


def _of_operation(points: MetricStore, name: str, start: int, end: int, group: Callable[[Series], Group]) -> list[Row]:
    hits = _totals(points, f"trace.{name}{HITS}", start, end, group)
    errors = _totals(points, f"trace.{name}.errors", start, end, group)
    latencies = _percentiles(points, f"trace.{name}", start, end, group)
    unknown = (float("nan"),) * 3
    return [
        Row(
            service,
            name,
            resource,
            total,
            errors.get((service, resource), 0.0),
            *latencies.get((service, resource), unknown),
        )
        for (service, resource), total in hits.items()
        if total
    ]


def _totals(
    points: MetricStore, metric: str, start: int, end: int, group: Callable[[Series], Group]
) -> dict[Group, float]:
    every = points.of_metric(metric)
    columns = points.read(np.array([series.id for series in every], np.int64), start, end)
    groups = {series.id: group(series) for series in every}
    totals: dict[Group, float] = {}
    for id, value in zip(columns.series.tolist(), columns.value.tolist(), strict=True):
        totals[groups[id]] = totals.get(groups[id], 0.0) + value
    return totals


def _percentiles(
    points: MetricStore, metric: str, start: int, end: int, group: Callable[[Series], Group]
) -> dict[Group, tuple[float, float, float]]:
    """The 50th, 95th and 99th percentile of each group's values, over the whole stretch."""
    every = points.of_metric(metric)
    groups = list(dict.fromkeys(map(group, every)))
    numbers = np.array([groups.index(group(series)) for series in every], np.int64)
    ids = np.array([series.id for series in every], np.int64)
    sketches = points.read_sketches(ids, numbers, start, end, 10)
    merged = sketches.merged(sketches.group, np.zeros(len(sketches), np.int64))
    shares = [merged.percentile(share).tolist() for share in (0.5, 0.95, 0.99)]
    return {
        groups[place]: values for place, values in zip(merged.group.tolist(), zip(*shares, strict=True), strict=True)
    }


def _tag(series: Series, key: str) -> str:
    return next(iter(pairs.values(series.tags, key)), "")
