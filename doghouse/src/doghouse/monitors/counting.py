"""Arithmetic over counts: each metric query is reduced over the window first, and the arithmetic done on what that gives
(monitors/guide/as-count-in-monitor-evaluations). So errors / hits over five minutes is all errors by all hits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from doghouse.metrics.model import Floats, Ints, Source
from doghouse.monitors import pointwise, streams
from doghouse.monitors.columns import Group, GroupColumn
from doghouse.monitors.query import Windows
from doghouse.queries import MonitorQuery, function_names
from doghouse.queries.inspection import walk
from doghouse.queries.tree import Arithmetic, Expression, MetricQuery, Modified, Negative, Number


def applies(query: MonitorQuery) -> bool:
    """Whether the query has arithmetic and at least one `.as_count()`, and nothing that has to see the points (functions).

    One page of Datadog's limits this to division; for sums and differences of sums both ways give the same.
    """
    inside = tuple(walk(query.expression))
    plain = all(isinstance(one, Arithmetic | MetricQuery | Negative | Number | Modified) for one in inside)
    counts = "as_count" in function_names(query.expression)
    return plain and counts and any(isinstance(one, Arithmetic) for one in inside) and query.change is None


@dataclass(frozen=True, slots=True, eq=False)
class _Reduced:
    """A part of the expression, reduced: values by group (0 where there was nothing), and where there was something at all."""

    values: Mapping[Group, Floats]
    grouped: bool
    columns: Mapping[Group, list[GroupColumn]]

    def at(self, group: Group) -> Floats | None:
        """The group's values; one without groups is the same for all (GUESS)."""
        return self.values.get(group if self.grouped else ())


def columns(query: MonitorQuery, source: Source, over: Windows, full: bool) -> Iterator[GroupColumn]:
    """Every group's column; see `evaluation.evaluate_range`."""
    reduced = _reduce(query.expression, query, source, over, full)
    for group, values in reduced.values.items():
        parts = reduced.columns.get(group, [])
        if not parts:
            continue
        there = np.any([~np.isnan(part.values) for part in parts], axis=0)
        complete = np.any([part.full for part in parts], axis=0) if full else None
        points: Ints = np.unique(np.concatenate([part.points for part in parts]))
        yield GroupColumn(group, np.where(there, values, np.nan), complete, points, over)


def _reduce(expression: Expression, query: MonitorQuery, source: Source, over: Windows, full: bool) -> _Reduced:
    match expression:
        case Number(value):
            return _Reduced({(): np.full(len(over.ticks), value)}, False, {})
        case MetricQuery():
            return _leaf(expression, query, source, over, full)
        case Negative(operand):
            inner = _reduce(operand, query, source, over, full)
            return replace(inner, values={group: -values for group, values in inner.values.items()})
        case Modified(operand, modifiers):
            return _reduce(_hand_down(operand, modifiers), query, source, over, full)
        case Arithmetic(operator, left, right):
            sides = (_reduce(side, query, source, over, full) for side in (left, right))
            return _combine(operator, *sides)
    raise AssertionError(expression)


def _leaf(asked: MetricQuery, query: MonitorQuery, source: Source, over: Windows, full: bool) -> _Reduced:
    alone = replace(query, expression=asked)
    way = streams if streams.applies(alone, over) else pointwise
    found = {column.group: column for column in way.columns(alone, source, over, full)}
    if not asked.by and not found:
        return _Reduced({(): np.zeros(len(over.ticks))}, False, {})
    values = {group: np.nan_to_num(column.values, nan=0.0) for group, column in found.items()}
    return _Reduced(values, bool(asked.by), {group: [column] for group, column in found.items()})


def _hand_down(expression: Expression, modifiers: tuple[object, ...]) -> Expression:
    """A modifier behind parentheses belongs to every metric query inside."""
    match expression:
        case MetricQuery():
            return replace(expression, modifiers=(*expression.modifiers, *modifiers))  # type: ignore[arg-type]
        case Arithmetic(operator, left, right):
            return Arithmetic(operator, _hand_down(left, modifiers), _hand_down(right, modifiers))
        case Negative(operand):
            return Negative(_hand_down(operand, modifiers))
        case Modified(operand, inner):
            return _hand_down(_hand_down(operand, inner), modifiers)
    return expression


def _combine(operator: str, left: _Reduced, right: _Reduced) -> _Reduced:
    groups = [*left.values] if left.grouped or not right.grouped else [*right.values]
    if left.grouped and right.grouped:
        groups = list(dict.fromkeys((*left.values, *right.values)))
    zero = np.zeros(1)
    values: dict[Group, Floats] = {}
    columns: dict[Group, list[GroupColumn]] = {}
    for group in groups:
        sides = [zero if (side := part.at(group)) is None else side for part in (left, right)]
        values[group] = _arithmetic(operator, *np.broadcast_arrays(*sides))
        columns[group] = [c for part in (left, right) for c in part.columns.get(group if part.grouped else (), [])]
    return _Reduced(values, left.grouped or right.grouped, columns)


def _arithmetic(operator: str, left: Floats, right: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        match operator:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(right == 0, np.nan, left / right)
