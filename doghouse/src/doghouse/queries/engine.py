"""Evaluates a tree: metric queries become frames, functions and arithmetic work on frames, a frame becomes the answer's series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from doghouse.metrics.model import Source
from doghouse.queries import tree
from doghouse.queries.arithmetic import Value, combine, negated
from doghouse.queries.catalogue import catalogue, sugar
from doghouse.queries.frames import Frame
from doghouse.queries.inspection import result_keys
from doghouse.queries.labels import result_series
from doghouse.queries.library import FRAME_FUNCTIONS, anomalies, nesting
from doghouse.queries.library.filling import default_value
from doghouse.queries.library.ranking import top
from doghouse.queries.library.rates import WORK, over_frame, per_series
from doghouse.queries.library.shifting import calendar_shift
from doghouse.queries.library.smoothing import moving_rollup
from doghouse.queries.model import ResultSeries, Window
from doghouse.queries.problems import NotEvaluated
from doghouse.queries.rollups import custom_interval
from doghouse.queries.scene import Scene
from doghouse.queries.selecting import query_frame
from doghouse.queries.tree import Call, Expression

# timeshift.md: a month is 28 days
SHIFTS = {"hour_before": -3600, "day_before": -86_400, "week_before": -604_800, "month_before": -2_419_200}


def run(expression: Expression, source: Source, window: Window) -> list[ResultSeries]:
    """See `evaluation.evaluate`."""
    if window.end <= window.start:
        return []
    return result_series(expression, frame_of(expression, Scene.of(source, window)))


def frame_of(expression: Expression, scene: Scene) -> Frame:
    """What an expression is worth, which has a metric in it. Raises NotEvaluated."""
    value = worth(expression, scene)
    if not isinstance(value, Frame):
        raise NotEvaluated("an expression without a metric")
    return value


def worth(expression: Expression, scene: Scene) -> Value:
    """What an expression is worth: a frame, or a number where there is no metric in it."""
    match expression:
        case tree.MetricQuery():
            return query_frame(expression, scene)
        case tree.Number(value):
            return value
        case tree.Arithmetic(operator, left, right):
            return combine(operator, worth(left, scene.inside()), worth(right, scene.inside()))
        case tree.Negative(operand):
            return negated(worth(operand, scene.inside()))
        case tree.Modified(operand, modifiers):
            return worth(handed_down(operand, modifiers), scene)
        case tree.Call():
            return called(expression, scene.inside())
        case tree.Variable(name):
            raise NotEvaluated(f"'{name}', which is no query")
        case tree.Search(text):
            raise NotEvaluated(f"searches of events ({text}), only metric queries")


def handed_down(expression: Expression, modifiers: tuple[tree.Modifier, ...]) -> Expression:
    """The expression with the modifiers behind each of its metric queries."""
    match expression:
        case tree.MetricQuery():
            return replace(expression, modifiers=expression.modifiers + modifiers)
        case tree.Arithmetic(operator, left, right):
            return tree.Arithmetic(operator, handed_down(left, modifiers), handed_down(right, modifiers))
        case tree.Negative(operand):
            return tree.Negative(handed_down(operand, modifiers))
        case tree.Modified(operand, inner):
            return tree.Modified(handed_down(operand, modifiers), inner)
        case tree.Call(function, arguments, named):
            given = (one if isinstance(one, tree.Plain) else handed_down(one, modifiers) for one in arguments)
            return tree.Call(function, tuple(given), named)
        case _:
            return expression


def called(call: Call, scene: Scene) -> Value:
    """What a function makes of its arguments."""
    if catalogue()[call.function].evaluated == "no":
        raise NotEvaluated(f"{call.function}()")
    query = call.arguments[0]
    assert not isinstance(query, tree.Plain)
    if call.function in SHIFTS:
        return worth(query, scene.shifted(SHIFTS[call.function]))
    if call.function in WORK:
        return _difference(call, query, scene)
    if special := SPECIAL.get(call.function):
        return special(call, query, scene)
    return plain_call(call, worth(query, scene))


def plain_call(call: Call, value: Value) -> Frame:
    """What a function makes of its first argument's worth, where that and its plain arguments are all it needs."""
    frame = _framed(call, value)
    if not frame.groups:
        return frame
    if ranking := sugar(call.function):
        return top(frame, *ranking)
    return FRAME_FUNCTIONS[call.function](frame, *(_plain(one) for one in call.arguments[1:]))


