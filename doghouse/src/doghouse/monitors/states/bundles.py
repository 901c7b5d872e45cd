"""notify_by: groups are evaluated one by one, and notified together, so many of their keys at a time (monitors/configuration, alert grouping)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from doghouse.metrics.model import Floats, Ints
from doghouse.monitors.states.changes import Bools, Changes, Codes, History
from doghouse.monitors.states.machine import FRESH, GroupState, Rules, Status
from doghouse.monitors.windows.columns import Group


def bundle_of(group: Group, keys: Sequence[str]) -> Group:
    """The bundle that a group belongs to."""
    return tuple((key, value) for key, value in group if key in keys)


def worst(states: Iterable[GroupState]) -> tuple[Status, float]:
    """The worst status of these groups, which a bundle's notification is about, and its value. GUESS: of several as bad, the first group's by its tags."""
    status, value = Status.NEW, math.nan
    for state in states:
        if state.status > status:
            status, value = state.status, state.value
    return status, value


def bundled(
    rules: Rules, keys: Sequence[str], members: Mapping[Group, tuple[History, Floats]], ticks: Ints
) -> dict[Group, tuple[History, Floats]]:
    """The histories of bundles from those of their members, in columns, and the value after each tick: what `worst` and `states.follow` make of them.

    With each member too stands the value that its state has after each tick. A notification follows each change of the worst status (GUESS).
    """
    bundles: dict[Group, tuple[History, Floats]] = {}
    for bundle in dict.fromkeys(bundle_of(group, keys) for group in members):
        mine = [members[group] for group in sorted(members) if bundle_of(group, keys) == bundle]
        statuses, values = _worst_of(mine)
        bundles[bundle] = _history(rules, ticks, statuses, values)
    return bundles


def _worst_of(members: Sequence[tuple[History, Floats]]) -> tuple[Codes, Floats]:
    """At each tick the worst status among histories, and the value of the first group that has it."""
    statuses, values = members[0][0].statuses.copy(), members[0][1].copy()
    for history, column in members[1:]:
        worse: Bools = history.statuses > statuses
        statuses[worse] = history.statuses[worse]
        values[worse] = column[worse]
    return statuses, values


def _history(rules: Rules, ticks: Ints, statuses: Codes, values: Floats) -> tuple[History, Floats]:
    """A bundle's history and values: a No Data that notifies nobody keeps the status and the value before."""
    if not rules.notify_no_data:
        known = np.flatnonzero(statuses != Status.NO_DATA)
        place = np.searchsorted(known, np.arange(len(statuses)), side="right") - 1
        there, last = place >= 0, known[np.maximum(place, 0)] if len(known) else np.zeros(len(statuses), np.intp)
        statuses = np.where(there, statuses[last], np.int8(Status.NEW))
        values = np.where(there, values[last], np.nan)
    changes = Changes(rules, FRESH, ticks, statuses.astype(np.int8), values, False)
    return changes.history(changes.final()), values
