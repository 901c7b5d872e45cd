"""Lark's tree → `queries.tree`, with the rules that a grammar does not hold: known names, arguments, symbolic against functional operators."""

from __future__ import annotations

import math
from typing import Any, NoReturn

from doghouse.queries import tree
from doghouse.queries.calls import check_call, check_modifier
from doghouse.queries.functions import catalogue
from doghouse.queries.inspection import function_names
from doghouse.queries.names import SPACE_AGGREGATORS, TIME_AGGREGATORS, percentile, threshold, unknown
from doghouse.queries.printing import number_text
from doghouse.queries.problems import QuerySyntaxError
from doghouse.queries.spans import SpanError, monitor_window, shift_seconds
from doghouse.queries.tree import Expression, MonitorQuery, Scope

DEEPEST = 150  # levels of arithmetic, functions and parentheses in one expression


def expressions(root: Any, text: str) -> tuple[Expression, ...]:
    """The expressions of `queries`."""
    return tuple(_Builder(text).expression(child) for child in root.children)


def formula(root: Any, text: str) -> Expression:
    """The expression of `formula`, in which a bare word is the name of a query."""
    return _Builder(text, names=True).expression(root.children[0])


def scope(root: Any, text: str) -> Scope:
    """The scope of `filter`."""
    return _Scopes(text).build(root)


def monitor(root: Any, text: str) -> MonitorQuery:
    """The parts of `monitor`."""
    return _monitor(_Builder(text, variables=False), root)


class _Builder:
    """Builds expressions. `names`: a bare word is a formula's variable. `variables`: template variables are allowed."""

    def __init__(self, text: str, *, names: bool = False, variables: bool = True) -> None:
        self.text = text
        self.names = names
        self.variables = variables

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
        name, *given = [child for child in node.children if child is not None]
        function = catalogue().get(str(name))
        parameters = function.parameters if function else ()
        queries = {0, *(place for place, one in enumerate(parameters) if one.kind == "query")}
        positional: list[Any] = []
        named: list[tuple[str, Any]] = []
        for argument in given:
            if argument.data == "named":
                key, value = argument.children
                named.append((str(key), self.argument(value, depth, query=False)))
            elif named:
                self.fail(argument, f"an argument without a name stands after a named one in {name}()")
            else:
                positional.append(self.argument(argument, depth, query=len(positional) in queries))
        call = tree.Call(str(name), tuple(positional), tuple(named))
        if problem := check_call(call):
            place = given[problem.argument] if problem.argument is not None else name
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
        aggregator, metric, braces, *rest = children
        by = next((one for one in rest if one is not None and one.data == "by"), None)
        modifiers = [one for one in rest if one is not None and one.data == "modifier"]
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
        held = node.children[0]
        return tree.Everything() if held is None else _Scopes(self.text, variables=self.variables).build(held)

    def by(self, node: Any) -> tuple[str, ...]:
        if node is None:
            return ()
        return self.keys(node.children[1:])

    def keys(self, keys: list[Any]) -> tuple[str, ...]:
        for key in keys:
            if key.startswith("$") and not self.variables:
                self.fail(key, f"'{key}' is a template variable, which belongs to dashboards and not to monitors")
        return tuple(dict.fromkeys(str(key).lower() if not key.startswith("$") else str(key) for key in keys))

    def modifiers(self, nodes: list[Any]) -> tuple[tree.Modifier, ...]:
        return tuple(self.modifier(node) for node in nodes)

    def modifier(self, node: Any) -> tree.Modifier:
        name, *given = [child for child in node.children if child is not None]
        modifier = tree.Modifier(str(name), tuple(self.setting(one) for one in given))
        if problem := check_modifier(modifier):
            place = given[problem.argument] if problem.argument is not None else name
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


def position(node: Any) -> int:
    """Where a token or a tree begins in the text."""
    token_start = getattr(node, "start_pos", None)
    return int(token_start if token_start is not None else getattr(node.meta, "start_pos", 0))


