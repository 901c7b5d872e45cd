"""Ratios of counts whose numerator is not there while nothing is counted (docs: monitors/guide/monitor-arithmetic-and-sparse-metrics)."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, rule
from doghouse.queries import Expression, MetricQuery, anomaly_settings, expression_text, metric_queries
from doghouse.queries.language.inspection import children
from doghouse.queries.language.tree import Arithmetic, Call, Modifier, Word, flattened

RULE = rule(
    "ratio-without-zero",
    "A ratio of counts has no value while its numerator counts nothing",
    "warning",
    order=260,
    partly=True,
)
FILLING = ("default_zero", "anomalies")
COUNTED = frozenset({"as_count", "as_rate"})


@RULE
def ratio(monitor: Definition, context: Context) -> Iterator[Problem]:
    """`errors / requests` of counts without `default_zero()` around what may be missing."""
    query = context.query
    if query is None or anomaly_settings(query.expression) or monitor.options.on_missing_data == "resolve":
        return
    for division in _divisions(flattened(query.expression)):
        above = metric_queries(division.left)
        sparse = list(_unfilled(division.left))
        if (
            sparse
            and len(sparse) == len(above)
            and {*map(_counted, metric_queries(division.right))} - {*map(_counted, above)}
        ):
            text = expression_text(sparse[0])
            when = (
                "is missed when all of it fails"
                if query.comparator in ("<", "<=")
                else "stays an alert when it is over"
            )
            sentence = f"while nothing is counted for {text}, the ratio has no value: what it watches {when}; write default_zero({text})"
            yield RULE.problem("query", sentence)
            return


def _counted(query: MetricQuery) -> tuple[object, ...]:
    """What a query counts: while that is nothing, a ratio of it alone (`e / e`) has nothing to say."""
    return query.metric, query.scope


def _divisions(expression: Expression) -> Iterator[Arithmetic]:
    if isinstance(expression, Arithmetic) and expression.operator == "/":
        yield expression
    for inner in children(expression):
        yield from _divisions(inner)


def _unfilled(expression: Expression) -> Iterator[MetricQuery]:
    """The counts in an expression that nothing makes 0 where they are missing."""
    if isinstance(expression, Call) and expression.function in FILLING:
        return
    if isinstance(expression, MetricQuery):
        names = [modifier.name for modifier in expression.modifiers]
        if not COUNTED.isdisjoint(names) and not any(_fills(modifier) for modifier in expression.modifiers):
            yield expression
    for inner in children(expression):
        yield from _unfilled(inner)


def _fills(modifier: Modifier) -> bool:
    return modifier.name == "fill" and any(
        isinstance(argument, Word) and argument.value == "zero" for argument in modifier.arguments
    )
