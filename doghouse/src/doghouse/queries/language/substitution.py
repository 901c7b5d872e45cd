"""Template variables given their values, as a dashboard does before it asks (dashboards/template_variables)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import overload

from msgspec import Struct
from msgspec.structs import replace

from doghouse.queries.language import tree
from doghouse.queries.language.parser import parse
from doghouse.queries.language.printing import expression_text
from doghouse.queries.language.tree import Expression, Leaf, MetricQuery, Scope


class Chosen(Struct, frozen=True):
    """A template variable: the tag key it stands for (`prefix`; empty: its values are whole tags) and the values chosen. `*` or none at all filters nothing.

    `keyed`: `$env` brings that key along, wherever it stands.
    """

    prefix: str
    values: tuple[str, ...] = ("*",)
    keyed: bool = True

    def whole(self, value: str) -> str:
        """What `$env` is for one of its values: `env:prod`."""
        return f"{self.prefix}:{value}" if self.keyed and self.prefix else value


Variables = Mapping[str, Chosen]


def chosen(prefix: str | None, values: Sequence[str] | str) -> Chosen:
    """A variable from what a dashboard keeps: its `prefix` and the value or values chosen."""
    return Chosen(prefix or "", (values,) if isinstance(values, str) else tuple(values))


@overload
def substitute(query: str, values: Variables) -> str: ...
@overload
def substitute(query: Expression, values: Variables) -> Expression: ...
def substitute(query: str | Expression, values: Variables) -> str | Expression:
    """The query with every variable of `values` replaced: `$env` by `env:prod` (several values by OR, `*` by no filter), `$env.value` by `prod`.

    So `env:$env` becomes `env:env:prod`, which matches nothing, as in Datadog (integrations-core pull request 24704).

    A variable that `values` does not have stays. Raises QuerySyntaxError where a text does not parse.
    """
    if isinstance(query, str):
        return ",".join(expression_text(_expression(expression, values)) for expression in parse(query))
    return _expression(query, values)


def _expression(expression: Expression, values: Variables) -> Expression:
    def change(leaf: Leaf) -> Expression:
        if not isinstance(leaf, MetricQuery):
            return leaf
        return replace(leaf, scope=_simplify(_scope(leaf.scope, values)), by=_keys(leaf.by, values))

    return tree.map_leaves(expression, change)


def _find(name: str, values: Variables) -> Chosen | None:
    """The variable of that name; `.value` and `.key` behind it say what of it is meant."""
    if name in values:
        return values[name]
    stem, dot, what = name.rpartition(".")
    return values.get(stem) if dot and what in ("value", "key") else None


def _keys(keys: tuple[str, ...], values: Variables) -> tuple[str, ...]:
    """Group-by keys: a variable gives its prefix, or its values where it has none (a group-by template variable)."""
    named: list[str] = []
    for key in keys:
        variable = _find(key[1:], values) if key.startswith("$") else None
        if variable is None:
            named.append(key)
        elif variable.prefix:
            named.append(variable.prefix)
        else:
            named.extend(value for value in variable.values if value != "*")
    return tuple(dict.fromkeys(named))


def _scope(scope: Scope, values: Variables) -> Scope:
    match scope:
        case tree.Variable(name):
            variable = _find(name, values)
            return scope if variable is None else _filter(variable.prefix, variable)
        case tree.Tag(key, value) if "$" in value:
            return _tag(key, value, values)
        case tree.Among(key, listed):
            return _among(key, listed, values)
        case tree.Not(operand):
            inner = _scope(operand, values)
            return tree.Everything() if isinstance(inner, tree.Everything) and operand != inner else tree.Not(inner)
        case tree.AllOf(operands):
            return tree.AllOf(tuple(_scope(operand, values) for operand in operands))
        case tree.AnyOf(operands):
            return tree.AnyOf(tuple(_scope(operand, values) for operand in operands))
        case _:
            return scope


def _filter(key: str, variable: Chosen, before: str = "", after: str = "") -> Scope:
    """`key:value` for each value chosen, joined by OR; `*` alone filters nothing."""
    if not variable.values or ("*" in variable.values and not (before or after)):
        return tree.Everything()
    tags: list[Scope] = []
    for value in variable.values:
        if not key and ":" in value:
            tag_key, _, bare = value.partition(":")
            tags.append(tree.Tag(tag_key.lower(), bare.lower()))
        else:
            tags.append(tree.Tag(key, f"{before}{value.lower()}{after}"))
    return tags[0] if len(tags) == 1 else tree.AnyOf(tuple(tags))


def _tag(key: str, value: str, values: Variables) -> Scope:
    """`key:before$var.valueafter`."""
    before, _, tail = value.partition("$")
    for name in sorted(values, key=len, reverse=True):
        for form in (f"{name}.value", name):
            if tail == form or (tail.startswith(form) and not _continues(tail[len(form) :])):
                variable = values[name]
                if form == name and "*" not in variable.values:
                    variable = replace(variable, values=tuple(map(variable.whole, variable.values)))
                return _filter(key, variable, before, tail[len(form) :])
    return tree.Tag(key, value)


def _continues(tail: str) -> bool:
    """Whether what follows a variable's name belongs to the name."""
    return tail[0].isalnum() or tail[0] == "_"


def _among(key: str, listed: tuple[str, ...], values: Variables) -> Scope:
    named: list[str] = []
    for value in listed:
        variable = _find(value[1:], values) if value.startswith("$") else None
        if variable is None:
            named.append(value)
        elif not variable.values or "*" in variable.values:
            return tree.Everything()
        else:
            named.extend(variable.values if value.endswith(".value") else map(variable.whole, variable.values))
    return tree.Among(key, tuple(named))


def _simplify(scope: Scope) -> Scope:
    """Without the parts that filter nothing, as `*` chosen in a variable leaves them, and as flat as the parser would have it."""
    match scope:
        case tree.AllOf(operands):
            parts = _flat(
                tree.AllOf,
                [operand for operand in map(_simplify, operands) if not isinstance(operand, tree.Everything)],
            )
            return parts[0] if len(parts) == 1 else tree.AllOf(parts) if parts else tree.Everything()
        case tree.AnyOf(operands):
            simple = _flat(tree.AnyOf, [_simplify(operand) for operand in operands])
            return (
                tree.Everything()
                if any(isinstance(operand, tree.Everything) for operand in simple)
                else tree.AnyOf(simple)
            )
        case _:
            return scope


def _flat(kind: type[tree.AllOf] | type[tree.AnyOf], operands: Sequence[Scope]) -> tuple[Scope, ...]:
    """The operands, with those of an operand of the same kind in its place."""
    inner: list[Scope] = []
    for operand in operands:
        inner += operand.operands if isinstance(operand, kind) else [operand]
    return tuple(inner)
