"""The windows of a metric query over the points of a source, over a stretch of history in columns."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from doghouse.metrics.model import Ints, Source
from doghouse.monitors.model import Options
from doghouse.monitors.query import Windows, windows
from doghouse.monitors.windows import bands, bucketwise, counting, pointwise, streams
from doghouse.monitors.windows.anomalies import reading
from doghouse.monitors.windows.columns import GroupColumn
from doghouse.queries import MonitorQuery, NotEvaluated

REDUCERS = ("avg", "sum", "min", "max")


def window_columns(query: MonitorQuery, options: Options, source: Source, ticks: Ints) -> Iterator[GroupColumn]:
    """Every group's windows at `ticks` (ascending, whole minutes apart), one group at a time, those that have points.

    The same values to the bit as at each tick by itself. Raises NotEvaluated.
    """
    if query.aggregator not in REDUCERS:
        raise NotEvaluated(f"the time aggregator {query.aggregator} of monitors")
    if len(ticks) == 0:
        return iter(())
    if np.any(np.diff(ticks) % 60):
        raise ValueError("ticks are whole minutes apart")
    return _columns(query, options, source, windows(options, query, ticks))


def _columns(query: MonitorQuery, options: Options, source: Source, over: Windows) -> Iterator[GroupColumn]:
    """The quickest way that gives the right values."""
    full = bool(options.require_full_window)
    reads = reading(query, options.threshold_windows.recovery_window if options.threshold_windows else None)
    if reads is not None:
        way = bands.columns if bands.applies(query, source, over, reads) else pointwise.columns
        return way(query, source, over, full, reads)
    if counting.applies(query):
        return counting.columns(query, source, over, full)
    if streams.applies(query, over):
        return streams.columns(query, source, over, full)
    if bucketwise.applies(query, source, over):
        return bucketwise.columns(query, source, over, full)
    return pointwise.columns(query, source, over, full)
