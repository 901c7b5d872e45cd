"""Series reduced to one number a group, and formulas over such numbers: what a query value or a top list shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from doghouse.metrics.model import Floats, Ints
from doghouse.queries.errors import NotEvaluated
from doghouse.queries.evaluation.arithmetic import Value
from doghouse.queries.evaluation.compute import compute
from doghouse.queries.evaluation.context import Context
from doghouse.queries.evaluation.engine import FrameValues, apply, frame_of
from doghouse.queries.evaluation.frames import Frame, Group
from doghouse.queries.functions import catalogue
from doghouse.queries.functions.rank import score
from doghouse.queries.language import tree
from doghouse.queries.language.formulas import FormulaRequest, Limit
from doghouse.queries.language.inspection import result_keys, variables
from doghouse.queries.language.names import percentile
from doghouse.queries.language.tree import Expression, Leaf

REDUCERS = ("avg", "mean", "min", "max", "sum", "last", "l2norm", "area", "percentile")


class Scalars(Struct, frozen=True, eq=False):
    """A table: its groups, the keys they are of, and for each formula its name, its expression and a value a group (NaN: none)."""

    keys: tuple[str, ...]
    groups: tuple[Group, ...]
    columns: tuple[tuple[str, Expression, Floats], ...]


def scalars(request: FormulaRequest, context: Context) -> Scalars:
    """The table of a request's formulas. Raises NotEvaluated."""
    numbers = Numbers(request, context)
    frames = [_column(formula.expression, numbers) for formula in request.formulas]
    groups = sorted({group for frame in frames for group in frame.groups})
    columns = []
    for formula, expression, frame in zip(request.formulas, request.expressions, frames, strict=True):
        column = np.full(len(groups), np.nan)
        column[[groups.index(group) for group in frame.groups]] = frame.values[:, 0] if len(frame.groups) else []
        columns.append((formula.text, expression, column))
    keys = tuple(dict.fromkeys(key for _, expression, _ in columns for key in result_keys(expression)))
    return _limited(Scalars(keys, tuple(groups), tuple(columns)), [formula.limit for formula in request.formulas])


def _limited(table: Scalars, limits: Sequence[Limit | None]) -> Scalars:
    """The rows that the first limit leaves, in its order; rows without a value last."""
    place = next((place for place, limit in enumerate(limits) if limit), None)
    if place is None:
        return table
    limit = limits[place]
    assert limit is not None
    column = table.columns[place][2]
    keys = np.where(np.isnan(column), np.inf, -column if limit.order == "desc" else column)
    places = np.argsort(keys, kind="stable")[: limit.count]
    return replace(
        table,
        groups=tuple(table.groups[row] for row in places),
        columns=tuple((name, expression, values[places]) for name, expression, values in table.columns),
    )


def _column(formula: Expression, numbers: Numbers) -> Frame:
    value = compute(formula, numbers)
    if not isinstance(value, Frame):
        raise NotEvaluated("a formula without a query")
    return value


@dataclass(frozen=True, slots=True)
class Numbers(FrameValues):
    """Formulas over reduced values: each query is reduced by its own aggregator, then the formula is computed.

    A frame of numbers has one bucket, at 0.
    GUESS: default_zero and default fill what has no value once it is reduced, as a query value shows it.
    GUESS: a function that needs the series (diff, timeshift, cumsum …) works on it before it is reduced, by the aggregator of the first query inside.
    """

    request: FormulaRequest
    context: Context

    def leaf(self, leaf: Leaf) -> Value:
        """A query of the request, reduced; or a number."""
        match leaf:
            case tree.Number(value):
                return value
            case tree.Variable(name):
                query = self.request.queries[name]
                if query.aggregator == "percentile":
                    return reduced(frame_of(query.expression, at_once(query.expression, self.context)), "last")
                return reduced(frame_of(query.expression, self.context), query.aggregator)
            case _:
                return self._reduced_whole(leaf)

    def modified(self, expression: tree.Modified) -> Value:
        """Modifiers belong to the series."""
        return self._reduced_whole(expression)

    def called(self, call: tree.Call) -> Value:
        """A function of numbers, or of the series."""
        return apply(call, self) if catalogue()[call.function].on_numbers else self._reduced_whole(call)

    def _reduced_whole(self, expression: Expression) -> Frame:
        """What an expression gives over time, reduced."""
        frame = frame_of(self.request.bound(expression), self.context)
        names = variables(expression)
        if not names:
            raise NotEvaluated("a formula without a query")
        return reduced(frame, self.request.queries[names[0]].aggregator)

    def worth(self, expression: Expression, context: Context | None = None) -> Value:
        """What an argument is worth. A function that asks for another window is none of numbers."""
        assert context is None
        return compute(expression, self)

    def buckets(self, _: Frame) -> Ints:
        """The one bucket of numbers."""
        return np.zeros(1, np.int64)

    def grouped(self, expression: Expression) -> bool:
        """Whether an expression gives a number for each group."""
        return bool(result_keys(self.request.bound(expression)))


def at_once(expression: Expression, context: Context) -> Context:
    """The window as one bucket: a percentile of all values, which those of its buckets do not give (GUESS: that the aggregator percentile means this).

    Raises NotEvaluated for what is no percentile of a distribution.
    """
    if not isinstance(expression, tree.MetricQuery) or percentile(expression.aggregator) is None:
        raise NotEvaluated("the scalar aggregator percentile over anything but a percentile of a distribution")
    length = context.end - context.start
    return msgspec.structs.replace(
        context, start=0, end=length, interval=length, max_points=None, shift=context.shift + context.start
    )


def reduced(frame: Frame, aggregator: str) -> Frame:
    """Each group's values as one: nulls are skipped; a group without any has none."""
    if aggregator == "percentile":
        raise NotEvaluated("the scalar aggregator percentile in a function over time")
    values = score(frame, "mean" if aggregator == "avg" else aggregator)
    some = ~np.isnan(values)
    column = values[some][:, None]
    return Frame(
        np.zeros(1, np.int64),
        column,
        np.ones(column.shape, np.bool_),
        tuple(group for group, chosen in zip(frame.groups, some, strict=True) if chosen),
        frame.interval,
    )
