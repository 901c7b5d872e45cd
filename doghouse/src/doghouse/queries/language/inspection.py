"""What stands in an expression: its metric queries, the functions it uses, what it groups by, which tags it asks for."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.queries.functions import catalogue
from doghouse.queries.language import tree
from doghouse.queries.language.tree import Expression, MetricQuery, Scope


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and every expression inside it, outer ones first, left to right."""
    yield expression
    for inner in children(expression):
        yield from walk(inner)


def children(expression: Expression) -> tuple[Expression, ...]:
    """The expressions directly inside it."""
    match expression:
        case tree.Arithmetic(_, left, right):
            return (left, right)
        case tree.Negative(operand) | tree.Modified(operand, _):
            return (operand,)
        case tree.Call(_, arguments, named):
            operands = (*arguments, *(value for _, value in named))
            return tuple(argument for argument in operands if not isinstance(argument, tree.Plain))
        case _:
            return ()


def metric_queries(expression: Expression) -> tuple[MetricQuery, ...]:
    """Its metric queries, left to right."""
    return tuple(part for part in walk(expression) if isinstance(part, MetricQuery))


def function_names(expression: Expression) -> tuple[str, ...]:
    """The names of the functions and modifiers it uses, each once, outer ones first."""
    names: list[str] = []
    for part in walk(expression):
        if isinstance(part, tree.Call):
            names.append(part.function)
        if isinstance(part, MetricQuery | tree.Modified):
            names.extend(modifier.name for modifier in part.modifiers)
    return tuple(dict.fromkeys(names))


def group_keys(expression: Expression) -> tuple[str, ...]:
    """The keys of every `by` in it, each once, in the order they are written; of a further layer of space aggregation, the keys of that."""
    match expression:
        case MetricQuery():
            return expression.by
        case tree.Call(_, (*_, tree.Keys(names))):
            return names
        case _:
            return tuple(dict.fromkeys(key for inner in children(expression) for key in group_keys(inner)))


def result_keys(expression: Expression) -> tuple[str, ...]:
    """The keys that its series are grouped by: `group_keys`, but for the functions that give one series whatever the groups."""
    match expression:
        case tree.Call(function) if catalogue()[function].one_series:
            return ()
        case MetricQuery() | tree.Call(_, (*_, tree.Keys())):
            return group_keys(expression)
        case _:
            return tuple(dict.fromkeys(key for inner in children(expression) for key in result_keys(inner)))


def scope_tags(expression: Expression | Scope) -> tuple[str, ...]:
    """The tags that its scopes ask for, sorted: `host:a`; not those excluded, nor those with wildcards. [] for `{*}`."""
    if isinstance(expression, Scope):
        scopes: tuple[Scope, ...] = (expression,)
    else:
        scopes = tuple(query.scope for query in metric_queries(expression))
    return tuple(sorted({tag for scope in scopes for tag in _tags(scope)}))


def _tags(scope: Scope) -> Iterator[str]:
    match scope:
        case tree.Tag(key, value):
            if "*" not in value and "$" not in value:
                yield f"{key}:{value}" if key else value
        case tree.Among(key, values):
            yield from (f"{key}:{value}" for value in values if "$" not in value)
        case tree.AllOf(operands) | tree.AnyOf(operands):
            for operand in operands:
                yield from _tags(operand)
        case _:
            return


def variables(expression: Expression) -> tuple[str, ...]:
    """The names of the template variables it holds (without `$`), sorted. In a formula: of its queries."""
    names: set[str] = set()
    for part in walk(expression):
        if isinstance(part, tree.Variable):
            names.add(part.name)
        if isinstance(part, MetricQuery):
            names.update(key[1:] for key in part.by if key.startswith("$"))
            names.update(_scope_variables(part.scope))
    return tuple(sorted(names))


def _scope_variables(scope: Scope) -> Iterator[str]:
    match scope:
        case tree.Variable(name):
            yield name
        case tree.Tag(_, value) if "$" in value:
            yield value[value.index("$") + 1 :]
        case tree.Among(_, values):
            yield from (value[value.index("$") + 1 :] for value in values if "$" in value)
        case tree.Not(operand):
            yield from _scope_variables(operand)
        case tree.AllOf(operands) | tree.AnyOf(operands):
            for operand in operands:
                yield from _scope_variables(operand)
        case _:
            return
