"""Formulas of the v2 API: expressions over the names of queries."""

from __future__ import annotations

from collections.abc import Mapping

from doghouse.queries.tree import Expression, Variable, map_leaves


def bound(formula: Expression, queries: Mapping[str, Expression]) -> Expression:
    """The formula with each name replaced by its query, so that it is evaluated as if the queries had been written there. Every name is in `queries`."""
    return map_leaves(formula, lambda leaf: queries[leaf.name] if isinstance(leaf, Variable) else leaf)
