"""A window that is often empty, since its metric comes more rarely."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, rule

RULE = rule("empty-window", "The window is shorter than the metric's interval", order=200)


@RULE
def empty_window(_: Definition, context: Context) -> Iterator[Problem]:
    """A window that holds no point most of the time."""
    if context.query is not None and (window := context.query.window.seconds) < context.interval:
        text = (
            f"the window of {window} s is shorter than the metric's interval of {context.interval} s: it is often empty"
        )
        yield RULE.problem("query", text)
