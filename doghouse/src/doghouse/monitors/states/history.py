"""All steps of a group over a stretch of ticks, in columns: the same transitions and the same last state as `machine.step` at each tick gives.

A status holds until something sets it anew. So Alert and Warn are worked out as latches (set by a breach, reset by a recovery, held otherwise), over all
ticks at once; ticks without data are few or long, and worked out by themselves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from doghouse.metrics.model import Floats, Ints
from doghouse.monitors.states.changes import History, recorded
from doghouse.monitors.states.even_stretch import Column, EvenStretch
from doghouse.monitors.states.machine import FRESH, GroupState, Missing, Rules, Status, Transition, step


def states_range(rules: Rules, column: Column, ticks: Ints, previous: GroupState = FRESH) -> History:
    """All steps of a group over `ticks` (s UTC, ascending), from the state `previous`: what calling `step` at each would give."""
    spaces = np.diff(ticks)
    if len(ticks) == 0 or not np.all(spaces == spaces[:1]):
        return _stepped(rules, column, ticks, previous)
    parts: list[History] = []
    begin, state = 0, previous
    while begin < len(ticks):
        part = EvenStretch(rules, column, ticks, begin, state).history()
        parts.append(part)
        begin += len(part.ticks)
        state = part.final
    return parts[0] if len(parts) == 1 else _joined(ticks, parts)


def state_values(rules: Rules, column: Column, ticks: Ints) -> Floats:
    """The value that the group's state has after each tick: the last one judged, NaN once a lack of data led to a status."""
    spaces = np.diff(ticks)
    if len(ticks) == 0 or not np.all(spaces == spaces[:1]):
        state, values = FRESH, []
        for index, now in enumerate(ticks.tolist()):
            state, _ = step(rules, state, column.window(index), now)
            values.append(state.value)
        return np.array(values, np.float64)
    parts: list[Floats] = []
    begin, state = 0, FRESH
    while begin < len(ticks):
        stretch = EvenStretch(rules, column, ticks, begin, state)
        parts.append(stretch.state_values())
        begin += len(parts[-1])
        state = FRESH
    return np.concatenate(parts)


def shown_value(rules: Rules, column: Column, history: History, index: int) -> float:
    """The value that a message would show after a tick: the last one judged; NaN without one, or in No Data."""
    if index < 0 or history.statuses[index] == Status.NO_DATA:
        return math.nan
    counts, waits = rules.missing is Missing.ZERO, rules.zero_waits and rules.zero_alerts
    while index >= 0 and history.statuses[index] != Status.NEW:
        value = float(column.values[index])
        if math.isnan(value) and counts and not (waits and column.window(index).elsewhere):
            return 0.0
        skipped = rules.require_full_window and column.full is not None and not column.full[index]
        if not math.isnan(value) and not skipped:
            return value
        index -= 1
    return math.nan


def _stepped(rules: Rules, column: Column, ticks: Ints, state: GroupState) -> History:
    """The slow way, for ticks that are not evenly spaced."""
    statuses = np.zeros(len(ticks), np.int8)
    transitions: list[Transition] = []
    for index, now in enumerate(ticks.tolist()):
        state, transition = step(rules, state, column.window(index), now)
        statuses[index] = state.status
        if transition is not None:
            transitions.append(transition)
    return recorded(ticks, statuses.tolist(), transitions, state)


def _joined(ticks: Ints, parts: Sequence[History]) -> History:
    names = ("statuses", "at", "before", "after", "value", "notify", "renotified", "first_triggered", "last_triggered")
    columns: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    return History(ticks=ticks, final=parts[-1].final, **columns)
