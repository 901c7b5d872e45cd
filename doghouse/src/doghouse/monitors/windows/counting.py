"""Arithmetic over counts: each metric query is reduced over the window first, and the arithmetic done on what that gives
(monitors/guide/as-count-in-monitor-evaluations). So errors / hits over five minutes is all errors by all hits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from doghouse.metrics.model import Floats
from doghouse.monitors.query import Windows
from doghouse.monitors.windows.columns import NO_TIME, Group, GroupColumn, seen_where_valued
from doghouse.monitors.windows.spatial import NEVER
from doghouse.queries import MonitorQuery, function_names
from doghouse.queries.evaluation.arithmetic import cellwise
from doghouse.queries.evaluation.compute import Values, compute
from doghouse.queries.language.inspection import walk
from doghouse.queries.language.tree import Arithmetic, Call, Leaf, MetricQuery, Modified, Negative, Number, Operator

Reduce = Callable[[MonitorQuery], Iterator[GroupColumn]]


def applies(query: MonitorQuery) -> bool:
    """Whether the query has arithmetic and at least one `.as_count()`, and nothing that has to see the points (functions).

    One page of Datadog's limits this to division; for sums and differences of sums both ways give the same.
    """
    inside = tuple(walk(query.expression))
    plain = all(isinstance(node, Arithmetic | MetricQuery | Negative | Number | Modified) for node in inside)
    counts = "as_count" in function_names(query.expression)
    return plain and counts and any(isinstance(node, Arithmetic) for node in inside) and query.change is None


class _Reduced(Struct, frozen=True, eq=False):
    """A part of the expression, reduced: values by group (0 where there was nothing), and the columns that say where there was something at all.

    What is grouped and what is not, put together, is there where the group's own counts are: a group that fell silent has no value by others' counts.
    """

    values: Mapping[Group, Floats]
    grouped: bool
    columns: Mapping[Group, list[GroupColumn]]

    def at(self, group: Group) -> Floats | None:
        """The group's values; one without groups is the same for all (GUESS)."""
        return self.values.get(group if self.grouped else ())


def columns(query: MonitorQuery, over: Windows, full: bool, reduce: Reduce) -> Iterator[GroupColumn]:
    """Every group's column, one at a time; `reduce` gives those of one metric query."""
    reduced = compute(query.expression, _Windows(query, over, reduce))
    for group, values in reduced.values.items():
        parts = reduced.columns.get(group, [])
        if not parts:
            continue
        there = np.any([~np.isnan(part.values) for part in parts], axis=0)
        complete = np.any([part.full for part in parts], axis=0) if full else None
        first, last = (np.stack(edge) for edge in zip(*(part.seen() for part in parts), strict=True))
        earliest = np.min(first, axis=0, where=first != NO_TIME, initial=NEVER)
        outermost = np.stack((np.where(earliest == NEVER, NO_TIME, earliest), last.max(axis=0)))
        yield seen_where_valued(group, np.where(there, values, np.nan), complete, outermost, over)


@dataclass(frozen=True, slots=True)
class _Windows(Values[_Reduced]):
    """The parts of an expression over a monitor's windows."""

    query: MonitorQuery
    over: Windows
    reduce: Reduce

    def leaf(self, leaf: Leaf) -> _Reduced:
        if isinstance(leaf, Number):
            return _Reduced({(): np.full(len(self.over.ticks), leaf.value)}, False, {})
        assert isinstance(leaf, MetricQuery)
        return _leaf(leaf, self.query, self.over, self.reduce)

    def combined(self, operator: Operator, left: _Reduced, right: _Reduced) -> _Reduced:
        return _combine(operator, left, right)

    def negated(self, value: _Reduced) -> _Reduced:
        return replace(value, values={group: -values for group, values in value.values.items()})

    def called(self, call: Call) -> _Reduced:
        raise AssertionError(call)  # see `applies`


def _leaf(leaf: MetricQuery, query: MonitorQuery, over: Windows, reduce: Reduce) -> _Reduced:
    columns = {column.group: column for column in reduce(msgspec.structs.replace(query, expression=leaf))}
    if not leaf.by and not columns:
        return _Reduced({(): np.zeros(len(over.ticks))}, False, {})
    values = {group: np.nan_to_num(column.values, nan=0.0) for group, column in columns.items()}
    return _Reduced(values, bool(leaf.by), {group: [column] for group, column in columns.items()})


def _combine(operator: Operator, left: _Reduced, right: _Reduced) -> _Reduced:
    grouped, zero = left.grouped or right.grouped, np.zeros(1)
    decisive = [part for part in (left, right) if part.grouped == grouped]
    groups = dict.fromkeys(group for part in decisive for group in part.values)
    values: dict[Group, Floats] = {}
    columns: dict[Group, list[GroupColumn]] = {}
    for group in groups:
        sides = [zero if (side := part.at(group)) is None else side for part in (left, right)]
        values[group] = cellwise(operator, *np.broadcast_arrays(*sides))
        columns[group] = [column for part in decisive for column in part.columns.get(group, [])]
    return _Reduced(values, grouped, columns)
