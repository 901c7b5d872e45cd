"""The one interpreter of expressions: it walks a tree, over values of any kind (`Values`): frames, numbers a group, a monitor's windows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from doghouse.queries.language import tree
from doghouse.queries.language.tree import Expression, Leaf

V = TypeVar("V")


class Values(ABC, Generic[V]):
    """What the parts of an expression are worth."""

    @abstractmethod
    def leaf(self, leaf: Leaf) -> V:
        """A metric query, a number, a formula's variable or a search of events."""

    @abstractmethod
    def combined(self, operator: tree.Operator, left: V, right: V) -> V:
        """`left operator right`."""

    @abstractmethod
    def negated(self, value: V) -> V:
        """`-value`."""

    @abstractmethod
    def called(self, call: tree.Call) -> V:
        """A function of its arguments."""

    def modified(self, expression: tree.Modified) -> V:
        """A modifier behind parentheses or a function: it is handed down to every metric query inside."""
        return compute(tree.flattened(expression), self)


def compute(expression: Expression, values: Values[V]) -> V:
    """What an expression is worth."""
    match expression:
        case tree.Arithmetic(operator, left, right):
            return values.combined(operator, compute(left, values), compute(right, values))
        case tree.Negative(operand):
            return values.negated(compute(operand, values))
        case tree.Modified():
            return values.modified(expression)
        case tree.Call():
            return values.called(expression)
        case _:
            return values.leaf(expression)
