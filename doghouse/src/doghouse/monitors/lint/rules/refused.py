"""What Datadog refuses: the API answers 400 to it."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, Rule, finds, rule
from doghouse.monitors.message.template import position
from doghouse.monitors.model import MonitorError
from doghouse.monitors.validation import check
from doghouse.queries import QuerySyntaxError

SYNTAX = rule("query-syntax", "The query is not one that Datadog reads", order=100)
QUERY = rule("query-refused", "Datadog refuses what the query says", order=100)
TYPE = rule("unknown-type", "There is no such type of monitor", order=100)
THRESHOLDS = rule("thresholds-refused", "Datadog refuses the thresholds", order=100)
REFUSED = rule("refused", "Datadog refuses the monitor", order=100)


@finds(SYNTAX, QUERY, TYPE, THRESHOLDS, REFUSED)
def refused(monitor: Definition, _: Context) -> Iterator[Problem]:
    """What the API answers 400 to, where it stands."""
    try:
        check(monitor)
    except MonitorError as error:
        problem = monitor.problem
        if isinstance(problem, QuerySyntaxError) and error.field == problem.field:
            place = position(problem.text, problem.position)
            yield SYNTAX.problem(error.field, error.text + error.detail, *place)
        else:
            yield of_field(error.field).problem(error.field, error.text + error.detail)


def of_field(field: str) -> Rule:
    """The rule that is broken where Datadog refuses what a field says."""
    if field.startswith("options.threshold"):
        return THRESHOLDS
    return {"type": TYPE, "query": QUERY}.get(field, REFUSED)
