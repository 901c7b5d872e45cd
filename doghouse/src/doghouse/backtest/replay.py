"""A monitor over a stretch of history: its transitions, and what would have been sent to whom, with downtimes applied.

The evaluation, state machine, messages and downtimes are the ones that the live server steps; here they run in columns.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np

from doghouse import downtimes as dt
from doghouse import monitors as mon
from doghouse.backtest.overlapping import made_ahead
from doghouse.metrics.model import Floats, Ints, Source
from doghouse.monitors import Group, History, Status, Transition, bundles
from doghouse.monitors.history import held_values, shown_value
from doghouse.queries import parse_monitor, scope_tags

WORTH_A_THREAD = 10_000  # ticks: steps over fewer are done before another thread is awake
_END_STATES = {Status.ALERT: "alert", Status.WARN: "warn", Status.NO_DATA: "no data"}


@dataclass(frozen=True, slots=True)
class Notification:
    """A notification that was sent, or that a downtime silenced (`silenced_by`: its name or id). `at` is s UTC.

    `released_by` names the downtime whose end sent it.
    """

    at: int
    group: Group
    transition: str
    recipients: tuple[str, ...]
    subject: str
    body: str
    silenced_by: str | None = None
    released_by: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """One group's history, the downtimes' stretches over it, and the values that the monitor had when they ended."""

    group: Group
    history: History
    covers: Sequence[dt.Cover]
    at_ends: Mapping[float, float] = field(default_factory=dict)

    def entries(self, until: int | None) -> range:
        """The indexes of the history's entries: all of them, or those up to `until` (s UTC)."""
        return range(len(self.history) if until is None else int(np.searchsorted(self.history.at, until, side="right")))

    def silencer(self, transition: Transition) -> dt.Downtime | None:
        """The downtime that silences a transition's notification, if one does."""
        recovery = transition.after is Status.OK
        return dt.silencer(self.covers, transition.at, recovery=recovery, episode_start=transition.first_triggered)

    def status_at(self, when: float) -> Status:
        """The status after the last evaluation at or before `when` (s UTC)."""
        index = int(np.searchsorted(self.history.ticks, when, side="right")) - 1
        return Status(int(self.history.statuses[index])) if index >= 0 else Status.NEW


def _changes(timeline: Timeline, until: int | None) -> Iterator[tuple[int, Group, Transition]]:
    for one in map(timeline.history.transition, timeline.entries(until)):
        if not one.is_renotify:
            yield one.at, timeline.group, one


@dataclass(frozen=True, slots=True, eq=False)
class Backtest:
    """What a monitor would have done in [start, end] (s UTC), group by group."""

    monitor: mon.Monitor
    start: int
    end: int
    ticks: Ints
    timelines: Sequence[Timeline]
    hosts: mon.Hosts = field(default_factory=dict)
    bundles: Sequence[Timeline] | None = None
    notifies_no_data: bool = False
    more: Callable[[Group, int], Mapping[str, str]] | None = None  # variables of other kinds of monitors, at a time

    def message(self, group: Group, transition: Transition) -> mon.Message:
        """What a transition's notification says, and to whom."""
        more = self.more(group, transition.at) if self.more else None
        return mon.render(self.monitor, group, transition, self.hosts, more=more)

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
        found = [one for timeline in self.notified for one in self._of(timeline, until)]
        return sorted(found, key=lambda one: (one.at, one.group))

    def _of(self, timeline: Timeline, until: int | None) -> Iterator[Notification]:
        for transition in map(timeline.history.transition, timeline.entries(until)):
            if transition.notify:
                silencer = timeline.silencer(transition)
                yield from self._said(
                    timeline.group, transition, transition.at, silenced_by=silencer.label if silencer else None
                )
        for cover, transition in self.released(timeline):
            if until is None or transition.at <= until:
                yield from self._said(timeline.group, transition, transition.at, released_by=cover.downtime.label)

    def released(self, timeline: Timeline) -> Iterator[tuple[dt.Cover, Transition]]:
        """The states that downtimes' ends notify, as transitions into them; not where the monitor itself notifies at that moment."""
        history = timeline.history
        for cover in dt.releases(timeline.covers, self.start, self.end):
            end = cover.stretch.end
            status = timeline.status_at(end)
            state = _END_STATES.get(status)
            if state is None or not dt.released(cover, state, notifies_no_data=self.notifies_no_data):
                continue
            last = int(np.searchsorted(history.at, end, side="right")) - 1
            past = history.transition(last) if last >= 0 else None
            if past is None or not (past.notify and past.at == int(end)):
                value = timeline.at_ends.get(end, math.nan)
                first, latest = (past.first_triggered, past.last_triggered) if past else (None, None)
                yield cover, Transition(int(end), Status.OK, status, value, True, 0, first, latest)

    def _said(
        self,
        group: Group,
        transition: Transition,
        at: int,
        silenced_by: str | None = None,
        released_by: str | None = None,
    ) -> Iterator[Notification]:
        message = self.message(group, transition)
        if message.recipients:
            yield Notification(
                at, group, transition.word, message.recipients, message.subject, message.body, silenced_by, released_by
            )


