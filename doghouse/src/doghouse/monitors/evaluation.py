"""A monitor's windows over the points of a source: at one tick, or over a stretch of history in columns."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from doghouse.metrics.model import Ints, Source
from doghouse.monitors import bands, bucketwise, counting, pointwise, streams
from doghouse.monitors.anomalies import reading
from doghouse.monitors.columns import Group, GroupColumn
from doghouse.monitors.definition import Definition
from doghouse.monitors.kinds.metric import metric_query
from doghouse.monitors.query import Windows, frequency, windows
from doghouse.monitors.states import WindowValue
from doghouse.queries import MonitorQuery, NotEvaluated

__all__ = ["Group", "GroupColumn", "evaluate", "evaluate_range", "ticks_of"]

REDUCERS = ("avg", "sum", "min", "max")


def ticks_of(monitor: Definition, start: int, end: int) -> Ints:
    """When the monitor is evaluated in (start, end] (s UTC): each minute, or more rarely for a window of a day and more (monitors/configuration).

    GUESS: at second 0 (Datadog: always at the same second, which is not said).
    """
    every = frequency(metric_query(monitor))
    return np.arange(start // every + 1, end // every + 1, dtype=np.int64) * every


def evaluate(monitor: Definition, source: Source, now: int) -> dict[Group, WindowValue]:
    """The windows that end at `now` (less the evaluation delay), of every group that has a value in them. Raises NotEvaluated."""
    found = {column.group: column.window(0) for column in evaluate_range(monitor, source, np.array([now], np.int64))}
    return {group: window for group, window in found.items() if window.has_data}


def evaluate_range(monitor: Definition, source: Source, ticks: Ints) -> Iterator[GroupColumn]:
    """Every group's windows at `ticks` (ascending, whole minutes apart), one group at a time, those that have points.

    The same values to the bit as `evaluate` at each. Raises NotEvaluated.
    """
    query = metric_query(monitor)
    if query.aggregator not in REDUCERS:
        raise NotEvaluated(f"the time aggregator {query.aggregator} of monitors")
    if len(ticks) == 0:
        return iter(())
    if np.any(np.diff(ticks) % 60):
        raise ValueError("ticks are whole minutes apart")
    return _columns(monitor, query, source, windows(monitor.options, query, ticks))


def _columns(monitor: Definition, query: MonitorQuery, source: Source, over: Windows) -> Iterator[GroupColumn]:
    """The quickest way that gives the right values."""
    full, options = bool(monitor.options.require_full_window), monitor.options
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
