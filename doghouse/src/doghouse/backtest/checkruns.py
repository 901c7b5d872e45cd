"""A service check's runs as a file of series holds them: the points of the metric that is called like the check; each value is a run's status, 0 to 3."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct

from doghouse.metrics.model import Source
from doghouse.monitors import Definition, MonitorError, service_checks
from doghouse.monitors.service_checks import CRITICAL, OK, UNKNOWN, WARNING, CheckQuery, Runs

SEEN_BEFORE_S = 86_400  # how long before the start runs count, as groups are kept for a day
STATUSES = (OK, WARNING, CRITICAL, UNKNOWN)


class _Check(Struct, frozen=True, eq=False):
    """One distinct check: its tags, and its runs by time (s UTC)."""

    tags: tuple[str, ...]
    times: Sequence[int]
    statuses: Sequence[int]


def runs_of(monitor: Definition, source: Source, start: int, end: int) -> Callable[[int], Sequence[Runs]]:
    """The last runs of the monitor's check as of a time in (start, end] (s UTC); those of before `start` count where they are not silent by then.

    Raises QuerySyntaxError, and MonitorError where a value is no status.
    """
    query: CheckQuery = monitor.parsed()
    fresh = start - (monitor.options.no_data_timeframe or service_checks.NO_DATA_MINUTES) * 60
    checks = []
    for series in source.find(query.check):
        if query.takes(series.tags):
            read = source.read(np.array([series.id], np.int64), start - SEEN_BEFORE_S, end)
            begins = np.searchsorted(read.ts, fresh)
            wrong = read.value[~np.isin(read.value, STATUSES)]
            if len(wrong):
                raise MonitorError(
                    "query",
                    f"a run of {query.check} has the value {wrong[0]:g}; a status is 0 (OK), 1 (WARNING), 2 (CRITICAL) or 3 (UNKNOWN)",
                )
            if begins < len(read.ts):
                checks.append(
                    (int(read.ts[begins]), _Check(series.tags, read.ts.tolist(), read.value.astype(int).tolist()))
                )

    def at(now: int) -> list[Runs]:
        return [_last(check, query.last, now) for first, check in checks if first < now]

    return at


def _last(check: _Check, many: int, now: int) -> Runs:
    """The last runs before `now`."""
    place = bisect_left(check.times, now)
    return Runs(check.tags, check.statuses[max(place - many, 0) : place], check.times[place - 1])
