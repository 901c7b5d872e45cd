"""A monitor over a stretch of history: its transitions, and what would have been sent to whom, with downtimes applied.

The evaluation, state machine, messages and downtimes are the ones that the live server steps; here they run in columns.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct, field

from doghouse import downtimes as dt
from doghouse import monitors as mon
from doghouse.backtest.overlapping import made_ahead
from doghouse.backtest.sources import points_of
from doghouse.metrics.model import Ints, Source
from doghouse.monitors import Group, GroupState, History, Status, Transition
from doghouse.monitors.notification_rules import Rules
from doghouse.monitors.states import bundles
from doghouse.notifications.model import Notification
from doghouse.notifications.silencing import Due, covers_of, of_ends, of_transition
from doghouse.notifications.writing import addressed, notification

WORTH_A_THREAD = 10_000  # ticks: steps over fewer are done before another thread is awake


class Timeline(Struct, frozen=True, eq=False):
    """One group's history, the downtimes' stretches over it, and the values that the monitor had when they ended."""

    group: Group
    history: History
    covers: Sequence[dt.Cover]
    at_ends: Mapping[float, float] = field(default_factory=dict)

    def entries(self, until: int | None) -> range:
        """The indexes of the history's entries: all of them, or those up to `until` (s UTC)."""
        return range(len(self.history) if until is None else int(np.searchsorted(self.history.at, until, side="right")))

    def status_at(self, when: float) -> Status:
        """The status after the last evaluation at or before `when` (s UTC)."""
        index = int(np.searchsorted(self.history.ticks, when, side="right")) - 1
        return Status(int(self.history.statuses[index])) if index >= 0 else Status.NEW

    def ends(self, start: int, end: int, *, notifies_no_data: bool) -> Iterator[Due]:
        """What the ends of downtimes in (start, end] send."""
        return of_ends(
            self.covers, start, end, self._state_at, notifies_at=self._notifies_at, notifies_no_data=notifies_no_data
        )

    def _state_at(self, end: float) -> GroupState:
        """The group's state at the end of a downtime, as far as a message shows it."""
        index = self._entry(end)
        entry = self.history.transition(index) if index >= 0 else None
        first, last = (entry.first_triggered, entry.last_triggered) if entry else (None, None)
        value = self.at_ends.get(end, math.nan)
        return GroupState(self.status_at(end), value, first_triggered=first, last_triggered=last)

    def _notifies_at(self, when: float) -> bool:
        """Whether a transition notifies at that moment."""
        index = self._entry(when)
        return index >= 0 and bool(self.history.notify[index]) and int(self.history.at[index]) == when

    def _entry(self, when: float) -> int:
        """The index of the history's last entry up to `when`; -1: there is none."""
        return int(np.searchsorted(self.history.at, when, side="right")) - 1


def _changes(timeline: Timeline, until: int | None) -> Iterator[tuple[int, Group, Transition]]:
    for transition in map(timeline.history.transition, timeline.entries(until)):
        if not transition.is_renotify:
            yield transition.at, timeline.group, transition


