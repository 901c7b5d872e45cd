"""A syntax tree as text again, in one form: what answers name their series by."""

from __future__ import annotations

from collections.abc import Callable

from doghouse.queries.language import tree
from doghouse.queries.language.tree import Expression, MetricQuery, Scope


def scope_text(scope: Scope) -> str:
    """A scope as it would be written: `env:prod,!host:a` or `env:prod AND host IN (a,b)`."""
    return _scope(scope, symbolic=_is_symbolic(scope))


def _is_symbolic(scope: Scope) -> bool:
    """Whether it can be written with `,` and `!` alone."""
    match scope:
        case tree.AllOf(operands):
            return all(_is_symbolic(operand) and not isinstance(operand, tree.AllOf) for operand in operands)
        case tree.Not(operand):
            return isinstance(operand, tree.Tag | tree.Variable | tree.Everything)
        case tree.AnyOf() | tree.Among():
            return False
        case _:
            return True


def _scope(scope: Scope, *, symbolic: bool) -> str:
    match scope:
        case tree.Everything():
            return "*"
        case tree.Tag(key, value):
            return f"{key}:{value}" if key else value
        case tree.Variable(name):
            return f"${name}"
        case tree.Among(key, values):
            return f"{key} IN ({','.join(values)})"
        case tree.Not(tree.Among(key, values)):
            return f"{key} NOT IN ({','.join(values)})"
        case tree.Not(operand):
            return f"{'!' if symbolic else 'NOT '}{_inner(operand, symbolic)}"
        case tree.AllOf(operands):
            return ("," if symbolic else " AND ").join(_inner(operand, symbolic, tree.AnyOf) for operand in operands)
        case tree.AnyOf(operands):
            return " OR ".join(_scope(operand, symbolic=symbolic) for operand in operands)


def _inner(scope: Scope, symbolic: bool, *parenthesised: type) -> str:
    text = _scope(scope, symbolic=symbolic)
    return f"({text})" if isinstance(scope, parenthesised or (tree.AnyOf, tree.AllOf)) else text


def number_text(value: float) -> str:
    """A number without a needless point: 2, 0.5, 1e+20."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def argument_text(argument: tree.Expression | tree.Plain) -> str:
    """An argument of a function or a modifier."""
    match argument:
        case tree.Text(value):
            return f"'{value}'"
        case tree.Word(value):
            return value
        case tree.Keys(names):
            return f"{{{','.join(names)}}}"
        case _:
            return expression_text(argument)


def modifiers_text(modifiers: tuple[tree.Modifier, ...]) -> str:
    """`.rollup(avg,60).fill(zero)`."""
    return "".join(
        f".{modifier.name}({','.join(argument_text(a) for a in modifier.arguments)})" for modifier in modifiers
    )


def query_text(query: MetricQuery, scope: str | None = None) -> str:
    """A metric query. With `scope`, that of one group: its tags stand between the braces, and `by` is gone."""
    aggregator = f"{query.aggregator}:" if query.aggregator else ""
    by = f" by {{{','.join(query.by)}}}" if query.by and scope is None else ""
    return f"{aggregator}{query.metric}{{{scope_text(query.scope) if scope is None else scope}}}{by}{modifiers_text(query.modifiers)}"


def expression_text(expression: Expression, write: Callable[[MetricQuery], str] = query_text) -> str:
    """An expression; `write` is how a metric query in it is written."""
    match expression:
        case tree.MetricQuery():
            return write(expression)
        case tree.Number(value):
            return number_text(value)
        case tree.Arithmetic(operator, left, right):
            return f"({expression_text(left, write)} {operator} {expression_text(right, write)})"
        case tree.Negative(operand):
            return f"-{expression_text(operand, write)}"
        case tree.Modified(operand, modifiers):
            return f"{expression_text(operand, write)}{modifiers_text(modifiers)}"
        case tree.Variable(name):
            return name
        case tree.Search(text):
            return text
        case tree.Call(function, arguments, named):
            texts = [
                argument_text(argument) if isinstance(argument, tree.Plain) else expression_text(argument, write)
                for argument in arguments
            ]
            texts += [f"{name}={argument_text(value)}" for name, value in named]
            return f"{function}({', '.join(texts)})"
