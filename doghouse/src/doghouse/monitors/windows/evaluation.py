"""The windows of a metric query over the points of a source, over a stretch of history in columns.

There is one plain way (`pointwise`), which knows whatever `queries` knows, and ways that are quicker for some queries and give the same. A property holds
each to the plain one (doghouse/tests/monitors/windows/test_ways.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from doghouse.metrics.model import Ints, Source
from doghouse.monitors.model import Options
from doghouse.monitors.query import Windows, windows
from doghouse.monitors.windows import bands, bucketwise, counting, percentiles, pointwise, streams
from doghouse.monitors.windows.anomalies import Reading, reading
from doghouse.monitors.windows.columns import GroupColumn
from doghouse.monitors.windows.sliding import REDUCERS
from doghouse.monitors.windows.undefined import undefined
from doghouse.queries import MonitorQuery, NotEvaluated


class Way(Protocol):
    """A module that works out windows. `reads` is how an anomaly monitor looks at its band, None for other monitors."""

    def applies(self, query: MonitorQuery, source: Source, over: Windows, reads: Reading | None = None) -> bool:
        """Whether it gives this query over these series at these windows what the plain way gives."""

    def columns(
        self, query: MonitorQuery, source: Source, over: Windows, full: bool, reads: Reading | None = None
    ) -> Iterator[GroupColumn]:
        """Every group's column, one at a time; with `full` it says which windows are full. Raises NotEvaluated."""


PLAIN: Way = pointwise
# the first that applies is taken: each is quicker than those behind it
WAYS: tuple[Way, ...] = (bands, streams, bucketwise, PLAIN)


def window_columns(query: MonitorQuery, options: Options, source: Source, ticks: Ints) -> Iterator[GroupColumn]:
    """Every group's windows at `ticks` (ascending, whole minutes apart), one group at a time, those that have points.

    The same values to the bit as at each tick by itself. Raises NotEvaluated.
    """
    if np.any(np.diff(ticks) % 60):
        raise ValueError("ticks are whole minutes apart")
    reads = reading(query, options.threshold_windows.recovery_window if options.threshold_windows else None)
    return over_windows(query, source, windows(options, query, ticks), bool(options.require_full_window), reads)


def over_windows(
    query: MonitorQuery, source: Source, over: Windows, full: bool, reads: Reading | None = None
) -> Iterator[GroupColumn]:
    """The same over given windows. Raises NotEvaluated."""
    if lacking := undefined(query.expression):
        raise NotEvaluated(lacking)
    if query.aggregator == percentiles.AGGREGATOR:
        return percentiles.columns(query, source, over, full) if len(over.ticks) else iter(())
    if query.aggregator in pointwise.OTHER_REDUCERS:
        return PLAIN.columns(query, source, over, full)
    if query.aggregator not in REDUCERS:
        raise NotEvaluated(f"the time aggregator {query.aggregator} of monitors")
    return columns_by(WAYS, query, source, over, full, reads) if len(over.ticks) else iter(())


def columns_by(
    ways: Sequence[Way], query: MonitorQuery, source: Source, over: Windows, full: bool, reads: Reading | None = None
) -> Iterator[GroupColumn]:
    """Every group's column by the first of `ways` that applies. Arithmetic over counts is done on what these give for each metric query."""
    if counting.applies(query):
        return counting.columns(query, over, full, lambda alone: columns_by(ways, alone, source, over, full))
    way = next(way for way in ways if way.applies(query, source, over, reads))
    return way.columns(query, source, over, full, reads)
