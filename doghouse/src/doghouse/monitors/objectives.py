"""SLOs as monitors see them: by id, with the monitors that they are made of, whose every minute is worked out from points (SLO Replay).

GUESS: what a monitor was is replayed from the points that are kept, after its creation too, and not read off a record of its states: points that came late
count as if they had been in time. The replay begins a day before the stretch, so that recovery thresholds and missing data find the monitor as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from doghouse.metrics.model import Ints
from doghouse.monitors.definition import Definition, Sources
from doghouse.monitors.evaluating import GroupHistory
from doghouse.monitors.states.machine import Status
from doghouse.queries import NotEvaluated
from doghouse.slos.measuring import DOWN, UNKNOWN, UP, Codes, States
from doghouse.tags.pairs import group_text
from doghouse.time.lengths import DAY, MINUTE

BEFORE_S = DAY


def minutes(monitor_of: Callable[[int], Definition | None], sources: Sources) -> States:
    """What monitors were in each minute, for `slos.measuring`. A minute is as the evaluation at its beginning left it. Raises NotEvaluated."""

    def states(monitor_id: int, start: int, end: int) -> tuple[str, Mapping[str, Codes]]:
        monitor = monitor_of(monitor_id)
        if monitor is None:
            raise NotEvaluated(f"an SLO of monitor {monitor_id}, which is not there")
        if not monitor.replayed:
            raise NotEvaluated(f"an SLO of a {monitor.type}, whose past is not kept")
        groups = monitor.over(sources, start - BEFORE_S, end).groups()
        times = np.arange(start, end, MINUTE, dtype=np.int64)
        codes = _codes(notifies_no_data=monitor.rules.notify_no_data)
        return monitor.name, {group_text(group): codes[_statuses(history, times)] for group, history in groups.items()}

    return states


def _statuses(group: GroupHistory, times: Ints) -> Ints:
    """The status that holds at each time."""
    place = np.searchsorted(group.history.ticks, times, side="right") - 1
    statuses = np.append(np.int8(Status.NEW), group.history.statuses)
    return statuses[place + 1].astype(np.int64)


def _codes(*, notifies_no_data: bool) -> Codes:
    """What each status is to an SLO, by its number: only an alert is down, and a lack of data that somebody is to be told of (the page, missing data)."""
    codes = np.full(max(Status) + 1, UP, np.int8)
    codes[Status.ALERT] = DOWN
    codes[Status.NEW] = UNKNOWN
    codes[Status.NO_DATA] = DOWN if notifies_no_data else UP
    return codes
