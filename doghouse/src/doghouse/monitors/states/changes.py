"""Where a group's status changes over a stretch of ticks, with all that a transition carries, in columns; and the repeats of notifications in between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from doghouse.metrics.model import Floats, Ints
from doghouse.monitors.states.machine import GroupState, Rules, Status, Transition

Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]
NONE = 0  # a time that there is not, in a column
# numpy compares a column with an enum slowly
_NEW, _OK, _NO_DATA, _WARN = (int(status) for status in (Status.NEW, Status.OK, Status.NO_DATA, Status.WARN))


class History(Struct, frozen=True, eq=False):
    """A group over a stretch of ticks, in columns. `statuses[i]` (a Status, int8) holds after `ticks[i]`; the other columns have one entry a transition.

    Times are s UTC; in `first_triggered` and `last_triggered` 0 stands for none. `renotified` is 0 for a change of state and counts repeats else.
    `final` is the state after the last tick.
    """

    ticks: Ints
    statuses: Codes
    at: Ints
    before: Codes
    after: Codes
    value: Floats
    notify: Bools
    renotified: Ints
    first_triggered: Ints
    last_triggered: Ints
    final: GroupState

    def __len__(self) -> int:
        return len(self.at)

    def transitions(self) -> list[Transition]:
        """The columns as values, for those who want to look at each."""
        return [self.transition(index) for index in range(len(self.at))]

    def transition(self, index: int) -> Transition:
        """One entry of the columns as a value."""
        return Transition(
            int(self.at[index]),
            Status(int(self.before[index])),
            Status(int(self.after[index])),
            float(self.value[index]),
            bool(self.notify[index]),
            int(self.renotified[index]),
            int(self.first_triggered[index]) or None,
            int(self.last_triggered[index]) or None,
        )


def recorded(ticks: Ints, statuses: Iterable[int], transitions: Sequence[Transition], final: GroupState) -> History:
    """Transitions (by time) as the columns of a history."""

    def times(values: Iterable[int | None]) -> Ints:
        return np.array([value or NONE for value in values], np.int64)

    return History(
        ticks,
        np.array(list(statuses), np.int8),
        times(transition.at for transition in transitions),
        np.array([transition.before for transition in transitions], np.int8),
        np.array([transition.after for transition in transitions], np.int8),
        np.array([transition.value for transition in transitions], np.float64),
        np.array([transition.notify for transition in transitions], np.bool_),
        times(transition.renotified for transition in transitions),
        times(transition.first_triggered for transition in transitions),
        times(transition.last_triggered for transition in transitions),
        final,
    )


class Changes:
    """Where the status changes, and all that a transition carries, in columns; with the repeats of notifications in between."""

    def __init__(
        self, rules: Rules, previous: GroupState, ticks: Ints, statuses: Codes, shown: Floats, forgotten: bool
    ) -> None:
        self.rules, self.previous, self.ticks, self.statuses, self.shown = rules, previous, ticks, statuses, shown
        self.forgotten = forgotten
        earlier = np.append(np.int8(previous.status), statuses[:-1])
        self.moves = np.flatnonzero(statuses != earlier)  # a new group's first status included
        if forgotten and len(self.moves) and self.moves[-1] == len(ticks) - 1:
            self.moves = self.moves[:-1]
        before = earlier[self.moves]
        if previous.status is Status.NEW:
            before[before == _NEW] = _OK
        after = statuses[self.moves]
        real = after != before
        if real.all():
            self.index, self.before, self.after = self.moves, before, after
        else:
            self.index, self.before, self.after = self.moves[real], before[real], after[real]
        self.at = ticks[self.index]
        self.triggers = self.after != _OK
        self.episodes = np.flatnonzero(self.before == _OK)  # the transitions that leave OK
        self._date()
        self._announce()

    def _throughout(self, values: Ints, before: int) -> Ints:
        """For each transition the value of the one that its episode began with; `before` where that lies before the first tick."""
        begins = np.append(0, self.episodes)
        own = np.append(np.int64(before), values[self.episodes])
        return np.repeat(own, np.diff(begins, append=len(values)))

    def _date(self) -> None:
        """first_triggered and last_triggered of each transition."""
        self.first = self._throughout(self.at, self.previous.first_triggered or NONE)
        before = np.append(self.previous.last_triggered or NONE, self.at[:-1])[: len(self.at)]
        self.last = np.where(self.triggers, self.at, before)

    def _announce(self) -> None:
        """Which transitions notify. A recovery does if anything before it in its episode did."""
        loud = self.triggers if self.rules.notify_no_data else self.after >= _WARN
        so_far = np.cumsum(loud)
        announced = so_far > self._throughout(so_far - loud, -int(self.previous.announced))
        self.announced = announced & self.triggers
        self.notify = loud | (announced & ~self.triggers)

    def history(self, final: GroupState) -> History:
        """The transitions and the repeats, by time."""
        again = self._repeats()
        state = final if self.forgotten else self._with_notifications(final, again)
        if not len(again.at):
            value, number = self.shown[self.index], np.broadcast_to(np.int64(0), len(self.at))
            own = (self.at, self.before, self.after, value, self.notify, number, self.first, self.last)
            return History(self.ticks, self.statuses, *own, state)
        at = np.concatenate((self.at, again.at))
        order = np.argsort(at, kind="stable")

        def both(own: NDArray[Any], repeated: NDArray[Any]) -> Any:
            return np.concatenate((own, repeated))[order]

        return History(
            self.ticks,
            self.statuses,
            at[order],
            both(self.before, again.status),
            both(self.after, again.status),
            both(self.shown[self.index], again.value),
            both(self.notify, np.full(len(again.at), True)),
            both(np.zeros(len(self.at), np.int64), again.number),
            both(self.first, again.first),
            both(self.last, again.last),
            state,
        )

    # -- repeats

    def _repeats(self) -> Repeats:
        """When notifications are repeated: from each notification on, every so many ticks while the status holds."""
        rules, repeated = self.rules, [int(status) for status in Status if self.rules.renotifies(status)]
        if rules.renotify_interval is None or not repeated or not len(self.ticks):
            return Repeats.none()
        space = int(self.ticks[1] - self.ticks[0]) if len(self.ticks) > 1 else 1
        period = max(-(-rules.renotify_interval // space), 1)  # in ticks
        begins, carried = self._spells(rules.renotify_interval)
        status = np.append(np.int8(self.previous.status), self.statuses[self.moves])
        ends = np.append(self.moves, len(self.ticks) - self.forgotten)
        many = np.maximum((ends - 1 - begins) // period, 0)
        many[(ends <= begins) | ~np.isin(status, repeated)] = 0
        if self.previous.last_notified is None:
            many[0] = 0
        most = rules.renotify_occurrences
        if most is not None:
            many = np.minimum(many, np.maximum(most - carried, 0))
        spell = np.repeat(np.arange(len(many)), many)
        nth = np.arange(len(spell)) - np.repeat(np.cumsum(many) - many, many) + 1
        index = begins[spell] + nth * period
        return self._repeated(spell, index, carried[spell] + nth, status)

    def _spells(self, interval: int) -> tuple[Ints, Ints]:
        """For each spell of one status (the one before the first change too): the tick from which repeats count, and how many repeats there were before.

        Where the spell's notification lies before the first tick, so does the tick it counts from: the first repeat comes at the first tick late enough.
        """
        begins = np.append(0, self.moves)
        carried = np.zeros(len(begins), np.int64)
        carried[0] = self.previous.renotified
        if self.previous.last_notified is not None:
            space = int(self.ticks[1] - self.ticks[0]) if len(self.ticks) > 1 else 1
            period = max(-(-interval // space), 1)
            due = int(np.searchsorted(self.ticks, self.previous.last_notified + interval))
            begins[0] = due - period
        return begins, carried

    def _repeated(self, spell: Ints, index: Ints, number: Ints, status: Codes) -> Repeats:
        """Repeats with what their messages show: the spell's own times, the last value before them."""
        judged = np.flatnonzero(~np.isnan(self.shown) | (self.statuses == _NO_DATA))
        place = np.searchsorted(judged, index, side="right") - 1
        known = place >= 0
        value = np.full(len(index), self.previous.value)
        value[known] = self.shown[judged[place[known]]]
        which = np.searchsorted(self.index, index, side="right") - 1  # the transition that the spell began with
        first = np.append(self.first, self.previous.first_triggered or NONE)[which]
        last = np.append(self.last, self.previous.last_triggered or NONE)[which]
        return Repeats(self.ticks[index], status[spell], value, number, first, last, spell)

    def _with_notifications(self, final: GroupState, again: Repeats) -> GroupState:
        """The last state with what it knows of notifications."""
        return replace(final, last_notified=self._last_notified(again), renotified=self._renotified(again))

    def _last_notified(self, again: Repeats) -> int | None:
        index = last(self.notify)
        times = [] if index is None else [int(self.at[index])]
        times += [int(again.at[-1])] if len(again.at) else []
        return max(times) if times else self.previous.last_notified

    def _renotified(self, again: Repeats) -> int:
        """How often the status that now holds was repeated."""
        if len(again.number) and again.spell[-1] == len(self.moves):
            return int(again.number[-1])
        return 0 if len(self.moves) else self.previous.renotified

    def final(self) -> GroupState:
        """The state after the last tick, as far as changes of status say."""
        state = self.previous
        if len(self.moves):
            state = replace(state, status=Status(int(self.statuses[-1])), since=int(self.ticks[self.moves[-1]]))
        state = replace(
            state,
            last_resolved=self._last(_OK) or state.last_resolved,
            last_nodata=self._last(_NO_DATA) or state.last_nodata,
        )
        trigger = last(self.triggers)
        if trigger is not None:
            state = replace(state, first_triggered=int(self.first[-1]), last_triggered=int(self.at[trigger]))
        return replace(state, announced=bool(self.announced[-1])) if len(self.at) else state

    def _last(self, status: int) -> int | None:
        """When the group last came into a status."""
        index = last(self.after == status)
        return None if index is None else int(self.at[index])


def last(which: Bools) -> int | None:
    """The index of the last one that is true, if one is."""
    if len(which) and which[-1]:
        return len(which) - 1
    back = int(np.argmax(which[::-1])) if len(which) else 0
    index = len(which) - 1 - back
    return index if index >= 0 and which[index] else None


class Repeats(Struct, frozen=True, eq=False):
    """Repeated notifications, in columns."""

    at: Ints
    status: Codes
    value: Floats
    number: Ints
    first: Ints
    last: Ints
    spell: Ints

    @staticmethod
    def none() -> Repeats:
        """No repeats."""
        ints = np.empty(0, np.int64)
        return Repeats(ints, np.empty(0, np.int8), np.empty(0, np.float64), ints, ints, ints, ints)
