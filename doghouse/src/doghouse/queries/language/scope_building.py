"""Lark's tree of a scope → `queries.tree`, with the rules that a grammar does not hold: symbolic against functional operators, variables, values."""

from __future__ import annotations

from typing import Any

from doghouse.queries.errors import QuerySyntaxError
from doghouse.queries.language import tree
from doghouse.queries.language.tree import Scope

DEEPEST = 150  # levels of one expression, or of one scope


def position(node: Any) -> int:
    """Where a token or a tree begins in the text."""
    token_start = getattr(node, "start_pos", None)
    return int(token_start if token_start is not None else getattr(node.meta, "start_pos", 0))


class ScopeBuilder:
    """Builds scopes, and refuses the mixture of symbolic and functional operators (metrics/advanced-filtering: it cannot be used).

    A comma beside a template variable is no such mixture: Datadog's own dashboards have `model:a or model:b,$model`.
    GUESS: NOT binds before AND, AND before OR, as everywhere.
    """

    def __init__(self, text: str, *, variables: bool = True) -> None:
        self.text = text
        self.variables = variables
        self.operators: dict[str, Any] = {}

    def build(self, node: Any) -> Scope:
        """The scope that stands at this place of Lark's tree. Raises QuerySyntaxError."""
        built = self._scope(node)
        if len(self.operators) == 2:
            second = max(self.operators.values(), key=position)
            raise QuerySyntaxError(
                self.text,
                position(second),
                "symbolic operators (',' '!' '-') and functional ones (AND OR NOT IN) cannot be mixed in one scope",
            )
        return built

    def _used(self, token: Any) -> None:
        self.operators.setdefault("symbolic" if token in (",", "!", "-") else "functional", token)

    def _scope(self, node: Any, depth: int = 0) -> Scope:
        if depth > DEEPEST:
            raise QuerySyntaxError(self.text, position(node), f"the scope is more than {DEEPEST} levels deep")
        match node.data:
            case "either":
                return tree.AnyOf(self._chain(node, depth))
            case "both":
                return tree.AllOf(self._chain(node, depth))
            case "negated":
                self._used(node.children[0])
                return tree.Not(self._scope(node.children[1], depth + 1))
            case "inner":
                return self._scope(node.children[0], depth + 1)
            case "among":
                return self._among(node)
            case "everything":
                return tree.Everything()
            case "template_variable":
                return self._variable(node.children[0])
            case _:
                return self._tag(node.children[0])

    def _chain(self, node: Any, depth: int) -> tuple[Scope, ...]:
        """The operands of `a OR b OR c`, which the grammar nests to the left, however many they are."""
        kind, operands = node.data, []
        while node.data == kind:
            left, operator, right = node.children
            beside = left.children[2] if left.data == kind else left
            if operator != "," or not (_is_variable(beside) or _is_variable(right)):
                self._used(operator)
            operands.append(right)
            node = left
        return tuple(self._scope(operand, depth + 1) for operand in (node, *reversed(operands)))

    def _among(self, node: Any) -> Scope:
        key, negation, operator, *values = node.children
        self._used(operator)
        for value in values:
            if value.startswith("!"):
                raise QuerySyntaxError(self.text, position(value), "a value of IN (…) cannot be negated")
            self._check_variable(value)
        among = tree.Among(str(key).lower(), tuple(_value(value) for value in values))
        return tree.Not(among) if negation is not None else among

    def _variable(self, token: Any) -> Scope:
        self._check_variable(token)
        return tree.Variable(str(token)[1:])

    def _tag(self, token: Any) -> Scope:
        self._check_variable(token)
        key, colon, value = str(token).partition(":")
        if not colon and "=" in key:
            name, _, remainder = key.partition("=")
            problem = f"a tag is written with ':', as in {name.rstrip('!')}:{remainder or 'value'}"
            raise QuerySyntaxError(self.text, position(token) + token.index("="), problem)
        if not colon:
            return tree.Tag("", key.lower())
        return tree.Tag(key.lower(), _value(value))

    def _check_variable(self, token: Any) -> None:
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
