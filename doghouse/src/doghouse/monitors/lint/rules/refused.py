"""What Datadog refuses: the API answers 400 to it."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.kinds.metric import metric_query
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, rule
from doghouse.monitors.message.template import position
from doghouse.monitors.model import MonitorError
from doghouse.monitors.validation import check
from doghouse.queries import NotEvaluated, QuerySyntaxError


@rule("refused", "Datadog refuses the monitor", order=100)
def refused(monitor: Definition, _: Context) -> Iterator[Problem]:
    """What the API answers 400 to, where it stands."""
    try:
        check(monitor)
    except MonitorError as error:
        yield Problem(error.field, error.text, "error", *(_place(monitor) if error.field == "query" else (0, 0)))


def _place(monitor: Definition) -> tuple[int, int]:
    """Where a metric monitor's query stops being one: line and column; 0, 0 where that is not known."""
    try:
        metric_query(monitor)
    except QuerySyntaxError as error:
        return position(error.text, error.position)
    except NotEvaluated:
        pass
    return 0, 0
