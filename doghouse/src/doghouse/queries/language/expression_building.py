"""Lark's tree → `queries.tree`, with the rules that a grammar does not hold: known names and arguments."""

from __future__ import annotations

import math
from typing import Any, NoReturn

from doghouse.queries.errors import QuerySyntaxError
from doghouse.queries.functions import catalogue
from doghouse.queries.language import tree
from doghouse.queries.language.calls import check_call, check_modifier
from doghouse.queries.language.inspection import function_names
from doghouse.queries.language.names import SPACE_AGGREGATORS, TIME_AGGREGATORS, percentile, threshold, unknown
from doghouse.queries.language.printing import number_text
from doghouse.queries.language.scope_building import DEEPEST, ScopeBuilder, position
from doghouse.queries.language.spans import SpanError, monitor_window, shift_seconds
from doghouse.queries.language.tree import Expression, MonitorQuery, Scope


def expressions(root: Any, text: str, *, monitor: bool) -> tuple[Expression, ...]:
    """The expressions of `queries`, of a monitor or not."""
    return tuple(_Builder(text, monitor=monitor).expression(child) for child in root.children)


def formula(root: Any, text: str, *, monitor: bool) -> Expression:
    """The expression of `formula`, in which a bare word is the name of a query, of a monitor or not."""
    return _Builder(text, names=True, monitor=monitor).expression(root.children[0])


def scope(root: Any, text: str) -> Scope:
    """The scope of `filter`."""
    return ScopeBuilder(text).build(root)


def monitor(root: Any, text: str) -> MonitorQuery:
    """The parts of `monitor`."""
    return _monitor(_Builder(text, monitor=True), root)


