"""Whether a function or a modifier is called as it can be: known, with arguments of the right number and kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from doghouse.queries import tree
from doghouse.queries.catalogue import DIRECTIONS, Function, Parameter, catalogue, sugar
from doghouse.queries.names import FILLS, MODIFIERS, ROLLUP_METHODS, percentile, unknown
from doghouse.queries.printing import number_text
from doghouse.queries.rollups import RollupError, rollup_setting
from doghouse.queries.spans import SHIFT, SpanError, length_seconds, positive_seconds, whole_seconds
from doghouse.time.zones import is_zone


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a call, and with which of its arguments (by position; None: with the name)."""

    text: str
    argument: int | None = None


def check_call(call: tree.Call) -> Problem | None:
    """What is wrong with a function's call, or None."""
    function = catalogue().get(call.function)
    if function is None:
        ranking = call.function.startswith(("top", "bottom")) and any(sign.isdigit() for sign in call.function)
        return Problem(unknown("function", call.function, (one for one in catalogue() if ranking or not sugar(one))))
    needed = sum(not one.optional for one in function.parameters)
    given = len(call.arguments)
    if not needed <= given <= len(function.parameters):
        return Problem(
            f"{call.function}() takes {_count(needed, len(function.parameters))}, as in {function.signature}; {given} given"
        )
    for place, (parameter, argument) in enumerate(zip(function.parameters, call.arguments, strict=False)):
        if problem := _check_argument(call.function, parameter, argument):
            return Problem(problem, place)
    return _check_values(call) or _check_named(function, call)


def _check_values(call: tree.Call) -> Problem | None:
    """What cannot be said of an argument by its kind alone."""
    match call:
        case tree.Call("calendar_shift", (_, tree.Text(value) | tree.Word(value), *zone)):
            if not SHIFT.fullmatch(value):
                return Problem(f"'{value}' is no shift of calendar_shift(): it is -1d, -7d, -2w or -1mo", 1)
            if zone and isinstance(zone[0], tree.Text | tree.Word) and not is_zone(zone[0].value):
                return Problem(f"'{zone[0].value}' is no time zone of the IANA database, as 'Europe/Paris' is", 2)
        case tree.Call("rollup", (_, _, tree.Number(value))):
            return _length("rollup()", positive_seconds, value, 2)
        case tree.Call("moving_rollup", (_, tree.Number(value), *_)):
            return _length("moving_rollup()", positive_seconds, value, 1)
        case tree.Call("timeshift", (_, tree.Number(value))):
            return _length("timeshift()", whole_seconds, value, 1)
        case tree.Call("top", (_, tree.Number(value), *_)):
            if value < 1 or value != int(value):
                return Problem(f"top() takes a whole number here, 1 or more; {value:g} given", 1)
        case tree.Call("anomalies", (_, _, tree.Number(value))):
            if value <= 0:
                return Problem(f"anomalies() takes bounds above 0, as 2; {value:g} given", 2)
    return None


def _length(what: str, read: Callable[[float], int], value: float, place: int) -> Problem | None:
    try:
        read(value)
    except SpanError as error:
        return Problem(f"{what} {error}", place)
    return None


def _check_named(function: Function, call: tree.Call) -> Problem | None:
    for place, (name, _) in enumerate(call.named, start=len(call.arguments)):
        if name not in function.named:
            known = unknown("argument", name, function.named) if function.named else f"it has no argument '{name}'"
            return Problem(f"{call.function}(): {known}", place)
    return _check_lengths(call)


def _check_lengths(call: tree.Call) -> Problem | None:
    """The alert window and interval of anomalies() are lengths of time, its direction is one of three."""
    for place, (name, value) in enumerate(call.named, start=len(call.arguments)):
        if name == "direction" and isinstance(value, tree.Text | tree.Word) and value.value not in DIRECTIONS:
            return Problem(f"anomalies(): {unknown('direction', value.value, DIRECTIONS)}", place)
        if name not in ("alert_window", "interval") or call.function != "anomalies":
            continue
        if not isinstance(value, tree.Text | tree.Word | tree.Number):
            return Problem(f"anomalies(): {name} is a length of time, as 'last_15m' or 60", place)
        try:
            length_seconds(number_text(value.value) if isinstance(value, tree.Number) else value.value)
        except SpanError as error:
            return Problem(f"anomalies(): {name}: {error}", place)
    return None


def _count(least: int, most: int) -> str:
    if least == most:
        return "1 argument" if least == 1 else f"{least} arguments"
    return f"{least} to {most} arguments"


def _check_argument(function: str, parameter: Parameter, argument: tree.Expression | tree.Plain) -> str | None:
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


__all__ = ["ROLLUP_METHODS", "Problem", "check_call", "check_modifier"]
