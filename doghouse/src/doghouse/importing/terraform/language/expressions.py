"""Works out Terraform's expressions: what is known becomes a value, what is not becomes Unknown with its reason.

The operators are those of HCL's specification (hashicorp/hcl, hclsyntax/spec.md). Values of maps and sets are visited in the order of their keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from doghouse.importing.terraform.language import functions
from doghouse.importing.terraform.language.rendering import rendered
from doghouse.importing.terraform.language.scope import Scope, arithmetic, member, named, names_of_template
from doghouse.importing.terraform.language.syntax import Expression, SyntaxProblemError, call, trees
from doghouse.importing.terraform.language.templates import heredoc, quoted, template
from doghouse.importing.terraform.language.values import (
    Unknown,
    Value,
    WrongError,
    items,
    number,
    text,
    truth,
    unknowns,
)
from doghouse.importing.terraform.language.work import TooMuchError


def evaluate(expression: Expression, scope: Scope) -> Value:
    """An expression's value; unknown where it is. Raises WrongError."""
    try:
        return _value(expression.tree, scope)
    except RecursionError:
        raise WrongError("the expression is nested too deeply") from None
    except ZeroDivisionError:
        raise WrongError(f"{expression.text} divides by zero") from None
    except SyntaxProblemError as error:  # a heredoc and a file of templatefile() are parsed when they are worked out
        raise WrongError(error.text) from None


def _value(node: Any, scope: Scope) -> Value:
    scope.work.spend(1)
    return _NODES[node.data](node, trees(node), scope)


def _heredoc(node: Any, inner: Sequence[Any], scope: Scope) -> Value:
    return rendered(heredoc(str(node.children[0])), scope, _value)


def _unary(node: Any, inner: Sequence[Any], scope: Scope) -> Value:
    value = _value(inner[-1], scope)
    if isinstance(value, Unknown):
        return value
    return -number(value) if str(node.children[0]) == "-" else not truth(value)


def _binary(node: Any, inner: Sequence[Any], scope: Scope) -> Value:
    first, term = inner
    operator_node, second = trees(term)
    operator = str(operator_node.children[0]).strip().split("\n")[-1].strip()
    left = _value(first, scope)
    if operator in ("&&", "||"):
        return _logic(operator, left, second, scope)
    right = _value(second, scope)
    if reason := next((unknown for value in (left, right) for unknown in unknowns(value)), None):
        return reason
    return arithmetic(operator, left, right)


def _logic(operator: str, left: Value, second: Any, scope: Scope) -> Value:
    decides = operator == "||"
    if not isinstance(left, Unknown) and truth(left) is decides:
        return decides
    right = _value(second, scope)
    if not isinstance(right, Unknown) and truth(right) is decides:
        return decides
    return left if isinstance(left, Unknown) else right if isinstance(right, Unknown) else truth(right)


def _conditional(node: Any, inner: Sequence[Any], scope: Scope) -> Value:
    condition, yes, no = inner
    value = _value(condition, scope)
    if isinstance(value, Unknown):
        return value
    return _value(yes if truth(value) else no, scope)


def _object(node: Any, inner: Sequence[Any], scope: Scope) -> Value:
    members = {}
    for element in inner:
        key_node, value_node = trees(element)
        key = _key(key_node.children[0], scope)
        if isinstance(key, Unknown):
            return key
        members[text(key)] = _value(value_node, scope)
    return scope.work.within(members)


def _key(node: Any, scope: Scope) -> Value:
    """An object's key: a bare name is itself; what stands in parentheses is worked out."""
    if node.data == "keyword":
        return str(node.children[0])
    first = node.children[0]
    if getattr(first, "data", "") in ("identifier", "literal_value"):
        return str(first.children[0])
    return _value(node, scope)


def _member(node: Any, inner: Sequence[Any], scope: Scope) -> Value:
    return _access(_value(inner[0], scope), inner[1], scope)


def _access(value: Value, access: Any, scope: Scope) -> Value:
    if access.data == "get_attr":
        return member(value, str(trees(access)[0].children[0]))
    if access.data == "short_index":
        return member(value, number(str(access.children[1])))
    key = _value(trees(access)[0], scope)
    return key if isinstance(key, Unknown) else member(value, key)


def _splat(node: Any, inner: Sequence[Any], scope: Scope) -> Value:
    value = _value(inner[0], scope)
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, list):
        value = [] if value is None else [value]
    scope.work.spend(len(value))
    values = []
    for element in value:
        for access in trees(inner[1]):
            element = _access(element, access, scope)
        values.append(element)
    return values