def _frame(call: Call, query: Expression, scene: Scene) -> Frame:
    return _framed(call, worth(query, scene))


def _framed(call: Call, value: Value) -> Frame:
    if not isinstance(value, Frame):
        raise NotEvaluated(f"{call.function}() of a number without a metric")
    return value


def _plain(argument: Expression | tree.Plain) -> float | str:
    assert isinstance(argument, tree.Number | tree.Text | tree.Word)  # the parser has checked it
    return argument.value


def _number(call: Call, place: int) -> float:
    return float(_plain(call.arguments[place]))


def _text(call: Call, place: int, default: str) -> str:
    return str(_plain(call.arguments[place])).lower() if len(call.arguments) > place else default


def _difference(call: Call, query: Expression, scene: Scene) -> Value:
    if isinstance(query, tree.MetricQuery):
        return query_frame(query, scene, per_series(call.function))
    return over_frame(call.function, _frame(call, query, scene))


def _timeshift(call: Call, query: Expression, scene: Scene) -> Value:
    return worth(query, scene.shifted(int(_number(call, 1))))


def _calendar_shift(call: Call, query: Expression, scene: Scene) -> Value:
    zone = str(_plain(call.arguments[2])) if len(call.arguments) > 2 else "UTC"
    return calendar_shift(lambda moved: _frame(call, query, moved), scene, str(_plain(call.arguments[1])), zone)


def _moving_rollup(call: Call, query: Expression, scene: Scene) -> Value:
    """Points before the window count too. GUESS: the page says 'the last X seconds', not 'of the window'; without a method it averages."""
    seconds = int(_number(call, 1))
    frame = _frame(call, query, scene.between(scene.start - seconds, scene.end))
    return moving_rollup(frame, seconds, _text(call, 2, "avg")).trimmed(scene.start)


def _rollup(call: Call, query: Expression, scene: Scene) -> Value:
    """The limit of points is the result's: a finer rollup inside is honoured over any time (metrics/nested_queries, higher resolution)."""
    interval = custom_interval(int(_number(call, 2)), scene.span, scene.max_points)
    frame = _frame(call, query, replace(scene, max_points=None))
    return nesting.in_time(frame, _text(call, 1, "avg"), interval, scene.start)


def _regrouped(call: Call, query: Expression, scene: Scene) -> Value:
    keys = call.arguments[-1]
    assert isinstance(keys, tree.Keys)
    method = _text(call, 1, "p95") if call.function == "percentile" else call.function
    return nesting.in_space(_frame(call, query, scene), method, keys.names)


def _pow(call: Call, query: Expression, scene: Scene) -> Value:
    exponent = call.arguments[1]
    assert not isinstance(exponent, tree.Plain)
    return combine("**", worth(query, scene), worth(exponent, scene))


def _anomalies(call: Call, query: Expression, scene: Scene) -> Value:
    algorithm = _text(call, 1, "basic")
    if algorithm != "basic":
        raise NotEvaluated(f"anomalies() with the algorithm '{algorithm}', which is not published")
    named = {name: _plain(value) for name, value in call.named}
    return anomalies.basic(
        lambda moved: _frame(call, query, moved), scene, anomalies.Settings.of(_number(call, 2), named)
    )


def _top(call: Call, query: Expression, scene: Scene) -> Value:
    return top(_frame(call, query, scene), int(_number(call, 1)), _text(call, 2, "mean"), _text(call, 3, "desc"))


def _default_zero(call: Call, query: Expression, scene: Scene) -> Value:
    frame = _frame(call, query, scene)
    buckets = scene.buckets(frame.interval, frame.calendar)
    value = _number(call, 1) if call.function == "default" else 0.0
    return default_value(frame, buckets, value, grouped=bool(result_keys(query)))


SPECIAL: dict[str, Callable[[Call, Expression, Scene], Value]] = {
    "timeshift": _timeshift,
    "calendar_shift": _calendar_shift,
    "moving_rollup": _moving_rollup,
    "rollup": _rollup,
    "pow": _pow,
    **dict.fromkeys(("avg", "sum", "min", "max", "stddev", "percentile"), _regrouped),
    "anomalies": _anomalies,
    "top": _top,
    "default_zero": _default_zero,
    "default": _default_zero,
}
