"""Arithmetic between expressions: groups are matched by their tags, buckets by their start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from doghouse.metrics.model import Floats
from doghouse.queries.evaluation.frames import NO_FILL, Frame, Group, empty
from doghouse.queries.language.tree import Operator


def _power(base: Floats, exponent: Floats) -> Floats:
    """As numpy's, but that of nothing is nothing: 1 ** NaN is 1 there, and so is NaN ** 0."""
    return np.where(np.isnan(base) | np.isnan(exponent), np.nan, np.power(base, exponent))


Operation = Operator | Literal["**"]  # dashboards/functions/arithmetic: pow()
OPERATIONS: dict[Operation, Callable[[Floats, Floats], Floats]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": _power,
}

Value = Frame | float


def combine(operator: Operation, left: Value, right: Value) -> Value:
    """`left operator right`. A division by zero and an operand without a value make null (monitor-arithmetic-and-sparse-metrics)."""
    if isinstance(left, Frame) and isinstance(right, Frame):
        return _frames(operator, left, right)
    if isinstance(left, Frame):
        return left.with_values(cellwise(operator, left.values, np.float64(right)))  # type: ignore[arg-type]
    if isinstance(right, Frame):
        return right.with_values(cellwise(operator, np.float64(left), right.values))  # type: ignore[arg-type]
    return float(cellwise(operator, np.array([left]), np.array([right]))[0])


def cellwise(operator: Operation, left: Floats, right: Floats) -> Floats:
    """The operation cell by cell; what is not finite is null."""
    with np.errstate(all="ignore"):
        result = OPERATIONS[operator](left, right)
    return np.where(np.isfinite(result), result, np.nan)


def _frames(operator: Operation, left: Frame, right: Frame) -> Frame:
    """Two frames: where one lacks a bucket of the other, counts and rates asked for as such are 0 there, everything else is null.

    GUESS: the result's interval is the longer of the two.
    """
    pairs = match(left.groups, right.groups)
    if not pairs:
        return empty(max(left.interval, right.interval), left.calendar or right.calendar)
    left = left.rows([place for place, _, _ in pairs])
    right = right.rows([place for _, place, _ in pairs])
    if len(left.ts) != len(right.ts) or not np.array_equal(left.ts, right.ts):
        ts = np.union1d(left.ts, right.ts)
        left, right = left.on(ts), right.on(ts)
    points = left.points | right.points
    values = cellwise(operator, _aligned(left), _aligned(right))
    return Frame(
        left.ts,
        np.where(points, values, np.nan),
        points,
        tuple(group for _, _, group in pairs),
        max(left.interval, right.interval),
        left.calendar or right.calendar,
        counts=left.counts and right.counts,
        fill=left.fill if left.fill == right.fill else NO_FILL,
        approximate=left.approximate or right.approximate,
    )


def _aligned(frame: Frame) -> Floats:
    return np.where(frame.points, frame.values, 0.0) if frame.counts else frame.values


def match(left: tuple[Group, ...], right: tuple[Group, ...]) -> list[tuple[int, int, Group]]:
    """Pairs of rows with the same tags, and their group.

    GUESS: a side without groups stands beside every group of the other; groups of one side alone are left out.
    """
    if right == ((),):
        return [(row, 0, group) for row, group in enumerate(left)]
    if left == ((),):
        return [(0, row, group) for row, group in enumerate(right)]
    rows = {frozenset(group): row for row, group in enumerate(right)}
    return [(row, rows[frozenset(group)], group) for row, group in enumerate(left) if frozenset(group) in rows]


def negated(value: Value) -> Value:
    """`-value`."""
    return value.with_values(-value.values) if isinstance(value, Frame) else -value
