"""The syntax tree of a query: values that a monitor, a page or a completion can look into.

Names follow Datadog's documentation (dashboards/querying, metrics/advanced-filtering): a metric query has a space aggregator, a metric, a scope,
group-by keys and modifiers; an expression is arithmetic and functions over metric queries.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

Operator = Literal["+", "-", "*", "/"]


class Everything(Struct, frozen=True):
    """The scope `*` (or nothing at all): every series."""


class Tag(Struct, frozen=True):
    """`key:value`, or with an empty key a tag that has none. `*` stands for any characters of the value."""

    key: str
    value: str


class Among(Struct, frozen=True):
    """`key IN (a, b)`: the series has the key with one of these values."""

    key: str
    values: tuple[str, ...]


class Variable(Struct, frozen=True):
    """`$name`: a dashboard's template variable, not yet given a value. In a formula: the name of one of the request's queries."""

    name: str


class Not(Struct, frozen=True):
    """`!x`, `-x` or `NOT x`."""

    operand: Scope


class AllOf(Struct, frozen=True):
    """`a, b` or `a AND b`."""

    operands: tuple[Scope, ...]


class AnyOf(Struct, frozen=True):
    """`a OR b`."""

    operands: tuple[Scope, ...]


Scope = Everything | Tag | Among | Variable | Not | AllOf | AnyOf


class Number(Struct, frozen=True):
    """A number as it was written."""

    value: float


class Text(Struct, frozen=True):
    """A quoted string, as functions take it: `'basic'`."""

    value: str


class Word(Struct, frozen=True):
    """A bare word, as modifiers take it: `zero`, `daily`, `12am`."""

    value: str


class Keys(Struct, frozen=True):
    """`{env,host}`: the tag keys that a further layer of space aggregation groups by, as in `max(q, {env})`."""

    names: tuple[str, ...]


Plain = Text | Word | Keys  # an argument of a function that is neither a number nor a query
Argument = Number | Text | Word


class Modifier(Struct, frozen=True):
    """`.rollup(avg, 60)`, `.fill(zero)`, `.as_count()`, `.as_rate()`, `.weighted()`."""

    name: str
    arguments: tuple[Argument, ...] = ()


class MetricQuery(Struct, frozen=True):
    """`avg:system.cpu.idle{env:prod} by {host}.rollup(avg, 60)`. `aggregator` is None where the text has none, and then works as avg."""

    aggregator: str | None
    metric: str
    scope: Scope = Everything()
    by: tuple[str, ...] = ()
    modifiers: tuple[Modifier, ...] = ()


class Call(Struct, frozen=True):
    """`top(q, 10, 'mean', 'desc')`: a function, its positional arguments and its named ones."""

    function: str
    arguments: tuple[Expression | Plain, ...] = ()
    named: tuple[tuple[str, Expression | Plain], ...] = ()


class Arithmetic(Struct, frozen=True):
    """`left operator right`."""

    operator: Operator
    left: Expression
    right: Expression


class Negative(Struct, frozen=True):
    """`-x`."""

    operand: Expression


class Modified(Struct, frozen=True):
    """`(a + b).rollup(avg, 60)`: a modifier behind parentheses or a function. It is handed down to every metric query inside (`flattened`)."""

    operand: Expression
    modifiers: tuple[Modifier, ...]


class Search(Struct, frozen=True):
    """A search of events (`@type:view @view.error.count:>0`), as RUM and log widgets have in the same place. It is kept as text and not evaluated."""

    text: str


Leaf = Number | MetricQuery | Variable | Search  # an expression without expressions inside
Expression = Leaf | Call | Arithmetic | Negative | Modified


def map_parts(expression: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """The expression with each expression directly inside it replaced by what `change` makes of it. Named arguments are settings and stay as they are."""
    match expression:
        case Arithmetic(operator, left, right):
            return Arithmetic(operator, change(left), change(right))
        case Negative(operand):
            return Negative(change(operand))
        case Modified(operand, modifiers):
            return Modified(change(operand), modifiers)
        case Call(function, arguments, named):
            return Call(
                function,
                tuple(argument if isinstance(argument, Plain) else change(argument) for argument in arguments),
                named,
            )
        case _:
            return expression


def map_leaves(expression: Expression, change: Callable[[Leaf], Expression]) -> Expression:
    """The expression with each leaf replaced by what `change` makes of it."""
    if isinstance(expression, Leaf):
        return change(expression)
    return map_parts(expression, lambda part: map_leaves(part, change))


def flattened(expression: Expression) -> Expression:
    """The expression with each modifier that stands behind parentheses or a function handed down to the metric queries inside, behind their own."""
    if not isinstance(expression, Modified):
        return map_parts(expression, flattened)
    modifiers = expression.modifiers

    def modified(leaf: Leaf) -> Expression:
        return replace(leaf, modifiers=leaf.modifiers + modifiers) if isinstance(leaf, MetricQuery) else leaf

    return map_leaves(flattened(expression.operand), modified)


Comparator = Literal[">", ">=", "<", "<=", "==", "!="]
Compare = Callable[[Any, Any], Any]  # of numbers, or of columns of them
COMPARISONS: Mapping[str, Compare] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}


class TimeWindow(Struct, frozen=True):
    """`last_5m`, or with `cumulative` `current_1d`: from the start of the running hour, day or month. `seconds` is its full length (a month: 730 h).

    With `ahead` `next_1w`, which looks into a forecast.
    """

    text: str
    seconds: int
    cumulative: bool = False
    ahead: bool = False


class Change(Struct, frozen=True):
    """`change(…, last_30m)` or `pct_change(…, 30m_ago)`: how far back the comparison lies (s), and whether in percent."""

    percent: bool
    shift: int
    text: str


class MonitorQuery(Struct, frozen=True):
    """`avg(last_5m):avg:m{*} by {host} > 90`. `threshold` is None where the text says `threshold`. `text` is the part between head and comparator."""

    aggregator: str
    window: TimeWindow
    change: Change | None
    expression: Expression
    comparator: Comparator
    threshold: float | None
    text: str
