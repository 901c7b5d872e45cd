"""Which states, transitions, conditionals of messages and downtimes the unit tests of a folder reach.

What counts is what a monitor did in a test, whatever the test expects of it. A conditional has a side for each of its two outcomes that stands in the
message and that a transition of this monitor can show: `{{#is_warning}}` of a monitor without a warning threshold counts for nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import permutations
from typing import Any

import numpy as np
from msgspec import Struct, field

from doghouse.backtest.run import Backtest
from doghouse.downtimes import Downtime
from doghouse.monitors import Definition, Status
from doghouse.monitors.message.reachable import Known, known_in, statuses, transitions
from doghouse.monitors.message.template import Block, Node, TemplateError, parse, position

# The kinds of points, and what they are together.
KINDS = {"state": "states", "transition": "transitions", "message": "conditionals' sides", "downtime": "downtimes"}


class Point(Struct, frozen=True, order=True):
    """Something that a test may reach: a state, a transition, a side of a conditional, a downtime. `text` is what it is called."""

    kind: str
    text: str


class Reached(Struct, frozen=True):
    """What one test came by: points of its monitor, and which of its file's downtimes silenced or released something."""

    where: str
    monitor: Definition
    points: frozenset[Point]
    downtimes: Sequence[tuple[Downtime, bool]]


class Covered(Struct, frozen=True):
    """A monitor or a downtime: its points in their order, those that are reached, and how many tests it has."""

    where: str
    name: str
    points: Sequence[Point]
    reached: frozenset[Point]
    tests: int

    @property
    def missed(self) -> list[Point]:
        """The points that no test reaches."""
        return [point for point in self.points if point not in self.reached]

    @property
    def share(self) -> str:
        """`12 of 20 (60.0%)`, or `no test`."""
        there = len(self.points)
        reached = there - len(self.missed)
        return f"{reached} of {there} ({percent(reached, there):.1f}%)" if self.tests else "no test"

    def missed_of(self, kind: str) -> str:
        """The points of a kind that no test reaches, with commas between them."""
        return ", ".join(point.text for point in self.missed if point.kind == kind)


class Coverage(Struct, frozen=True):
    """What the tests of some monitors reach."""

    monitors: Sequence[Covered]
    downtimes: Sequence[Covered]

    @property
    def counts(self) -> dict[str, tuple[int, int]]:
        """Of each kind of points how many are reached, and how many there are."""
        everything = [*self.monitors, *self.downtimes]
        counted = {}
        for kind in KINDS:
            missed = sum(point.kind == kind for covered in everything for point in covered.missed)
            there = sum(point.kind == kind for covered in everything for point in covered.points)
            counted[kind] = (there - missed, there)
        return counted

    @property
    def untested(self) -> list[Covered]:
        """The monitors without a test."""
        return [covered for covered in self.monitors if not covered.tests]

    @property
    def total(self) -> tuple[int, int]:
        """How many points are reached, and how many there are."""
        counts = self.counts.values()
        return sum(reached for reached, _ in counts), sum(there for _, there in counts)

    @property
    def percent(self) -> float:
        """The share of the points that is reached; 100 where there are none."""
        return percent(*self.total)

    @property
    def gaps(self) -> list[Covered]:
        """The monitors of which no test reaches all."""
        return [covered for covered in self.monitors if covered.missed or not covered.tests]

    @property
    def summary(self) -> str:
        """`coverage 60.0%: 12 of 20 (2 of 3 states, …); 1 of 2 monitors have no test`."""
        kinds = ", ".join(
            f"{reached} of {there} {KINDS[kind]}" for kind, (reached, there) in self.counts.items() if there
        )
        reached, there = self.total
        untested = f"; {len(self.untested)} of {len(self.monitors)} monitors have no test" if self.untested else ""
        return f"coverage {self.percent:.1f}%: {reached} of {there} ({kinds}){untested}"


def percent(reached: int, there: int) -> float:
    """A share in percent; 100 of nothing."""
    return 100.0 * reached / there if there else 100.0


def reached(where: str, test: Backtest, downtimes: Sequence[Downtime]) -> Reached:
    """What a test came by, from the backtest that it is."""
    points = {
        Point("state", status.label)
        for timeline in test.timelines
        for status in map(Status, np.unique(timeline.history.statuses).tolist())
        if status is not Status.NEW
    }
    points |= {_changed(change.before, change.after) for _, change in test.transitions()}
    labels: set[str | None] = set()
    sides = _sides_of(test.monitor)
    for due, message in test.messages():
        labels |= {due.silenced_by, due.released_by}
        if due.transition.is_renotify:
            points.add(Point("transition", due.transition.word))
        points |= {sides[side] for side in message.branches if side in sides}
    return Reached(
        where, test.monitor, frozenset(points), [(downtime, downtime.label in labels) for downtime in downtimes]
    )


