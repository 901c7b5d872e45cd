"""Formulas of the v2 API: expressions over the names of queries."""

from __future__ import annotations

from collections.abc import Mapping

from doghouse.queries import tree
from doghouse.queries.tree import Expression


def bound(formula: Expression, queries: Mapping[str, Expression]) -> Expression:
    """The formula with each name replaced by its query, so that it is evaluated as if the queries had been written there. Every name is in `queries`."""
    match formula:
        case tree.Variable(name):
            return queries[name]
        case tree.Arithmetic(operator, left, right):
            return tree.Arithmetic(operator, bound(left, queries), bound(right, queries))
        case tree.Negative(operand):
            return tree.Negative(bound(operand, queries))
        case tree.Modified(operand, modifiers):
            return tree.Modified(bound(operand, queries), modifiers)
        case tree.Call(function, arguments, named):
            given = tuple(one if isinstance(one, tree.Plain) else bound(one, queries) for one in arguments)
            return tree.Call(function, given, named)
        case _:
            return formula
