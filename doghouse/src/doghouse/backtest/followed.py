"""Backtests of monitors that look at no metric themselves: composites over their members, service checks over runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from doghouse import downtimes as dt
from doghouse import monitors as mon
from doghouse.backtest.checkruns import runs_of
from doghouse.backtest.run import Backtest, Timeline
from doghouse.metrics.model import Ints, Source
from doghouse.monitors import Group, GroupColumn, GroupState, History, Rules, Status, composites, service_checks
from doghouse.monitors.following import Following
from doghouse.monitors.history import shown_value
from doghouse.monitors.kinds.composite import CompositeMonitor
from doghouse.monitors.kinds.service_check import ServiceCheckMonitor
from doghouse.monitors.rules import followed_rules
from doghouse.monitors.service_checks import Runs
from doghouse.notifications.silencing import covers_of

MINUTE_S = 60
Points = Callable[[mon.Monitor], tuple[Source, mon.Monitor | None]]


@dataclass(frozen=True, slots=True)
class Member:
    """A group of a composite's member: its rules, values and history. A service check has no values."""

    rules: Rules
    column: GroupColumn | None
    history: History

    def state(self, now: int) -> GroupState:
        """Status and value after the last evaluation at or before `now` (s UTC)."""
        index = int(np.searchsorted(self.history.ticks, now, side="right")) - 1
        if index < 0:
            return GroupState()
        status = Status(int(self.history.statuses[index]))
        value = math.nan if self.column is None else shown_value(self.rules, self.column, self.history, index)
        return GroupState(status, value)


def minutes(start: int, end: int) -> Ints:
    """The minutes in (start, end], s UTC."""
    return np.arange(start // MINUTE_S + 1, end // MINUTE_S + 1, dtype=np.int64) * MINUTE_S


def composite(
    monitor: CompositeMonitor,
    members: Mapping[int, mon.Monitor],
    points: Points,
    start: int,
    end: int,
    downtimes: Sequence[dt.Downtime] = (),
    hosts: Mapping[str, mon.Host] | None = None,
) -> Backtest:
    """What a composite would have done over the points of its members. Raises MonitorError for a member that is not given, and as `backtest` does."""
    tree, ids = monitor.tree, monitor.members
    missing = [str(one) for one in ids if one not in members]
    if missing:
        raise mon.MonitorError(
            "query", f"the composite names monitor {', '.join(missing)}, which is not among those given"
        )
    known = {one: _member(members[one], points, start, end) for one in ids}
    ticks = minutes(start, end)
    rules = followed_rules(monitor.options, multi=True)
    following = Following(rules)
    changed = _changes(known, ticks)
    statuses: Mapping[Group, Status] = {}
    for now, fresh in zip(ticks.tolist(), changed.tolist(), strict=True):
        if fresh:
            at = {
                one: {group: member.state(now).status for group, member in groups.items()}
                for one, groups in known.items()
            }
            statuses = composites.evaluate(tree, at)
        following.step({group: (status, float("nan")) for group, status in statuses.items()}, now)

    def more(group: Group, at: int) -> Mapping[str, str]:
        states = {one: {of: member.state(at) for of, member in groups.items()} for one, groups in known.items()}
        return composites.variables(group, ids, states)

    return _backtest(monitor, rules, following, ticks, (start, end), downtimes, hosts, more)


def checked(
    monitor: ServiceCheckMonitor,
    runs: Callable[[int], Sequence[Runs]],
    start: int,
    end: int,
    downtimes: Sequence[dt.Downtime] = (),
    hosts: Mapping[str, mon.Host] | None = None,
) -> Backtest:
    """What a service-check monitor would have done; `runs` gives the last runs of its check as of a time (s UTC)."""
    query, rules = monitor.check, monitor.rules
    following, ticks = Following(rules), minutes(start, end)
    for now in ticks.tolist():
        before = {group: state.status for group, state in following.states.items()}
        following.step(service_checks.statuses(monitor, query, runs(now), before, now), now)

    def more(group: Group, at: int) -> Mapping[str, str]:
        return service_checks.variables(query, runs(at)).get(group, {})

    return _backtest(monitor, rules, following, ticks, (start, end), downtimes, hosts, more)


def service_check(
    monitor: ServiceCheckMonitor,
    points: Points,
    start: int,
    end: int,
    downtimes: Sequence[dt.Downtime] = (),
    hosts: Mapping[str, mon.Host] | None = None,
) -> Backtest:
    """What a service-check monitor would have done over the runs that are points of its check's name (`checkruns`). Raises QuerySyntaxError, MonitorError."""
    source, _ = points(monitor)
    return checked(monitor, runs_of(monitor, source, start, end), start, end, downtimes, hosts)


def _backtest(
    monitor: mon.Monitor,
    rules: Rules,
    following: Following,
    ticks: Ints,
    span: tuple[int, int],
    downtimes: Sequence[dt.Downtime],
    hosts: Mapping[str, mon.Host] | None,
    more: Callable[[Group, int], Mapping[str, str]],
) -> Backtest:
    start, end = span
    timelines = [
        Timeline(group, history, covers_of(monitor, group, downtimes, start, end))
        for group, history in following.histories().items()
    ]
    return Backtest(monitor, start, end, ticks, timelines, hosts or {}, None, rules.notify_no_data, more=more)


def _member(monitor: mon.Monitor, points: Points, start: int, end: int) -> dict[Group, Member]:
    if isinstance(monitor, ServiceCheckMonitor):
        rules = followed_rules(monitor.options, multi=True)
        found = service_check(monitor, points, start, end)
        return {one.group: Member(rules, None, one.history) for one in found.timelines}
    source, evaluated = points(monitor)
    rules, ticks = monitor.rules, mon.ticks_of(monitor, start, end)
    columns = mon.evaluate_range(evaluated or monitor, source, ticks)
    return {one.group: Member(rules, one, mon.states_range(rules, one, ticks)) for one in columns}


def _changes(known: Mapping[int, Mapping[Group, Member]], ticks: Ints) -> np.ndarray:
    """At which ticks a member's status may be another one than at the tick before."""
    found = np.zeros(len(ticks), np.bool_)
    found[:1] = True
    for groups in known.values():
        for member in groups.values():
            moved = np.flatnonzero(np.diff(member.history.statuses, prepend=np.int8(-1)) != 0)
            place = np.searchsorted(ticks, member.history.ticks[moved])
            found[place[place < len(ticks)]] = True
    return found
