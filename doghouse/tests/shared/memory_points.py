"""Series in memory, written as they read: what tests of queries, monitors, backtests and the live loop look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, MetricType, Series

T0 = 1_772_445_600  # 2026-03-02T10:00:00Z, a Monday


@dataclass(frozen=True)
class Given:
    """A series: values by their time in seconds after the source's start."""

    points: Mapping[int, float] | Sequence[tuple[float, float]]
    metric: str = "m"
    host: str = ""
    tags: tuple[str, ...] = ()
    type: MetricType = "gauge"
    interval: int = 0

    @property
    def pairs(self) -> Sequence[tuple[float, float]]:
        """(seconds, value) of each point."""
        return list(self.points.items()) if isinstance(self.points, Mapping) else self.points


def minutely(values: Sequence[float | None], *, first: int = 0, **more: Any) -> Given:
    """One value a minute from `first` (s after the start) on; None is a gap."""
    return Given({first + 60 * minute: value for minute, value in enumerate(values) if value is not None}, **more)


def source(*sequences: Given, hosts: Mapping[str, Sequence[str]] | None = None, start: int = T0) -> MemorySource:
    """The series in memory; `start` is s UTC."""
    series = [
        Series(number, series.metric, series.type, series.interval, series.host, series.tags)
        for number, series in enumerate(sequences)
    ]
    rows = [
        (number, start + int(after), value) for number, series in enumerate(sequences) for after, value in series.pairs
    ]
    ids, times, values = zip(*rows, strict=True) if rows else ((), (), ())
    columns = Columns(np.array(ids, np.int64), np.array(times, np.int64), np.array(values, np.float64))
    return MemorySource(series, columns, hosts)