class Backtest(Struct, frozen=True, eq=False):
    """What a monitor would have done in [start, end] (s UTC), group by group."""

    monitor: mon.Definition
    start: int
    end: int
    ticks: Ints
    timelines: Sequence[Timeline]
    hosts: mon.Hosts = field(default_factory=dict)
    bundles: Sequence[Timeline] | None = None
    notifies_no_data: bool = False
    more: Callable[[Group, int], Mapping[str, str]] | None = None  # variables of other kinds of monitors, at a time
    rules: Rules = ()  # the notification rules

    @property
    def notified(self) -> Sequence[Timeline]:
        """The timelines whose changes are notified: the groups', or with notify_by those of so many groups together."""
        return self.timelines if self.bundles is None else self.bundles

    def transitions(self, until: int | None = None) -> Iterator[tuple[Group, Transition]]:
        """Every change of a group's state, by time; with `until` (s UTC) those up to then. Repeated notifications are none."""
        streams = [_changes(timeline, until) for timeline in self.timelines]
        for _, group, transition in heapq.merge(*streams, key=lambda item: item[:2]):
            yield group, transition

    def notifications(self, until: int | None = None) -> list[Notification]:
        """Every notification that somebody would have got, and every one that a downtime silenced, by time; with `until` those up to then."""
        written = (
            self.written(timeline.group, due) for timeline in self.notified for due in self._due(timeline, until)
        )
        return sorted(
            (message for message in written if message.recipients), key=lambda message: (message.at, message.group)
        )

    def written(self, group: Group, due: Due) -> Notification:
        """A notification with its message."""
        more = self._variables(group, due.transition)
        return notification(self.monitor, group, due, self.hosts, more, self.rules)

    def messages(self) -> Iterator[tuple[Due, mon.Message]]:
        """Each notification that is due, silenced ones and those that reach nobody too, with its message."""
        for timeline in self.notified:
            for due in self._due(timeline, None):
                yield due, self._addressed(timeline.group, due.transition)

    def _due(self, timeline: Timeline, until: int | None) -> Iterator[Due]:
        for transition in map(timeline.history.transition, timeline.entries(until)):
            if transition.notify:
                yield of_transition(timeline.covers, transition)
        for due in self.ends(timeline):
            if until is None or due.transition.at <= until:
                yield due

    def ends(self, timeline: Timeline) -> Iterator[Due]:
        """What the ends of downtimes over one of the groups send."""
        return timeline.ends(self.start, self.end, notifies_no_data=self.notifies_no_data)

    def reaches_somebody(self, group: Group, transition: Transition) -> bool:
        """Whether somebody gets the notification of a transition."""
        return bool(self.reached_by(group, transition))

    def reached_by(self, group: Group, transition: Transition) -> tuple[str, ...]:
        """Who gets the notification of a transition."""
        return self._addressed(group, transition).recipients

    def _addressed(self, group: Group, transition: Transition) -> mon.Message:
        more = self._variables(group, transition)
        return addressed(self.monitor, group, transition, self.hosts, more, self.rules)

    def _variables(self, group: Group, transition: Transition) -> Mapping[str, str] | None:
        return self.more(group, transition.at) if self.more else None


def backtest(
    monitor: mon.Definition,
    series: Source,
    start: int,
    end: int,
    downtimes: Sequence[dt.Downtime] = (),
    hosts: Mapping[str, mon.Host] | None = None,
    rules: Rules = (),
) -> Backtest:
    """`replay` of a monitor that looks at points alone, over those of `series`."""
    return replay(monitor, mon.Sources(points_of(series)), start, end, downtimes, hosts, rules)


def replay(
    monitor: mon.Definition,
    sources: mon.Sources,
    start: int,
    end: int,
    downtimes: Sequence[dt.Downtime] = (),
    hosts: Mapping[str, mon.Host] | None = None,
    rules: Rules = (),
) -> Backtest:
    """What `monitor` would have done over what `sources` have, evaluated at each of its minutes in [start, end] (s UTC).

    A downtime that names no monitor is for this one; `rules` are the notification rules. Raises QuerySyntaxError, MonitorError, NotEvaluated.
    """
    stretch, keys = monitor.over(sources, start, end), monitor.bundle_keys
    ticks, timelines, groups = stretch.ticks, [], {}

    def finished(finish: Callable[[], mon.GroupHistory]) -> tuple[mon.GroupHistory, Timeline]:
        group_history = finish()
        covers = covers_of(monitor, group_history.group, downtimes, start, end)
        at_ends = {at: group_history.shown(index) for at, index in _ends(group_history.history, covers)}
        return group_history, Timeline(group_history.group, group_history.history, covers, at_ends)

    unfinished = stretch.unfinished if len(ticks) < WORTH_A_THREAD else made_ahead(stretch.unfinished)
    for group_history, timeline in map(finished, unfinished):
        timelines.append(timeline)
        if keys is not None:
            groups[group_history.group] = (group_history.history, group_history.values())
    together = None
    if keys is not None:
        together = []
        for group, (history, values) in bundles.bundled(monitor.rules, keys, groups, ticks).items():
            covers = covers_of(monitor, group, downtimes, start, end)
            at_ends = {at: float(values[index]) if index >= 0 else math.nan for at, index in _ends(history, covers)}
            together.append(Timeline(group, history, covers, at_ends))
    return Backtest(
        monitor,
        start,
        end,
        ticks,
        timelines,
        hosts or {},
        together,
        monitor.rules.notify_no_data,
        stretch.variables,
        rules,
    )


def _ends(history: History, covers: Sequence[dt.Cover]) -> Iterator[tuple[float, int]]:
    """Each end of a downtime, and the last tick up to it (-1: there is none)."""
    for end in {cover.stretch.end for cover in covers}:
        yield end, int(np.searchsorted(history.ticks, end, side="right")) - 1