class _Scopes:
    """Builds scopes, and refuses the mixture of symbolic and functional operators (metrics/advanced-filtering: it cannot be used).

    A comma beside a template variable is no such mixture: Datadog's own dashboards have `model:a or model:b,$model`.
    GUESS: NOT binds before AND, AND before OR, as everywhere.
    """

    def __init__(self, text: str, *, variables: bool = True) -> None:
        self.text = text
        self.variables = variables
        self.operators: dict[str, Any] = {}

    def build(self, node: Any) -> Scope:
        built = self.scope(node)
        if len(self.operators) == 2:
            second = max(self.operators.values(), key=position)
            raise QuerySyntaxError(
                self.text,
                position(second),
                "symbolic operators (',' '!' '-') and functional ones (AND OR NOT IN) cannot be mixed in one scope",
            )
        return built

    def used(self, token: Any) -> None:
        self.operators.setdefault("symbolic" if token in (",", "!", "-") else "functional", token)

    def scope(self, node: Any, depth: int = 0) -> Scope:
        if depth > DEEPEST:
            raise QuerySyntaxError(self.text, position(node), f"the scope is more than {DEEPEST} levels deep")
        match node.data:
            case "either":
                return tree.AnyOf(self.chain(node, depth))
            case "both":
                return tree.AllOf(self.chain(node, depth))
            case "negated":
                self.used(node.children[0])
                return tree.Not(self.scope(node.children[1], depth + 1))
            case "inner":
                return self.scope(node.children[0], depth + 1)
            case "among":
                return self.among(node)
            case "everything":
                return tree.Everything()
            case "template_variable":
                return self.variable(node.children[0])
            case _:
                return self.tag(node.children[0])

    def chain(self, node: Any, depth: int) -> tuple[Scope, ...]:
        """The operands of `a OR b OR c`, which the grammar nests to the left, however many they are."""
        kind, operands = node.data, []
        while node.data == kind:
            left, operator, right = node.children
            beside = left.children[2] if left.data == kind else left
            if operator != "," or not (_is_variable(beside) or _is_variable(right)):
                self.used(operator)
            operands.append(right)
            node = left
        return tuple(self.scope(one, depth + 1) for one in (node, *reversed(operands)))

    def among(self, node: Any) -> Scope:
        key, negation, operator, *values = node.children
        self.used(operator)
        for value in values:
            if value.startswith("!"):
                raise QuerySyntaxError(self.text, position(value), "a value of IN (…) cannot be negated")
            self.check_variable(value)
        among = tree.Among(str(key).lower(), tuple(_value(value) for value in values))
        return tree.Not(among) if negation is not None else among

    def variable(self, token: Any) -> Scope:
        self.check_variable(token)
        return tree.Variable(str(token)[1:])

    def tag(self, token: Any) -> Scope:
        self.check_variable(token)
        key, colon, value = str(token).partition(":")
        if not colon and "=" in key:
            name, _, rest = key.partition("=")
            problem = f"a tag is written with ':', as in {name.rstrip('!')}:{rest or 'value'}"
            raise QuerySyntaxError(self.text, position(token) + token.index("="), problem)
        if not colon:
            return tree.Tag("", key.lower())
        return tree.Tag(key.lower(), _value(value))

    def check_variable(self, token: Any) -> None:
        if "$" in token and not self.variables:
            raise QuerySyntaxError(
                self.text,
                position(token) + token.index("$"),
                f"'{token}' holds a template variable, which belongs to dashboards and not to monitors",
            )


def _is_variable(node: Any) -> bool:
    return bool(node.data == "template_variable")


def _value(text: str) -> str:
    """A tag's value as tags are kept: in lower case, without the quotes that some dashboards put around it."""
    bare = text.strip()
    if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "'\"":
        bare = bare[1:-1]
    return bare if "$" in bare else bare.lower()


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