def _for(node: Any, inner: Sequence[Any], scope: Scope) -> Value:
    intro, *parts = inner
    *names, collection = trees(intro)
    condition = next((part for part in parts if part.data == "for_cond"), None)
    results = [part for part in parts if part.data != "for_cond"]
    values = _value(collection, scope)
    if isinstance(values, Unknown):
        return values
    words = [str(name.children[0]) for name in names]
    scopes = [scope.having(named(words, key, value)) for key, value in items(values)]
    if condition is not None:
        matching = []
        for loop_scope in scopes:
            holds = _value(trees(condition)[-1], loop_scope)
            if isinstance(holds, Unknown):
                return holds
            if truth(holds):
                matching.append(loop_scope)
        scopes = matching
    if len(results) == 1:
        return scope.work.within([_value(results[0], loop_scope) for loop_scope in scopes])
    return scope.work.within(_object_of(results, scopes, any(str(child) == "..." for child in node.children)))


def _object_of(results: Sequence[Any], scopes: Sequence[Scope], grouped: bool) -> Value:
    members: dict[str, Value] = {}
    for scope in scopes:
        key, value = (_value(node, scope) for node in results)
        if isinstance(key, Unknown):
            return key
        name = text(key)
        if grouped:
            members.setdefault(name, []).append(value)
        elif name in members:
            raise WrongError(f"two elements of a 'for' have the key '{name}'")
        else:
            members[name] = value
    return members


def _call(node: Any, inner: Sequence[Any], scope: Scope) -> Value:
    name, nodes = call(node)
    if name in ("try", "can"):
        return _tried(name, nodes, scope)
    values = [_value(node, scope) for node in nodes]
    if any(str(child) == "..." for child in inner[-1].children):
        if isinstance(values[-1], Unknown):
            return values[-1]
        if not isinstance(values[-1], list):
            raise WrongError(f"{name}(): what stands before '...' is no list")
        values[-1:] = values[-1]
    if name in ("templatefile", "templatestring"):
        return _template(name, values, scope)
    scope.work.inspect(values)
    return scope.work.within(functions.call(name, values, scope.folder))


def _tried(name: str, nodes: Sequence[Any], scope: Scope) -> Value:
    for node in nodes:
        try:
            value = _value(node, scope)
        except TooMuchError:
            raise
        except WrongError:
            continue
        return True if name == "can" and not isinstance(value, Unknown) else value
    if name == "can":
        return False
    raise WrongError("try(): none of its arguments can be worked out")


def _template(name: str, values: Sequence[Value], scope: Scope) -> Value:
    """templatefile() and templatestring(): a file's text, or a text, with what it may name."""
    if len(values) != 2:
        raise WrongError(f"{name}(): takes a {name.removeprefix('template')} and an object with what it names")
    if reason := next((value for value in values if isinstance(value, Unknown)), None):
        return reason
    if name == "templatestring":
        return rendered(template(text(values[0])), names_of_template(name, "the text", values[1], scope), _value)
    source = functions.call("file", values[:1], scope.folder)
    if isinstance(source, Unknown):
        return source
    return rendered(template(source), names_of_template(name, values[0], values[1], scope), _value)


def _templates(value: Any, scope: Scope) -> Value:
    scope.work.spend(1)
    if isinstance(value, str):
        return rendered(template(value), scope, _value) if "{" in value else value
    if isinstance(value, list):
        return [_templates(element, scope) for element in value]
    if isinstance(value, dict):
        return {text(_templates(key, scope)): _templates(inner, scope) for key, inner in value.items()}
    return number(value) if isinstance(value, float) else value


_LITERALS = {"true": True, "false": False, "null": None}
_NODES: Mapping[str, Callable[[Any, Sequence[Any], Scope], Value]] = {
    # a value of the JSON syntax: its texts are templates, the keys of its objects too
    "json": lambda node, inner, scope: node.value if node.plain else _templates(node.value, scope),
    "expr_term": lambda node, inner, scope: _value(inner[0], scope),
    "literal_value": lambda node, inner, scope: _LITERALS[str(node.children[0])],
    "identifier": lambda node, inner, scope: scope(str(node.children[0])),
    "int_lit": lambda node, inner, scope: number(str(node.children[0])),
    "float_lit": lambda node, inner, scope: number(str(node.children[0])),
    "string": lambda node, inner, scope: rendered(quoted(node), scope, _value),
    "template_string": lambda node, inner, scope: str(node.children[0])[2:-2],
    "heredoc_template": _heredoc,
    "heredoc_template_trim": _heredoc,
    "unary_op": _unary,
    "binary_op": _binary,
    "conditional": _conditional,
    "tuple": lambda node, inner, scope: scope.work.within([_value(element, scope) for element in inner]),
    "object": _object,
    "get_attr_expr_term": _member,
    "index_expr_term": _member,
    "attr_splat_expr_term": _splat,
    "full_splat_expr_term": _splat,
    "for_tuple_expr": _for,
    "for_object_expr": _for,
    "function_call": _call,
}
