"""What is wrong with a monitor before it goes anywhere, as values with a place: pure, the commands print them. A rule is a module of `rules/`."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import replace

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint import elsewhere, rules  # noqa: F401 - each rule registers itself
from doghouse.monitors.lint.by_history import by_history
from doghouse.monitors.lint.context import Beside, Context
from doghouse.monitors.lint.rule import FINDERS, RULES, Mend, Problem, Rule, by_default, in_order
from doghouse.monitors.notification_rules import Rules

__all__ = ["RULES", "Beside", "Mend", "Problem", "Rule", "by_default", "by_history", "lint"]


def lint(
    monitor: Definition,
    intervals: Mapping[str, int] | None = None,
    routed_by: Rules | None = None,
    beside: Beside | None = None,
    chosen: Container[str] | None = None,
) -> list[Problem]:
    """All problems of one monitor, by rule. `intervals` are metrics' submission intervals (s), where known.

    `routed_by` are the notification rules that there are; None: that is not known. `beside` is what stands in the same folder, `chosen` the ids of the rules
    to look for; None: those that are on by default.
    """
    context = Context(monitor, intervals or {}, routed_by, beside or Beside())
    ids = by_default() if chosen is None else chosen
    problems: list[Problem] = []
    finders: list[Callable[..., object]] = []
    for rule in in_order(RULES):
        find = FINDERS.get(rule.id)
        if find is not None and rule.id in ids and find not in finders:
            finders.append(find)
            named = (problem if problem.rule else replace(problem, rule=rule.id) for problem in find(monitor, context))
            problems += (problem for problem in named if problem.rule in ids)
    return problems
