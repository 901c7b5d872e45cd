"""Series reduced to one number a group, and formulas over such numbers: what a query value or a top list shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from doghouse.metrics.model import Floats
from doghouse.queries import tree
from doghouse.queries.arithmetic import Value, combine, negated
from doghouse.queries.engine import frame_of, plain_call
from doghouse.queries.formulas import bound
from doghouse.queries.frames import Frame, Group
from doghouse.queries.inspection import result_keys, variables
from doghouse.queries.library.ranking import score
from doghouse.queries.problems import NotEvaluated
from doghouse.queries.scene import Scene
from doghouse.queries.tree import Expression

REDUCERS = ("avg", "mean", "min", "max", "sum", "last", "l2norm", "area", "percentile")

# Functions of a number: in a formula over scalars they work on the reduced values, all others on the series before they are reduced.
ON_SCALARS = (
    "abs",
    "log2",
    "log10",
    "clamp_min",
    "clamp_max",
    "cutoff_min",
    "cutoff_max",
    "exclude_null",
    "count_nonzero",
    "count_not_null",
)


@dataclass(frozen=True, slots=True)
class ScalarQuery:
    """A named query of a scalar request and how its series is reduced."""

    expression: Expression
    aggregator: str


@dataclass(frozen=True, slots=True)
class Limit:
    """How many rows are kept, by the column's value."""

    count: int
    order: str = "desc"


@dataclass(frozen=True, slots=True, eq=False)
class Scalars:
    """A table: its groups, the keys they are of, and for each formula its name, its expression and a value a group (NaN: none)."""

    keys: tuple[str, ...]
    groups: tuple[Group, ...]
    columns: tuple[tuple[str, Expression, Floats], ...]


def scalars(
    formulas: Sequence[tuple[str, Expression, Limit | None]], queries: Mapping[str, ScalarQuery], scene: Scene
) -> Scalars:
    """The table of these formulas over these queries. Raises NotEvaluated."""
    bindings = {name: query.expression for name, query in queries.items()}
    frames = [_column(expression, queries, scene) for _, expression, _ in formulas]
    groups = sorted({group for frame in frames for group in frame.groups})
    columns = []
    for (name, expression, _), frame in zip(formulas, frames, strict=True):
        column = np.full(len(groups), np.nan)
        column[[groups.index(group) for group in frame.groups]] = frame.values[:, 0] if len(frame.groups) else []
        columns.append((name, bound(expression, bindings), column))
    keys = tuple(dict.fromkeys(key for _, expression, _ in columns for key in result_keys(expression)))
    return _limited(Scalars(keys, tuple(groups), tuple(columns)), [limit for _, _, limit in formulas])


def _limited(table: Scalars, limits: Sequence[Limit | None]) -> Scalars:
    """The rows that the first limit leaves, in its order; rows without a value last."""
    place = next((place for place, limit in enumerate(limits) if limit), None)
    if place is None:
        return table
    limit = limits[place]
    assert limit is not None
    column = table.columns[place][2]
    keys = np.where(np.isnan(column), np.inf, -column if limit.order == "desc" else column)
    kept = np.argsort(keys, kind="stable")[: limit.count]
    return replace(
        table,
        groups=tuple(table.groups[row] for row in kept),
        columns=tuple((name, expression, values[kept]) for name, expression, values in table.columns),
    )


def _column(formula: Expression, queries: Mapping[str, ScalarQuery], scene: Scene) -> Frame:
    value = _worth(formula, queries, scene)
    if not isinstance(value, Frame):
        raise NotEvaluated("a formula without a query")
    return value


def _worth(formula: Expression, queries: Mapping[str, ScalarQuery], scene: Scene) -> Value:
    """A formula over reduced values: each query is reduced by its own aggregator, then the formula is computed.

    GUESS: default_zero and default fill what has no value once it is reduced, as a query value shows it.
    GUESS: a function that needs the series (diff, timeshift, cumsum …) works on it before it is reduced, by the aggregator of the first query inside.
    """
    bindings = {name: query.expression for name, query in queries.items()}
    match formula:
        case tree.Number(value):
            return value
        case tree.Variable(name):
            return reduced(frame_of(queries[name].expression, scene), queries[name].aggregator)
        case tree.Arithmetic(operator, left, right):
            return combine(operator, _worth(left, queries, scene), _worth(right, queries, scene))
        case tree.Negative(operand):
            return negated(_worth(operand, queries, scene))
        case tree.Call(function, (query, *_)) if function in ON_SCALARS and not isinstance(query, tree.Plain):
            return plain_call(formula, _worth(query, queries, scene))
        case tree.Call("pow", (base, exponent)) if not isinstance(base, tree.Plain) and not isinstance(
            exponent, tree.Plain
        ):
            return combine("**", _worth(base, queries, scene), _worth(exponent, queries, scene))
        case tree.Call("default_zero" | "default" as function, (query, *rest)) if not isinstance(query, tree.Plain):
            value = rest[0].value if function == "default" and isinstance(rest[0], tree.Number) else 0.0
            return _filled(_worth(query, queries, scene), value, grouped=bool(result_keys(bound(query, bindings))))
        case _:
            names = variables(formula)
            return reduced(frame_of(bound(formula, bindings), scene), queries[names[0]].aggregator)


def _filled(value: Value, default: float, *, grouped: bool) -> Value:
    """The groups' values, `default` where there is none; what has no groups has a value even if nothing was found."""
    if not isinstance(value, Frame):
        return value
    if not value.groups and not grouped:
        one = np.full((1, 1), default)
        return replace(value, ts=np.zeros(1, np.int64), values=one, points=np.ones((1, 1), np.bool_), groups=((),))
    return value.with_values(np.where(np.isnan(value.values), default, value.values))


def reduced(frame: Frame, aggregator: str) -> Frame:
    """Each group's values as one: nulls are skipped; a group without any has none."""
    if aggregator == "percentile":
        raise NotEvaluated("the scalar aggregator percentile")
    values = score(frame, "mean" if aggregator == "avg" else aggregator)
    some = ~np.isnan(values)
    column = values[some][:, None]
    return Frame(
        np.zeros(1, np.int64),
        column,
        np.ones(column.shape, np.bool_),
        tuple(group for group, wanted in zip(frame.groups, some, strict=True) if wanted),
        frame.interval,
    )
