"""What is wrong with a monitor before it goes anywhere, as values with a place: pure, the commands print them. A rule is a module of `rules/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from doghouse.monitors.definition import Definition
from doghouse.monitors.kinds.metric import metric_query
from doghouse.monitors.lint import rules  # noqa: F401 - each rule registers itself
from doghouse.monitors.lint.rule import RULES, Context, Problem, in_order
from doghouse.monitors.model import METRIC_TYPES, MonitorError
from doghouse.queries import NotEvaluated, QuerySyntaxError, metric_queries

__all__ = ["RULES", "Problem", "lint"]


def lint(monitor: Definition, intervals: Mapping[str, int] | None = None) -> list[Problem]:
    """All problems of one monitor, by rule. `intervals` are metrics' submission intervals (s), where known."""
    context = _context(monitor, intervals or {})
    return [replace(problem, rule=rule.id) for rule in in_order(RULES) for problem in rule.find(monitor, context)]


def _context(monitor: Definition, intervals: Mapping[str, int]) -> Context:
    if monitor.type not in METRIC_TYPES:
        return Context()
    try:
        query, _ = metric_query(monitor), monitor.rules
    except (QuerySyntaxError, NotEvaluated, MonitorError):
        return Context()
    return Context(query, max((intervals.get(one.metric, 0) for one in metric_queries(query.expression)), default=0))
