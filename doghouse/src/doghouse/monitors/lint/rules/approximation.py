"""Where doghouse evaluates a monitor by an approximation of what Datadog does."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, rule
from doghouse.queries import anomaly_settings

RULE = rule("approximation", "doghouse evaluates the monitor by an approximation", "note", order=900)


@RULE
def approximation(_: Definition, context: Context) -> Iterator[Problem]:
    """An anomaly monitor, of whatever algorithm; and how much history it needs."""
    settings = anomaly_settings(context.query.expression) if context.query else None
    if settings is None:
        return
    history = f"; before it says anything it needs {settings.needs} of points" if settings.needs else ""
    yield RULE.problem("query", settings.approximation + history)
