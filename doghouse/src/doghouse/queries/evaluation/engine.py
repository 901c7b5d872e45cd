"""Evaluates expressions over time: metric queries become frames, functions and arithmetic work on frames, a frame becomes the answer's series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from doghouse.metrics.model import Floats, Ints, Source
from doghouse.queries.errors import NotEvaluated
from doghouse.queries.evaluation import arithmetic
from doghouse.queries.evaluation.arithmetic import Value
from doghouse.queries.evaluation.compute import Values, compute
from doghouse.queries.evaluation.context import Context
from doghouse.queries.evaluation.frames import Frame, along_values
from doghouse.queries.evaluation.labels import result_series
from doghouse.queries.evaluation.metric_query import query_frame
from doghouse.queries.functions.application import Application, Evaluator, plain
from doghouse.queries.functions.registry import catalogue
from doghouse.queries.language import tree
from doghouse.queries.language.inspection import result_keys
from doghouse.queries.language.tree import Expression, Leaf
from doghouse.queries.model import ResultSeries, Window


def run(expression: Expression, source: Source, window: Window) -> list[ResultSeries]:
    """See `evaluation.evaluate`."""
    if window.end <= window.start:
        return []
    return result_series(expression, frame_of(expression, Context.of(source, window)))


def frame_of(expression: Expression, context: Context) -> Frame:
    """What an expression is worth, which has a metric in it. Raises NotEvaluated."""
    value = compute(expression, Frames(context if _is_query(expression) else context.inside()))
    if not isinstance(value, Frame):
        raise NotEvaluated("an expression without a metric")
    return value


def _is_query(expression: Expression) -> bool:
    """Whether it is a metric query by itself, outside of arithmetic and functions."""
    while isinstance(expression, tree.Modified):
        expression = expression.operand
    return isinstance(expression, tree.MetricQuery)


class FrameValues(Values[Value]):
    """Expressions whose parts are frames or numbers, whatever their leaves are."""

    def combined(self, operator: tree.Operator, left: Value, right: Value) -> Value:
        """`left operator right`."""
        return arithmetic.combine(operator, left, right)

    def negated(self, value: Value) -> Value:
        """`-value`."""
        return arithmetic.negated(value)

    def grouped(self, expression: Expression) -> bool:
        """Whether an expression gives a series or a number for each group."""
        value = compute(expression, self)
        return isinstance(value, Frame) and value.groups != ((),)


@dataclass(frozen=True, slots=True)
class Frames(FrameValues):
    """Expressions over the window of a context: each is a frame, or a number where there is no metric in it."""

    context: Context

    def leaf(self, leaf: Leaf) -> Value:
        """A metric query's frame, or a number. Raises NotEvaluated for all else."""
        match leaf:
            case tree.MetricQuery():
                return query_frame(leaf, self.context)
            case tree.Number(value):
                return value
            case tree.Variable(name):
                raise NotEvaluated(f"'{name}', which is no query")
            case tree.Search(text):
                raise NotEvaluated(f"searches of events ({text}), only metric queries")

    def called(self, call: tree.Call) -> Value:
        """What a function makes of its arguments. Raises NotEvaluated."""
        return apply(call, self)

    def worth(self, expression: Expression, context: Context | None = None) -> Value:
        """What an argument is worth; `context`: in another window."""
        return compute(expression, self if context is None else Frames(context))

    def buckets(self, frame: Frame) -> Ints:
        """The start of every bucket of the window."""
        return self.context.buckets(frame.interval, frame.calendar)

    def grouped(self, expression: Expression) -> bool:
        """Whether an expression gives a series for each group."""
        return bool(result_keys(expression))


def apply(call: tree.Call, evaluator: Evaluator) -> Value:
    """What a function makes of its arguments. Raises NotEvaluated."""
    function = catalogue()[call.function]
    if function.work is None:
        raise NotEvaluated(f"{call.function}()")
    applied = Application(call, evaluator)
    result: Value
    match function.takes:
        case "call":
            result = function.work(applied)
        case "series":
            result = _over_series(function.work, applied)
        case "frame":
            frame = applied.frame()
            result = function.work(frame, *map(plain, call.arguments[1:])) if frame.groups else frame
    return result


def _over_series(work: Callable[[Floats, Floats], Floats], applied: Application) -> Frame:
    """The function over each series of a metric query, before space aggregation; over each group of anything else."""
    query = applied.query
    if isinstance(query, tree.MetricQuery):
        return query_frame(query, applied.context, lambda values, ts: along_values(values, ts, work))
    frame = applied.frame()
    return frame.with_values(along_values(frame.values, frame.ts, work))
