"""A function applied to its arguments: what a function is given that evaluates them itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from doghouse.queries.errors import NotEvaluated
from doghouse.queries.language import tree

if TYPE_CHECKING:
    from doghouse.metrics.model import Ints
    from doghouse.queries.evaluation.arithmetic import Value
    from doghouse.queries.evaluation.context import Context
    from doghouse.queries.evaluation.frames import Frame
    from doghouse.queries.language.tree import Call, Expression


class Evaluator(Protocol):
    """Works out expressions: over time (`engine`), or as one number a group (`reducing`)."""

    @property
    def context(self) -> Context:
        """The window and the source."""

    def worth(self, expression: Expression, context: Context | None = None) -> Value:
        """What an expression is worth; `context`: in another window."""

    def buckets(self, frame: Frame) -> Ints:
        """The start of every bucket that the frame's values could have."""

    def grouped(self, expression: Expression) -> bool:
        """Whether it gives a series for each group."""


class Application(Struct, frozen=True):
    """A call and its evaluator. The parser has checked the arguments."""

    call: Call
    evaluator: Evaluator

    @property
    def context(self) -> Context:
        """The window and the source."""
        return self.evaluator.context

    @property
    def query(self) -> Expression:
        """The first argument."""
        return self._expression(0)

    def _expression(self, place: int) -> Expression:
        argument = self.call.arguments[place]
        assert not isinstance(argument, tree.Plain)
        return argument

    def value(self, place: int = 0, context: Context | None = None) -> Value:
        """What the argument at this place is worth; `context`: in another window."""
        return self.evaluator.worth(self._expression(place), context)

    def frame(self, context: Context | None = None) -> Frame:
        """The frame of the first argument. Raises NotEvaluated where that is a number."""
        return framed(self.call, self.value(0, context))

    def buckets(self, frame: Frame) -> Ints:
        """The start of every bucket that the frame's values could have."""
        return self.evaluator.buckets(frame)

    def grouped(self) -> bool:
        """Whether the first argument gives a series for each group."""
        return self.evaluator.grouped(self.query)

    def number(self, place: int) -> float:
        """The number at this place."""
        return float(plain(self.call.arguments[place]))  # type: ignore[arg-type]

    def text(self, place: int, default: str) -> str:
        """The text at this place; `default` where it is left out."""
        return str(plain(self.call.arguments[place])) if len(self.call.arguments) > place else default

    def named(self) -> dict[str, float | str]:
        """The named arguments."""
        return {name: plain(value) for name, value in self.call.named}  # type: ignore[misc]


def framed(call: Call, value: Value) -> Frame:
    """The value as the frame that the function needs. Raises NotEvaluated where it is a number."""
    if isinstance(value, float | int):
        raise NotEvaluated(f"{call.function}() of a number without a metric")
    return value


def plain(argument: Expression | tree.Plain) -> float | str | tuple[str, ...]:
    """An argument that is no query as a value; keys as their names."""
    if isinstance(argument, tree.Keys):
        return argument.names
    assert isinstance(argument, tree.Number | tree.Text | tree.Word)  # the parser has checked it
    return argument.value