def coverage(
    tests: Iterable[Reached],
    monitors: Iterable[tuple[str, Definition]] = (),
    downtimes: Iterable[tuple[str, Downtime]] = (),
) -> Coverage:
    """What tests reach of their monitors and downtimes, and of those that stand beside them, each with where it stands.

    A monitor is known by its whole body.
    """
    by_monitor: dict[str, _Counted] = {}
    by_downtime: dict[str, _Counted] = {}
    for where, monitor in monitors:
        _counted(by_monitor, monitor.document, where, monitor.name, points_of(monitor))
    for where, downtime in downtimes:
        _of_downtime(by_downtime, where, downtime)
    for test in tests:
        entry = _counted(by_monitor, test.monitor.document, test.where, test.monitor.name, points_of(test.monitor))
        entry.tests += 1
        entry.reached |= test.points
        for downtime, is_reached in test.downtimes:
            other = _of_downtime(by_downtime, test.where, downtime)
            other.tests += 1
            other.reached |= set(other.points) if is_reached else set()
    return Coverage(*([entry.covered() for entry in listed.values()] for listed in (by_monitor, by_downtime)))


class _Counted(Struct):
    where: str
    name: str
    points: Sequence[Point]
    reached: set[Point] = field(default_factory=set)
    tests: int = 0

    def covered(self) -> Covered:
        points = dict.fromkeys((*self.points, *sorted(self.reached)))
        return Covered(self.where, self.name, list(points), frozenset(self.reached), self.tests)


def _counted(
    entries: dict[str, _Counted], document: Mapping[str, Any], where: str, name: str, points: Iterable[Point]
) -> _Counted:
    """The entry of a document, which is known by all that it holds."""
    key = json.dumps(document, sort_keys=True, default=str)
    if key not in entries:
        entries[key] = _Counted(where, name, list(points))
    return entries[key]


def _of_downtime(entries: dict[str, _Counted], where: str, downtime: Downtime) -> _Counted:
    return _counted(entries, downtime.document or {}, where, downtime.label, [Point("downtime", downtime.label)])


def points_of(monitor: Definition) -> Iterator[Point]:
    """All that tests of a monitor may reach."""
    there = statuses(monitor)
    yield from (Point("state", status.label) for status in there)
    yield from (_changed(before, after) for before, after in permutations(there, 2))
    yield from (Point("transition", change.word) for change in transitions(monitor) if change.is_renotify)
    yield from _sides_of(monitor).values()


def _changed(before: Status, after: Status) -> Point:
    """A change of state; a group that is new was OK."""
    return Point("transition", f"{'OK' if before is Status.NEW else before.label} → {after.label}")


def _sides_of(monitor: Definition) -> dict[tuple[Block, bool], Point]:
    """The sides of the conditionals that a transition of the monitor can show, in the message and the escalation message, as far as these parse."""
    sides = {}
    for field_name, template in (("", monitor.message), ("escalation ", monitor.options.escalation_message or "")):
        try:
            nodes = parse(template)
        except TemplateError:
            continue
        overrides = "override_priority" in template
        for change in transitions(monitor):
            for block, holds in _sides(nodes, known_in(change, monitor, overrides=overrides)):
                sides[block, holds] = Point("message", f"{field_name}{_shown(template, block, holds)}")
    return sides


def _sides(nodes: Sequence[Node], known: Known) -> Iterator[tuple[Block, bool]]:
    """The sides of conditionals that may be shown where `known` says what is known of them."""
    for node in nodes:
        if isinstance(node, Block):
            holds = known(node.condition)
            for side, inside in ((True, node.body), (False, node.otherwise)):
                if inside and holds in (None, side):
                    yield node, side
                    yield from _sides(inside, known)


def _shown(template: str, block: Block, holds: bool) -> str:
    """`3:1 {{#is_alert}}`, or `3:1 {{else}} of {{#is_alert}}`: line and column, and the tag as it stands."""
    tag = template[block.place : template.find("}}", block.place) + 2]
    line, column = position(template, block.place)
    first = holds != tag.startswith("{{^")
    return f"{line}:{column} {'' if first else '{{else}} of '}{tag}"
