"""Composite monitors: the states of other monitors, combined (monitors/types/composite)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from doghouse.metrics.model import Ints
from doghouse.monitors import composites
from doghouse.monitors.comparison_checks import check_without_missing_data
from doghouse.monitors.composites import Composite
from doghouse.monitors.definition import Definition, Sources
from doghouse.monitors.evaluating import Evaluation, GroupHistory, Step, Stepping, Stretch, status_steps, ticks_between
from doghouse.monitors.kinds.registry import kind
from doghouse.monitors.model import Body
from doghouse.monitors.states.machine import GroupState, Status
from doghouse.monitors.windows.columns import Bools, Group
from doghouse.queries import NotEvaluated


@kind("composite")
class CompositeMonitor(Definition, frozen=True, dict=True):
    """`123 && !(456 || 789)`."""

    example: ClassVar[str] = "1 && 2"
    evaluated: ClassVar[bool] = True

    @classmethod
    def read(cls, body: Body) -> Composite:
        """The query's tree."""
        return composites.parse(body.query)

    @property
    def tree(self) -> Composite:
        """The query's tree. Raises QuerySyntaxError."""
        tree: Composite = self.parsed()
        return tree

    @property
    def members(self) -> tuple[int, ...]:
        """The ids of the monitors that it is made of."""
        return () if self.asked is None else tuple(dict.fromkeys(composites.members(self.asked)))

    @property
    def multi(self) -> bool:
        """Never by its query: its groups are its members'."""
        return False

    def check_query(self) -> None:
        """The query, and that nothing is said of missing data, which its members have."""
        super().check_query()
        check_without_missing_data(self)

    def at(self, sources: Sources, states: Mapping[Group, GroupState], now: int) -> Evaluation:
        """By its members' states as they are."""
        if sources.states is None:
            raise NotEvaluated(f"monitors of the type {self.type}")
        members = {member: sources.states(member) for member in self.members}
        statuses = self._statuses(
            {id: {group: state.status for group, state in of.items()} for id, of in members.items()}
        )
        records_of = _records_at(sources, now)
        variables = {group: composites.variables(group, self.members, members, records_of) for group in statuses}
        return Evaluation(status_steps(self.rules, statuses), variables)

    def over(self, sources: Sources, start: int, end: int) -> Stretch:
        """By its members' histories; it is combined anew where the status of one may have changed."""
        if sources.histories is None:
            raise NotEvaluated(f"monitors of the type {self.type}")
        members = {id: sources.histories(id) for id in self.members}
        ticks, stepping = ticks_between(start, end, self.every), Stepping()
        steps: Mapping[Group, Step] = {}
        for now, fresh in zip(ticks.tolist(), _changes(members, ticks).tolist(), strict=True):
            if fresh:
                statuses = {
                    id: {group: history.state(now).status for group, history in of.items()}
                    for id, of in members.items()
                }
                steps = status_steps(self.rules, self._statuses(statuses))
            stepping.step(steps, now)

        def variables(group: Group, at: int) -> Mapping[str, str]:
            states = {id: {of: history.state(at) for of, history in groups.items()} for id, groups in members.items()}
            return composites.variables(group, self.members, states, _records_at(sources, at))

        return Stretch(ticks, stepping.histories(), variables)

    def _statuses(self, members: Mapping[int, Mapping[Group, Status]]) -> dict[Group, tuple[Status | None, float]]:
        return {group: (status, math.nan) for group, status in composites.evaluate(self.tree, members).items()}


def _records_at(sources: Sources, now: int) -> composites.RecordVariablesOf:
    """What members' messages say at a tick of the records that they looked at; nothing of one that is not known."""

    def records_of(member: int, group: Group) -> Mapping[str, str]:
        monitor = sources.objectives.monitor(member) if sources.objectives else None
        return {} if monitor is None else monitor.record_variables(sources, group, now)

    return records_of


def _changes(members: Mapping[int, Mapping[Group, GroupHistory]], ticks: Ints) -> Bools:
    """At which ticks a member's status may be another one than at the tick before."""
    changes = np.zeros(len(ticks), np.bool_)
    changes[:1] = True
    for groups in members.values():
        for history in groups.values():
            moved = np.flatnonzero(np.diff(history.history.statuses, prepend=np.int8(-1)) != 0)
            place = np.searchsorted(ticks, history.history.ticks[moved])
            changes[place[place < len(ticks)]] = True
    return changes
