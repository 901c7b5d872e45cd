"""A monitor's formula over the windows of its queries: each query is one number a group and tick, and the formula is worked out on these numbers.

GUESS: a count, a cardinality or a sum is 0 where it has no data and another query has some; where none has any, the formula has no value either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import msgspec
import numpy as np

from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Floats, Ints, no_columns
from doghouse.monitors.query import Windows
from doghouse.monitors.windows.columns import Bools, Group, GroupColumn, outermost_of, seen_where_valued
from doghouse.queries import Expression, NotEvaluated, Window, variables
from doghouse.queries.evaluation import arithmetic, calendars
from doghouse.queries.evaluation.arithmetic import Value
from doghouse.queries.evaluation.compute import compute
from doghouse.queries.evaluation.context import Context
from doghouse.queries.evaluation.engine import FrameValues, apply
from doghouse.queries.evaluation.frames import Frame
from doghouse.queries.functions import catalogue
from doghouse.queries.functions.application import Application
from doghouse.queries.functions.timeshift import CALENDAR_SHIFT, TIMESHIFT, months_and_days
from doghouse.queries.language import tree

TICK_S = 60  # a frame's column is a tick; their distance plays no part


class QueryWindows(Protocol):
    """One query over some windows. `counts`: without data it is 0."""

    keys: tuple[str, ...]
    groups: tuple[Group, ...]
    counts: bool

    def column(self, group: Group) -> GroupColumn:
        """A group's windows."""

    @property
    def reporting(self) -> Bools:
        """At which ticks there is any data."""


Seen = tuple[frozenset[tuple[str, str]], Ints]  # a group of a query, and when it had data (s UTC, ascending)
NOWHERE = Context.of(MemorySource([], no_columns()), Window(0, TICK_S))  # functions move it; only `shift` is looked at


class Read(Protocol):
    """What a formula is made of."""

    def query(self, name: str, over: Windows) -> QueryWindows:
        """A query by its name, over some windows."""

    def over_time(self, call: tree.Call, over: Windows) -> Mapping[Group, Floats]:
        """What a function that looks along time makes of its queries, by group. Raises NotEvaluated."""


def columns(formula: Expression, read: Read, over: Windows) -> Iterator[GroupColumn]:
    """Every group's windows, one at a time. Raises NotEvaluated."""
    values = _FormulaWindows(read, over.ticks, over, {}, NOWHERE)
    frame = compute(formula, values)
    if not isinstance(frame, Frame):
        raise NotEvaluated("a formula without a query")
    for row, group in enumerate(frame.groups):
        column = np.where(frame.points[row], frame.values[row], np.nan)
        yield seen_where_valued(group, column, None, outermost_of(values.points(group), over), over)


