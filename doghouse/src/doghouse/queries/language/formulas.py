"""Formulas: expressions over the names of queries, as the v2 API and widgets have them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from doghouse.queries.language.tree import Expression, Variable, map_leaves


class NamedQuery(Struct, frozen=True):
    """A query that formulas name, and what reduces each of its series to one number (`reducing.REDUCERS`) where a number is asked for."""

    expression: Expression
    aggregator: str = "avg"


class Limit(Struct, frozen=True):
    """How many rows of numbers are kept, by the formula's value."""

    count: int
    order: str = "desc"


class Formula(Struct, frozen=True):
    """A formula: its text, which names its column; the expression over the queries' names; how many rows are kept."""

    text: str
    expression: Expression
    limit: Limit | None = None


class FormulaRequest(Struct, frozen=True):
    """Queries by their names and formulas over them, which name no other; it is asked for series (`expressions`) or for numbers (`evaluate_scalars`)."""

    queries: Mapping[str, NamedQuery]
    formulas: tuple[Formula, ...]

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The formulas with their queries in the place of the names."""
        return tuple(self.bound(formula.expression) for formula in self.formulas)

    def bound(self, formula: Expression) -> Expression:
        """A formula with its queries in the place of their names."""
        return bound(formula, {name: query.expression for name, query in self.queries.items()})


def bound(formula: Expression, queries: Mapping[str, Expression]) -> Expression:
    """The formula with each name replaced by its query, so that it is evaluated as if the queries had been written there. Every name is in `queries`."""
    return map_leaves(formula, lambda leaf: queries[leaf.name] if isinstance(leaf, Variable) else leaf)
