"""No Data that comes by chance, since the metric has points more rarely than silence is told."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, rule
from doghouse.monitors.states.machine import Missing

ENOUGH_INTERVALS = 2  # a window without data that is shorter than so many of the metric's intervals is empty by chance


RULE = rule("no-data-by-chance", "No Data comes sooner than the metric's points do", order=210)


@RULE
def no_data_by_chance(monitor: Definition, context: Context) -> Iterator[Problem]:
    """A silence that counts as No Data although the metric is only between two points."""
    if context.query is None or monitor.rules.missing is not Missing.NO_DATA:
        return
    silence = max(context.query.window.seconds, monitor.rules.missing_after)
    if silence < ENOUGH_INTERVALS * context.interval:
        text = f"No Data after {silence} s without points, but the metric has one each {context.interval} s: it will come by chance"
        yield RULE.problem("options", text)
