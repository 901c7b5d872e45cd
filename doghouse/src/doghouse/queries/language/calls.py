"""Whether a function or a modifier is called as it can be: known, with arguments of the right number and kind."""

from __future__ import annotations

from collections.abc import Callable
from string import digits

from msgspec import Struct

from doghouse.queries.functions import Function, Parameter, catalogue
from doghouse.queries.language import tree
from doghouse.queries.language.inspection import children, function_names
from doghouse.queries.language.names import FILLS, MODIFIERS, percentile, unknown
from doghouse.queries.language.printing import number_text
from doghouse.queries.language.rollups import RollupError, rollup_setting
from doghouse.queries.language.spans import SpanError, length_seconds, whole_seconds


class Problem(Struct, frozen=True):
    """What is wrong with a call, and with which of its arguments (by position; None: with the name)."""

    text: str
    argument: int | None = None


def check_call(call: tree.Call) -> Problem | None:
    """What is wrong with a function's call, or None."""
    function = catalogue().get(call.function)
    if function is None:
        ranking = call.function.startswith(("top", "bottom")) and not set(digits).isdisjoint(call.function)
        return Problem(
            unknown(
                "function",
                call.function,
                (parameter.name for parameter in catalogue().values() if ranking or not parameter.short),
            )
        )
    needed = sum(not parameter.optional for parameter in function.parameters)
    count = len(call.arguments)
    if not needed <= count <= len(function.parameters):
        return Problem(
            f"{call.function}() takes {_count(needed, len(function.parameters))}, as in {function.signature}; {count} given"
        )
    given_to = list(zip(function.parameters, call.arguments, strict=False))
    for place, (parameter, argument) in enumerate(given_to):
        if problem := _check_kind(call.function, parameter, argument):
            return Problem(problem, place)
    for place, (parameter, argument) in enumerate(given_to):
        if problem := _check_value(call.function, parameter, argument):
            return Problem(problem, place)
    inside = [name for argument in children(call) for name in function_names(argument)]
    if refused := [name for name in inside if name in function.refused_inside]:
        return Problem(f"{refused[0]}() cannot be used inside {call.function}()", 0)
    return _check_named(function, call)


def _check_value(function: str, parameter: Parameter, argument: tree.Expression | tree.Plain) -> str | None:
    """What cannot be said of an argument by its kind alone."""
    if parameter.check is None or not isinstance(argument, tree.Argument):
        return None
    return parameter.check(function, argument.value)


def _check_named(function: Function, call: tree.Call) -> Problem | None:
    known = {parameter.name: parameter for parameter in function.named}
    arguments = list(enumerate(call.named, start=len(call.arguments)))
    for place, (name, _) in arguments:
        if name not in known:
            text = unknown("argument", name, known) if known else f"it has no argument '{name}'"
            return Problem(f"{call.function}(): {text}", place)
    for place, (name, value) in arguments:
        check = _check_length if known[name].kind == "length" else _check_value
        if problem := check(call.function, known[name], value):
            return Problem(problem, place)
    return None


def _check_length(function: str, parameter: Parameter, argument: tree.Expression | tree.Plain) -> str | None:
    if not isinstance(argument, tree.Argument):
        return f"{function}(): {parameter.name} is a length of time, as 'last_15m' or 60"
    try:
        length_seconds(number_text(argument.value) if isinstance(argument, tree.Number) else argument.value)
    except SpanError as error:
        return f"{function}(): {parameter.name}: {error}"
    return None


def _count(least: int, most: int) -> str:
    if least == most:
        return "1 argument" if least == 1 else f"{least} arguments"
    return f"{least} to {most} arguments"


def _check_kind(function: str, parameter: Parameter, argument: tree.Expression | tree.Plain) -> str | None:
    if parameter.kind == "query":
        wrong = isinstance(argument, tree.Plain)
        return f"{function}() takes a query here, as in avg:my_metric{{*}}" if wrong else None
    if parameter.kind == "number":
        wrong = not isinstance(argument, tree.Number)
        return f"{function}() takes a number here ({parameter.name})" if wrong else None
    if parameter.kind == "keys":
        wrong = not isinstance(argument, tree.Keys)
        return f"{function}() takes the keys to group by in braces here, as in {{env}}" if wrong else None
    if not isinstance(argument, tree.Text | tree.Word):
        return f"{function}() takes a text in quotes here ({parameter.name})"
    if parameter.percentiles and percentile(argument.value.lower()) is not None:
        return None
    if parameter.choices and argument.value.lower() not in {choice.lower() for choice in parameter.choices}:
        return f"{function}(): {unknown(parameter.name, argument.value, parameter.choices)}"
    return None


def check_modifier(modifier: tree.Modifier) -> Problem | None:
    """What is wrong with a modifier, or None."""
    if modifier.name not in MODIFIERS:
        if function := catalogue().get(modifier.name):
            return Problem(f"'{modifier.name}' is a function and stands around its query, as in {function.signature}")
        return Problem(unknown("modifier", modifier.name, MODIFIERS))
    if modifier.name == "rollup":
        return _check_rollup(modifier)
    if modifier.name == "fill":
        return _check_fill(modifier)
    return Problem(f".{modifier.name}() takes no arguments", 0) if modifier.arguments else None


def _length(what: str, read: Callable[[float], int], value: float, place: int) -> Problem | None:
    try:
        read(value)
    except SpanError as error:
        return Problem(f"{what} {error}", place)
    return None


def _check_rollup(modifier: tree.Modifier) -> Problem | None:
    try:
        rollup_setting(modifier)
    except RollupError as error:
        return Problem(str(error), error.argument)
    return None


def _check_fill(modifier: tree.Modifier) -> Problem | None:
    match modifier.arguments:
        case (tree.Word(value) | tree.Text(value), *limit):
            if value not in FILLS:
                return Problem(unknown("fill", value, FILLS), 0)
        case (tree.Number(seconds), *limit) if seconds >= 0:
            if problem := _length(".fill()", whole_seconds, seconds, 0):
                return problem
        case _:
            return Problem(f".fill() takes {', '.join(FILLS)} or 0, and a limit in seconds, as in .fill(last, 600)")
    match limit:
        case []:
            return None
        case [tree.Number(seconds)] if seconds >= 0:
            return _length(".fill()", whole_seconds, seconds, 1)
        case _:
            return Problem(".fill() takes a limit in seconds after the method, as in .fill(last, 600)", 1)