class _Builder:
    """Builds expressions. `names`: a bare word is a formula's variable. `monitor`: without what belongs to dashboards alone, as template variables."""

    def __init__(self, text: str, *, names: bool = False, monitor: bool = False) -> None:
        self.text = text
        self.names = names
        self.monitor = monitor

    def fail(self, node: Any, problem: str, expected: tuple[str, ...] = ()) -> NoReturn:
        raise QuerySyntaxError(self.text, position(node), problem, expected)

    def expression(self, node: Any, depth: int = 0) -> Expression:
        if depth > DEEPEST:
            self.fail(node, f"the expression is more than {DEEPEST} levels deep")
        match node.data:
            case "number":
                return tree.Number(self.number(node))
            case "arithmetic":
                left, operator, right = node.children
                return tree.Arithmetic(
                    str(operator),  # type: ignore[arg-type]  # the grammar's four signs
                    self.expression(left, depth + 1),
                    self.expression(right, depth + 1),
                )
            case "signed":
                return self.signed(node, depth)
            case "modified":
                operand, *modifiers = node.children
                inner = self.expression(operand, depth + 1)
                return tree.Modified(inner, self.modifiers(modifiers)) if modifiers else inner
            case "call":
                return self.call(node, depth)
            case "metric_query":
                return self.metric_query(node)
            case "name":
                return self.name(node)
            case _:
                return self.fail(node, "a query was expected here, as in avg:my_metric{*}")

    def number(self, node: Any) -> float:
        value = number(node)
        return value if math.isfinite(value) else self.fail(node, "the number is too large")

    def signed(self, node: Any, depth: int) -> Expression:
        sign, operand = node.children
        inner = self.expression(operand, depth + 1)
        if sign == "+":
            return inner
        return tree.Number(-inner.value) if isinstance(inner, tree.Number) else tree.Negative(inner)

    def name(self, node: Any) -> Expression:
        word = str(node.children[0])
        if self.names:
            return tree.Variable(word)
        return self.fail(node, f"'{word}' is no query: a metric needs a scope in braces, as in avg:{word}{{*}}", ("{",))

    def call(self, node: Any, depth: int) -> tree.Call:
        name, *arguments = [child for child in node.children if child is not None]
        function = catalogue().get(str(name))
        if function and self.monitor and not function.in_monitors:
            self.fail(name, f"{name}() cannot be used in monitors")
        parameters = function.parameters if function else ()
        queries = {0, *(place for place, parameter in enumerate(parameters) if parameter.kind == "query")}
        positional: list[Any] = []
        named: list[tuple[str, Any]] = []
        for argument in arguments:
            if argument.data == "named":
                key, value = argument.children
                named.append((str(key), self.argument(value, depth, query=False)))
            elif named:
                self.fail(argument, f"an argument without a name stands after a named one in {name}()")
            else:
                positional.append(self.argument(argument, depth, query=len(positional) in queries))
        call = tree.Call(str(name), tuple(positional), tuple(named))
        if problem := check_call(call):
            place = arguments[problem.argument] if problem.argument is not None else name
            self.fail(place, problem.text)
        return call

    def argument(self, node: Any, depth: int, *, query: bool) -> Expression | tree.Plain:
        if node.data == "text":
            return tree.Text(str(node.children[0])[1:-1])
        if node.data == "keys":
            return tree.Keys(self.keys(node.children))
        if node.data == "name" and not query:
            return tree.Word(str(node.children[0]))
        return self.expression(node, depth + 1)

    def metric_query(self, node: Any) -> tree.MetricQuery:
        children: list[Any] = node.children
        aggregator, metric, braces, *parts = children
        by = next((part for part in parts if part is not None and part.data == "by"), None)
        modifiers = [part for part in parts if part is not None and part.data == "modifier"]
        return tree.MetricQuery(
            None if aggregator is None else self.aggregator(aggregator),
            str(metric),
            self.braces(braces),
            self.by(by),
            self.modifiers(modifiers),
        )

    def aggregator(self, token: Any) -> str:
        if limit := threshold(token):
            comparator, value = limit
            return f"count(v: v{comparator}{number_text(value)})"
        if "(" in token:
            self.fail(token, f"'{token}' is no threshold to count values by, as in count(v: v<=5):my_metric{{*}}")
        if token not in SPACE_AGGREGATORS and percentile(token) is None:
            self.fail(token, unknown("space aggregator", token, (*SPACE_AGGREGATORS, "p95")))
        return str(token)

    def braces(self, node: Any) -> Scope:
        scope = node.children[0]
        return tree.Everything() if scope is None else ScopeBuilder(self.text, variables=not self.monitor).build(scope)

    def by(self, node: Any) -> tuple[str, ...]:
        if node is None:
            return ()
        return self.keys(node.children[1:])

    def keys(self, keys: list[Any]) -> tuple[str, ...]:
        for key in keys:
            if key.startswith("$") and self.monitor:
                self.fail(key, f"'{key}' is a template variable, which belongs to dashboards and not to monitors")
        return tuple(dict.fromkeys(str(key).lower() if not key.startswith("$") else str(key) for key in keys))

    def modifiers(self, nodes: list[Any]) -> tuple[tree.Modifier, ...]:
        return tuple(self.modifier(node) for node in nodes)

    def modifier(self, node: Any) -> tree.Modifier:
        name, *arguments = [child for child in node.children if child is not None]
        modifier = tree.Modifier(str(name), tuple(self.setting(argument) for argument in arguments))
        if problem := check_modifier(modifier):
            place = arguments[problem.argument] if problem.argument is not None else name
            self.fail(place, problem.text)
        return modifier

    def setting(self, node: Any) -> tree.Argument:
        match node.data:
            case "number":
                return tree.Number(self.number(node))
            case "text":
                return tree.Text(str(node.children[0])[1:-1])
            case _:
                return tree.Word(str(node.children[0]))


def number(node: Any) -> float:
    """The value of `number`, with its sign."""
    *sign, digits = [child for child in node.children if child is not None]
    value = float(digits)
    return -value if sign and sign[0] == "-" else value


def _monitor(builder: _Builder, root: Any) -> MonitorQuery:
    head, body, comparator, limit = root.children
    text = builder.text
    change = None
    if head.data == "over":
        aggregator, window = head.children
    else:
        kind, aggregator, window, shift_token = head.children
        if kind not in ("change", "pct_change"):
            builder.fail(kind, unknown("change", str(kind), ("change", "pct_change")))
        try:
            change = tree.Change(kind == "pct_change", shift_seconds(str(shift_token)), str(shift_token))
        except SpanError as error:
            builder.fail(shift_token, str(error))
    if aggregator not in TIME_AGGREGATORS:
        builder.fail(aggregator, unknown("time aggregator", str(aggregator), TIME_AGGREGATORS))
    try:
        span = monitor_window(str(window))
    except SpanError as error:
        builder.fail(window, str(error))
    expression = builder.expression(body)
    if span.ahead and "forecast" not in function_names(expression):
        builder.fail(window, f"'{window}' looks ahead, which is for forecast() alone")
    threshold = None if limit.data == "at_threshold" else builder.number(limit)
    return MonitorQuery(
        str(aggregator),
        span,
        change,
        expression,
        str(comparator),  # type: ignore[arg-type]  # the grammar's six
        threshold,
        text[position(body) : position(comparator)].strip(),
    )