@dataclass(frozen=True, slots=True)
class _FormulaWindows(FrameValues):
    """The parts of a formula as frames with a row for each group and a column for each tick. `over` are the windows, moved where a function has moved them."""

    read: Read
    ticks: Ints
    over: Windows
    used: dict[tuple[str, bytes], tuple[Frame, list[Seen]]]
    context: Context

    def leaf(self, leaf: tree.Leaf) -> Value:
        """A query of the monitor, or a number."""
        if isinstance(leaf, tree.Number):
            return leaf.value
        assert isinstance(leaf, tree.Variable)  # the reader of formulas knows no other leaves
        key = (leaf.name, self.over.ticks.tobytes())
        if key not in self.used:
            self.used[key] = self._framed(self.read.query(leaf.name, self.over))
        return self.used[key][0]

    def _framed(self, query: QueryWindows) -> tuple[Frame, list[Seen]]:
        group_columns = [query.column(group) for group in query.groups]
        if not group_columns and not query.keys:
            group_columns = [GroupColumn((), np.full(len(self.ticks), np.nan), None, np.empty(0, np.int64), self.over)]
        values = np.array([column.values for column in group_columns]).reshape(len(group_columns), len(self.ticks))
        groups = tuple(column.group for column in group_columns)
        frame = Frame(self.ticks, values, ~np.isnan(values), groups, TICK_S, counts=query.counts)
        return frame, [(frozenset(column.group), column.points) for column in group_columns]

    def points(self, group: Group) -> Ints:
        """When the queries as they are now had data of a group (s UTC, ascending)."""
        own, now = frozenset(group), self.ticks.tobytes()
        mine = [
            points
            for (_, when), (_, entries) in self.used.items()
            for tags, points in entries
            if when == now and tags <= own
        ]
        return np.unique(np.concatenate(mine)) if mine else np.empty(0, np.int64)

    def combined(self, operator: tree.Operator, left: Value, right: Value) -> Value:
        """See `combined`."""
        return combined(operator, left, right)

    def called(self, call: tree.Call) -> Value:
        """A function of numbers, or of an earlier time; any other looks along time. Raises NotEvaluated."""
        function = catalogue()[call.function]
        if call.function == CALENDAR_SHIFT:
            return self._calendar_shifted(Application(call, self))
        if function.on_numbers or function.pointwise or function.family == TIMESHIFT.name:
            return apply(call, self)
        return self._over_time(call)

    def _calendar_shifted(self, applied: Application) -> Value:
        """Each tick's windows are those of the same local time so many months or days earlier."""
        (months, days), zone = months_and_days(applied.text(1, "")), applied.text(2, "UTC")
        earlier = [calendars.shifted(tick, months, days, zone) for tick in self.over.ticks.tolist()]
        by = np.array(earlier, np.int64).reshape(len(self.ticks)) - self.over.ticks
        return compute(applied.query, replace(self, over=moved(self.over, by)))

    def _over_time(self, call: tree.Call) -> Value:
        """A function that looks along time, for the groups that its queries have in the windows."""
        by_group = self.read.over_time(call, self.over)
        frames = [frame for name in variables(call) if isinstance(frame := self.leaf(tree.Variable(name)), Frame)]
        own = {group: frame.points[row] for frame in frames for row, group in enumerate(frame.groups)}
        for frame in frames:
            for row, group in enumerate(frame.groups):
                own[group] = own[group] | frame.points[row]
        rows = [np.where(own[group], values, np.nan) if group in own else values for group, values in by_group.items()]
        values = np.array(rows).reshape(len(rows), len(self.ticks))
        return Frame(self.ticks, values, ~np.isnan(values), tuple(by_group), TICK_S)

    def worth(self, expression: Expression, context: Context | None = None) -> Value:
        """What an argument is worth; `context`: at another time."""
        if context is None:
            return compute(expression, self)
        over = moved(self.over, context.shift - self.context.shift)
        return compute(expression, replace(self, over=over, context=context))

    def buckets(self, frame: Frame) -> Ints:
        """The ticks."""
        return frame.ts


def moved(over: Windows, seconds: int | Ints) -> Windows:
    """The windows so many seconds later (negative: earlier)."""
    return Windows(over.ticks + seconds, over.starts + seconds, over.ends + seconds) if np.any(seconds) else over


def combined(operator: tree.Operator, left: Value, right: Value) -> Value:
    """`left operator right`: a count is 0 for a group that the other side alone has."""
    if isinstance(left, Frame) and isinstance(right, Frame):
        left, right = _with_groups(left, right), _with_groups(right, left)
    return arithmetic.combine(operator, left, right)


def _with_groups(frame: Frame, other: Frame) -> Frame:
    """A frame of counts with the groups that the other has too."""
    if not frame.counts or ((),) in (frame.groups, other.groups):
        return frame
    known = {frozenset(group) for group in frame.groups}
    more = tuple(group for group in other.groups if frozenset(group) not in known)
    shape = (len(more), len(frame.ts))
    return msgspec.structs.replace(
        frame,
        values=np.concatenate((frame.values, np.full(shape, np.nan))),
        points=np.concatenate((frame.points, np.zeros(shape, np.bool_))),
        groups=(*frame.groups, *more),
    )
