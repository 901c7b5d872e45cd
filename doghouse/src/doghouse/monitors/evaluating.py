"""What evaluations of a monitor give: at one tick as the live loop steps it, over a stretch as a backtest does."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np
from msgspec import Struct

from doghouse.metrics.model import Floats, Ints
from doghouse.monitors.states.changes import History, recorded
from doghouse.monitors.states.conditions import Rules
from doghouse.monitors.states.history import shown_value, state_values, states_range
from doghouse.monitors.states.machine import (
    EMPTY,
    EMPTY_AMONG_OTHERS,
    FRESH,
    GroupState,
    Status,
    Transition,
    WindowValue,
    follow,
    step,
)
from doghouse.monitors.windows.columns import Group, GroupColumn

MINUTE_S = 60
Step = Callable[[GroupState, int], tuple[GroupState, Transition | None]]


class Evaluation(Struct, frozen=True):
    """One tick: the step of each group, and what its message can say beside the usual variables."""

    steps: Mapping[Group, Step]
    variables: Mapping[Group, Mapping[str, str]]


class GroupHistory(Struct, frozen=True, eq=False):
    """One group over a stretch. `shown` is the value that a message shows after the tick of an index, `values` those of the state after every tick."""

    group: Group
    history: History
    shown: Callable[[int], float]
    values: Callable[[], Floats]

    def state(self, now: int) -> GroupState:
        """Status and value after the last evaluation at or before `now` (s UTC)."""
        index = int(np.searchsorted(self.history.ticks, now, side="right")) - 1
        if index < 0:
            return FRESH
        return GroupState(Status(int(self.history.statuses[index])), self.shown(index))


class Stretch(Struct, frozen=True, eq=False):
    """All evaluations of a stretch: its ticks (s UTC), and the groups, each to be finished by a call, so that the next is read meanwhile.

    `variables` are what a group's message can say at a time.
    """

    ticks: Ints
    unfinished: Iterator[Callable[[], GroupHistory]]
    variables: Callable[[Group, int], Mapping[str, str]]

    def groups(self) -> dict[Group, GroupHistory]:
        """The groups, finished."""
        histories = [finish() for finish in self.unfinished]
        return {history.group: history for history in histories}


def ticks_between(start: int, end: int, every: int) -> Ints:
    """The ticks in (start, end] (s UTC). GUESS: at second 0 (Datadog: always at the same second, which is not said)."""
    return np.arange(start // every + 1, end // every + 1, dtype=np.int64) * every


def window_steps(
    rules: Rules, states: Mapping[Group, GroupState], windows: Mapping[Group, WindowValue]
) -> dict[Group, Step]:
    """The step of each group that is known or has points."""

    def of(window: WindowValue) -> Step:
        return lambda state, now: step(rules, state, window, now)

    groups = dict.fromkeys((*states, *windows)) if rules.multi else {(): None}
    empty = EMPTY_AMONG_OTHERS if windows else EMPTY
    return {group: of(windows.get(group, empty)) for group in groups}


def column_history(rules: Rules, column: GroupColumn, ticks: Ints) -> GroupHistory:
    """A group's history from all its windows at once."""
    history = states_range(rules, column, ticks)
    return GroupHistory(
        column.group,
        history,
        lambda index: shown_value(rules, column, history, index),
        lambda: state_values(rules, column, ticks),
    )


def status_steps(rules: Rules, statuses: Mapping[Group, tuple[Status | None, float]]) -> dict[Group, Step]:
    """The step of each group whose status was worked out elsewhere (None: as it was)."""

    def of(status: Status | None, value: float) -> Step:
        return lambda state, now: follow(rules, state, status, value, now)

    return {group: of(status, value) for group, (status, value) in statuses.items()}


class Stepping:
    """Steps groups through ticks, one after the other. `states` are those after the last one."""

    def __init__(self) -> None:
        self.states: dict[Group, GroupState] = {}
        self._transitions: dict[Group, list[Transition]] = {}
        self._statuses: dict[Group, list[int]] = {}
        self._values: dict[Group, list[float]] = {}
        self._ticks: list[int] = []

    def step(self, steps: Mapping[Group, Step], now: int) -> None:
        """One tick (s UTC)."""
        for group, make in steps.items():
            self.states[group], transition = make(self.states.get(group, FRESH), now)
            if transition is not None:
                self._transitions.setdefault(group, []).append(transition)
        self._ticks.append(now)
        for group, state in self.states.items():
            statuses, values = self._statuses.setdefault(group, []), self._values.setdefault(group, [])
            before = len(self._ticks) - 1 - len(statuses)
            statuses += [Status.NEW] * before + [state.status]
            values += [math.nan] * before + [state.value]

    def histories(self) -> Iterator[Callable[[], GroupHistory]]:
        """Each group's history so far."""
        ticks = np.array(self._ticks, np.int64)
        return (partial(self._history, group, ticks) for group in self.states)

    def _history(self, group: Group, ticks: Ints) -> GroupHistory:
        values, transitions = self._values[group], self._transitions.get(group, ())
        return GroupHistory(
            group,
            recorded(ticks, self._statuses[group], transitions, self.states[group]),
            lambda index: values[index] if index >= 0 else math.nan,
            lambda: np.array(values, np.float64),
        )
