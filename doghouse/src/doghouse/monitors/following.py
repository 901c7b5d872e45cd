"""Monitors whose status is worked out elsewhere, over a stretch of ticks: composites from other monitors' states, service checks from runs.

Stepped tick by tick with the functions that the live server steps.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from doghouse.monitors.changes import History, recorded
from doghouse.monitors.columns import Group
from doghouse.monitors.states import FRESH, GroupState, Rules, Status, Transition, follow

Followed = Mapping[Group, tuple[Status | None, float]]


class Following:
    """Steps groups through ticks. `states` are those after the last one."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self.states: dict[Group, GroupState] = {}
        self._transitions: dict[Group, list[Transition]] = {}
        self._statuses: dict[Group, list[int]] = {}
        self._ticks: list[int] = []

    def step(self, followed: Followed, now: int) -> None:
        """One tick (s UTC): the groups that there are, with their statuses (None: as it was)."""
        for group, (status, value) in followed.items():
            state, transition = follow(self._rules, self.states.get(group, FRESH), status, value, now)
            self.states[group] = state
            if transition is not None:
                self._transitions.setdefault(group, []).append(transition)
        self._ticks.append(now)
        for group, state in self.states.items():
            held = self._statuses.setdefault(group, [])
            held += [Status.NEW] * (len(self._ticks) - 1 - len(held)) + [state.status]

    def histories(self) -> dict[Group, History]:
        """Each group's history so far."""
        ticks = np.array(self._ticks, np.int64)
        return {
            group: recorded(ticks, self._statuses[group], self._transitions.get(group, ()), state)
            for group, state in self.states.items()
        }
