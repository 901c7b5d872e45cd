"""The windows of one tick, as the live loop asks for them: those of many groups, each a single series, in a few steps for all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from doghouse.metrics.memory import distinct
from doghouse.metrics.model import Columns
from doghouse.monitors.query import MAY_MISS, Windows, full_bucket
from doghouse.monitors.windows.columns import Group, GroupColumn
from doghouse.monitors.windows.sliding import MINUTE_S, Buckets, full_windows, reduce_windows
from doghouse.queries import MonitorQuery


def applies(query: MonitorQuery, over: Windows, buckets: Buckets) -> bool:
    """Whether there is one window, of whole minutes and whole buckets."""
    span, aligned = query.window.seconds, not int(over.ends[0]) % buckets.interval
    return len(over.ends) == 1 and query.change is None and aligned and not (span % MINUTE_S or span % buckets.interval)


def columns(
    query: MonitorQuery,
    over: Windows,
    full: bool,
    members: Sequence[tuple[Group, int]],
    buckets: Buckets,
    read: Columns,
) -> Iterator[GroupColumn]:
    """Each group's column, to the bit as of the group alone: the series lie one behind the other, as if they were windows of one that follow each other.

    `members` are the groups' series, `read` the points of the window.
    """
    begin, span = int(over.starts[0]), query.window.seconds
    numbers = np.array([number for _, number in members], np.int64)
    ids = distinct(numbers)
    ts = read.ts - begin + np.searchsorted(ids, read.series) * span
    ends = np.arange(1, len(ids) + 1) * span
    values = reduce_windows(ts, read.value, ends, span, query.aggregator, buckets)
    complete = full_windows(ts, ends, span, full_bucket(query), MAY_MISS) if full else None
    lows, highs = np.searchsorted(read.series, ids).tolist(), np.searchsorted(read.series, ids, side="right").tolist()
    for (group, _), place in zip(members, np.searchsorted(ids, numbers).tolist(), strict=True):
        if lows[place] < highs[place]:
            part, points = slice(place, place + 1), read.ts[lows[place] : highs[place]]
            whole = None if complete is None else complete[part]
            yield GroupColumn(group, values[part], whole, points, over, outermost=(points[:1], points[-1:]))
