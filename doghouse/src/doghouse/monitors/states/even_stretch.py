"""A group's steps over evenly spaced ticks, until it is forgotten: Alert and Warn as latches, over all ticks at once."""

from __future__ import annotations

import math
from typing import Any, Protocol

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from doghouse.metrics.model import Floats, Ints
from doghouse.monitors.states.changes import NONE, Changes, History, last
from doghouse.monitors.states.machine import FRESH, GroupState, Missing, Rules, Status, WindowValue

Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]
_OK, _WARN, _ALERT = (np.int8(status) for status in (Status.OK, Status.WARN, Status.ALERT))


class Column(Protocol):
    """What `states_range` reads of an `evaluation.GroupColumn`."""

    @property
    def values(self) -> Floats:
        """Reduced windows, NaN where there was nothing."""

    @property
    def recovery(self) -> Floats | None:
        """The values that recovery thresholds look at, where those are others."""

    @property
    def full(self) -> Bools | None:
        """Whether each window was full; None: nobody asks."""

    @property
    def reporting(self) -> Bools | None:
        """At which ticks any group has data; None: nobody asks."""

    def window(self, index: int) -> WindowValue:
        """One tick's window."""

    def last_points(self, index: Ints) -> Ints:
        """The times of the last points before the ends of these ticks' windows; NONE where there is none."""


def latch(sets: Bools, resets: Bools, initially: bool) -> Bools:
    """A latch over time: true from a set to the next reset, held where there is neither."""
    holds = np.flatnonzero(~(sets | resets))
    if not len(holds):
        return sets
    begins = np.append(True, np.diff(holds) > 1)  # of each run of ticks that hold what was before
    earlier = holds[begins] - 1
    before = np.where(earlier < 0, initially, sets[earlier])
    latched = sets.copy()
    latched[holds] = before[np.cumsum(begins) - 1]
    return latched