def backtest(
    monitor: mon.Monitor,
    series: Source,
    start: int,
    end: int,
    downtimes: Sequence[dt.Downtime] = (),
    hosts: Mapping[str, mon.Host] | None = None,
    query: str | None = None,
) -> Backtest:
    """What `monitor` would have done over the points of `series`, evaluated at each of its minutes in [start, end] (s UTC).

    A downtime that names no monitor is for this one. `query` is what to evaluate over `series` in the place of the monitor's own query, where they hold
    answers and not its metrics (`rolled.plan`). Raises QuerySyntaxError, MonitorError, NotEvaluated.
    """
    rules, keys = mon.rules_of(monitor), bundles.keys_of(monitor)
    ticks = mon.ticks_of(monitor, start, end)
    filters = filter_tags(monitor)
    timelines, values = [], {}
    evaluated = monitor if query is None else msgspec.structs.replace(monitor, query=query)

    def stepped(column: mon.GroupColumn) -> tuple[Timeline, Floats | None]:
        covers = covers_of(monitor, column.group, filters, downtimes, start, end)
        history = mon.states_range(rules, column, ticks)
        timeline = Timeline(column.group, history, covers, _at_ends(rules, column, history, covers))
        return timeline, None if keys is None else held_values(rules, column, ticks)

    columns = mon.evaluate_range(evaluated, series, ticks)
    for timeline, held in map(stepped, columns if len(ticks) < WORTH_A_THREAD else made_ahead(columns)):
        timelines.append(timeline)
        if held is not None:
            values[timeline.group] = (timeline.history, held)
    together = None
    if keys is not None:
        together = []
        for group, (history, held) in bundles.bundled(rules, keys, values, ticks).items():
            covers = covers_of(monitor, group, filters, downtimes, start, end)
            at_ends = {at: float(held[index]) if index >= 0 else math.nan for at, index in _ends(history, covers)}
            together.append(Timeline(group, history, covers, at_ends))
    return Backtest(monitor, start, end, ticks, timelines, hosts or {}, together, rules.notify_no_data)


def _at_ends(
    rules: mon.Rules, column: mon.GroupColumn, history: History, covers: Sequence[dt.Cover]
) -> dict[float, float]:
    """The value that a message would show at each end of a downtime."""
    return {end: shown_value(rules, column, history, index) for end, index in _ends(history, covers)}


def _ends(history: History, covers: Sequence[dt.Cover]) -> Iterator[tuple[float, int]]:
    """Each end of a downtime, and the last tick up to it (-1: there is none)."""
    for end in {cover.stretch.end for cover in covers}:
        yield end, int(np.searchsorted(history.ticks, end, side="right")) - 1


def filter_tags(monitor: mon.Monitor) -> tuple[str, ...]:
    """The tags that the monitor's query filters by: a downtime's scope matches them too (GUESS: SEMANTICS SC2)."""
    return tuple(scope_tags(parse_monitor(monitor.query).expression))


def group_text(group: Group) -> str:
    """A group as people write it: `host:web-1,env:prod`; nothing for a simple alert."""
    return ",".join(f"{key}:{value}" for key, value in group)


def covers_of(
    monitor: mon.Monitor, group: Group, filters: Sequence[str], downtimes: Sequence[dt.Downtime], start: int, end: int
) -> list[dt.Cover]:
    """The downtimes' stretches over one group."""
    tags = [f"{key}:{value}" for key, value in group] + list(filters)
    return dt.covers([one for one in downtimes if dt.concerns(one, monitor.id, monitor.tags, tags)], start, end)
