"""What Datadog refuses: the API answers 400 to it."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, rule
from doghouse.monitors.message.template import position
from doghouse.monitors.model import MonitorError
from doghouse.monitors.validation import check
from doghouse.queries import QuerySyntaxError


@rule("refused", "Datadog refuses the monitor", order=100)
def refused(monitor: Definition, _: Context) -> Iterator[Problem]:
    """What the API answers 400 to, where it stands."""
    try:
        check(monitor)
    except MonitorError as error:
        yield Problem(error.field, error.text + error.detail, "error", *_place(monitor, error.field))


def _place(monitor: Definition, field: str) -> tuple[int, int]:
    """Where the query, or another field that holds one, stops being one: line and column; 0, 0 where that is not known."""
    problem = monitor.problem
    if isinstance(problem, QuerySyntaxError) and field == problem.field:
        return position(problem.text, problem.position)
    return 0, 0