class EvenStretch:
    """The ticks from `begin` until the group is forgotten, or to the end."""

    def __init__(self, rules: Rules, column: Column, ticks: Ints, begin: int, previous: GroupState) -> None:
        self.rules, self.column, self.previous, self.begin = rules, column, previous, begin
        self.ticks = ticks[begin:]
        self.values = column.values[begin:]
        self.has = ~np.isnan(self.values)
        self.first = self._first_data()
        self.empty, self.empty_since = self._emptiness()
        self.forgotten = self._cut()
        self.wakes = self._first_evaluation()

    # -- what there is

    def _first_data(self) -> int:
        """The first tick at which the group has been seen; the stretch's length if it never is."""
        if self.previous.first_seen is not None:
            return 0
        return int(np.argmax(self.has)) if self.has.any() else len(self.ticks)

    def _emptiness(self) -> tuple[Ints, Ints]:
        """The ticks without data since the group was first seen (indexes), and when each one's run of them began (s)."""
        empty = np.flatnonzero(~self.has[self.first :]) + self.first
        begins = np.append(True, np.diff(empty) > 1)[: len(empty)]
        since = self.ticks[empty[begins]]
        if len(empty) and empty[0] == 0 and self.previous.empty_since is not None:
            since = np.append(self.previous.empty_since, since[1:])
        return empty, since[np.cumsum(begins) - 1] if len(empty) else empty

    def _cut(self) -> bool:
        """End the stretch where the group is forgotten, if it is; says whether."""
        if not self.rules.multi or self.rules.retention is None or not len(self.empty):
            return False
        long = self.ticks[self.empty] - self.empty_since
        forgotten = long >= self.rules.retention
        if self.rules.timeout is not None:
            forgotten &= ~self._resolves_first(long)
        if not forgotten.any():
            return False
        place = int(np.argmax(forgotten))
        cut = int(self.empty[place]) + 1
        self.ticks, self.values, self.has = self.ticks[:cut], self.values[:cut], self.has[:cut]
        self.empty, self.empty_since = self.empty[:place], self.empty_since[:place]
        return True

    def _resolves_first(self, long: Ints) -> Bools:
        """Whether the timeout falls on the same tick, and there is something to resolve: that comes first."""
        timeout = self.rules.timeout or 0
        due = long >= timeout
        fresh_run = np.append(True, np.diff(self.empty) > 1) | (np.append(-1, long[:-1]) < timeout)
        if len(self.empty) and self.empty[0] == 0 and self.previous.rests:
            fresh_run[0] = False
        known = self._is_known(self.empty)
        return due & fresh_run & known

    def _is_known(self, index: Ints) -> Bools:
        """Whether the group has been evaluated before these ticks."""
        return np.full(len(index), True) if self.previous.status is not Status.NEW else index > self._first_evaluation()

    def _first_evaluation(self) -> int:
        """The tick at which a new group is first evaluated; 0 for one that was evaluated before."""
        if self.previous.status is not Status.NEW:
            return 0
        able = self.has if self.column.full is None else self.has & self._full()
        if self.rules.multi and self.rules.new_group_delay and self.first < len(self.ticks):
            able = able & (self.ticks >= self._seen() + self.rules.new_group_delay)
        return int(np.argmax(able)) if able.any() else len(self.ticks)

    def _full(self) -> Bools:
        assert self.column.full is not None
        end = self.begin + len(self.ticks)
        return self.column.full[self.begin : end] if self.rules.require_full_window else np.full(len(self.ticks), True)

    def _seen(self) -> int:
        """The time of the group's first point."""
        if self.previous.first_seen is not None:
            return self.previous.first_seen
        first = self.column.window(self.begin + self.first).first_point
        return int(self.ticks[self.first]) if first is None else first

    # -- what it leads to

    def history(self) -> History:
        """The stretch's history."""
        evaluated, values, no_data, resolves = self._inputs()
        statuses = self._statuses(evaluated, values, no_data, resolves)
        if self.forgotten:
            statuses[-1] = Status.NEW
        shown = values if evaluated.all() else np.where(evaluated, values, np.nan)
        changes = Changes(self.rules, self.previous, self.ticks, statuses, shown, self.forgotten)
        final = FRESH if self.forgotten else self._final(changes, evaluated | no_data | resolves, shown)
        return changes.history(final)

    def state_values(self) -> Floats:
        """The state's value after each tick of the stretch."""
        evaluated, values, no_data, resolves = self._inputs()
        judged = evaluated | no_data | resolves
        place = np.maximum.accumulate(np.where(judged, np.arange(len(judged)), -1))
        shown = np.where(evaluated, values, np.nan)
        values_after: Floats = np.where(place >= 0, shown[np.maximum(place, 0)], self.previous.value)
        if self.forgotten:
            values_after[-1] = math.nan
        return values_after

    def _inputs(self) -> tuple[Bools, Floats, Bools, Bools]:
        """For every tick: whether a value is judged, which, whether it leads to No Data, and whether to OK for lack of data."""
        count = len(self.ticks)
        evaluated, values = self.has.copy(), self.values
        if self.column.full is not None:
            evaluated &= self._full()
        evaluated[: self.wakes] = False
        no_data, resolves = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
        known = self.empty > self.wakes if self.previous.status is Status.NEW else slice(None)
        empty, since = self.empty[known], self.empty_since[known]
        if self.rules.timeout is not None:
            rests = self.ticks[empty] - since >= self.rules.timeout
            resolves[empty[rests]] = True
            empty = empty[~rests]
        match self.rules.missing:
            case Missing.RESOLVE:
                resolves[empty] = True
            case Missing.ZERO:
                empty = empty[self._counts_as_zero(empty)]
                evaluated[empty] = True
                values = values.copy()
                values[empty] = 0.0
            case Missing.NO_DATA:
                silent = self.ticks[empty] - self.rules.delay - self._last_points(empty)
                no_data[empty[silent >= self.rules.missing_after]] = True
        return evaluated, values, no_data, resolves

    def _counts_as_zero(self, empty: Ints) -> Bools:
        """At which of these ticks without data the group is judged by 0: where that would alert, not while other groups have data."""
        waits = self.rules.zero_waits and self.rules.zero_alerts and self.column.reporting is not None
        if not waits:
            return np.full(len(empty), True)
        assert self.column.reporting is not None
        return ~self.column.reporting[empty + self.begin]

    def _last_points(self, index: Ints) -> Ints:
        return np.maximum(self.column.last_points(index + self.begin), self.previous.last_point or NONE)

    def _statuses(self, evaluated: Bools, values: Floats, no_data: Bools, resolves: Bools) -> Codes:
        rules, before = self.rules, self.previous.status
        alert = evaluated & rules.breaches(values, rules.critical)
        calm = evaluated & ~alert
        other = no_data | resolves
        alerts = latch(alert, self._resets(calm, values, rules.critical_recovery) | other, before is Status.ALERT)
        # np.where on what changes often takes fifty times as long
        statuses: Codes = alerts.view(np.int8) * (_ALERT - _OK) + _OK
        if rules.warning is not None:
            warn = calm & rules.breaches(values, rules.warning)
            resets = self._resets(calm & ~warn, values, rules.warning_recovery) | other
            warns = latch(alert | warn, resets, before in (Status.ALERT, Status.WARN))
            statuses += (warns & ~alerts).view(np.int8) * (_WARN - _OK)
        if no_data.any() or before is Status.NO_DATA:
            statuses[latch(no_data, evaluated | resolves, before is Status.NO_DATA)] = Status.NO_DATA
        statuses[: self.wakes] = Status.NEW if before is Status.NEW else statuses[: self.wakes]
        return statuses

    def _resets(self, calm: Bools, values: Floats, threshold: float | None) -> Any:
        """Which of the calm values are past a recovery threshold. What stands for missing data is its own recovery value."""
        if threshold is None:
            return calm
        if self.column.recovery is not None:
            own = self.column.recovery[self.begin : self.begin + len(self.ticks)]
            values = np.where(self.has & ~np.isnan(own), own, values)
        return calm & self.rules.recovered(values, threshold)

    def _final(self, changes: Changes, judged: Bools, shown: Floats) -> GroupState:
        """The state after the last tick."""
        state = changes.final()
        if self.first < len(self.ticks) and state.first_seen is None:
            state = replace(state, first_seen=self._seen())
        ends_empty = len(self.empty) > 0 and self.empty[-1] == len(self.ticks) - 1
        since = int(self.empty_since[-1]) if ends_empty else None
        judged_last = last(judged)
        timeout = self.rules.timeout
        rests = since is not None and timeout is not None and state.status is not Status.NEW
        return replace(
            state,
            value=state.value if judged_last is None else float(shown[judged_last]),
            last_point=self._last_seen(state.last_point),
            empty_since=since,
            rests=rests and int(self.ticks[-1]) - (since or 0) >= (timeout or 0),
        )

    def _last_seen(self, before: int | None) -> int | None:
        """The last point that a window held."""
        index = last(self.has)
        if index is None:
            return before
        point = self.column.window(self.begin + index).last_point
        return before if point is None else point
