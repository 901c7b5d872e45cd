"""What a point, a tag and a series are (docs.datadoghq.com: metrics/types, getting_started/tagging)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

MetricType = Literal["gauge", "count", "rate", "distribution"]
TimeAggregator = Literal["avg", "sum", "min", "max", "count", "last"]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
# A series as it stands in a body: metric, host, type, interval, tags.
Sent = tuple[str, str | None, str | None, int | float | None, tuple[str, ...] | None]
NO_SERIES = -1  # the number of what is submitted under a name that cannot be kept


class Series(Struct, frozen=True, gc=False):
    """One timeseries (a context): a metric with one exact set of tags, its host among them.

    `interval` is the submission interval in seconds of a rate or count (0: none was sent). `tags` are sorted `key:value` or keyless strings.
    As stored they are the submitted ones, without the host; as a `Source` finds them they are the effective ones: submitted, the host's own, and `host:<host>`.
    """

    id: int
    metric: str
    type: MetricType
    interval: int
    host: str
    tags: tuple[str, ...]


class Columns(Struct, frozen=True):
    """Points as columns of equal length: `series` (int64, a Series.id each), `ts` (int64, s UTC), `value` (float64)."""

    series: Ints
    ts: Ints
    value: Floats

    def __len__(self) -> int:
        return len(self.ts)


class Rollup(Struct, frozen=True):
    """Time aggregation asked of the store: buckets of `interval` seconds aligned to 1970 UTC, one value a bucket and series."""

    interval: int
    aggregator: TimeAggregator


class Source(Protocol):
    """What a query reads points from: the store, a file's columns in memory, another account's history."""

    def find(self, metric: str) -> Sequence[Series]:
        """Every series of a metric, with its effective tags."""

    def read(self, ids: Ints, start: int, end: int, rollup: Rollup | None = None) -> Columns:
        """The points of these series with start <= ts < end (s), sorted by (series, ts), one value a second and series.

        With `rollup`, `ts` are bucket starts (floor(ts / interval) * interval) and each bucket holds only points inside [start, end).
        """


def joined_columns(parts: Sequence[Columns]) -> Columns:
    """The points of all parts (at least one), one part behind the other: they may have to be sorted."""
    return Columns(*(np.concatenate([getattr(part, name) for part in parts]) for name in Columns.__struct_fields__))


def columns_of(parts: Iterable[tuple[int, Sequence[int] | Ints, Sequence[float] | Floats]]) -> Columns:
    """The points of some series, one behind the other: of each its id, its times (s UTC) and its values."""
    columns = [
        Columns(np.full(len(ts), series, np.int64), np.asarray(ts, np.int64), np.asarray(value, np.float64))
        for series, ts, value in parts
    ]
    return joined_columns([no_columns(), *columns])


def no_columns() -> Columns:
    """Columns of no points."""
    return Columns(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))
