"""What is wrong with a monitor before it goes anywhere, as values with a place: pure, the commands print them. A rule is a module of `rules/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint import rules  # noqa: F401 - each rule registers itself
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import RULES, Problem, in_order
from doghouse.monitors.notification_rules import Rules

__all__ = ["RULES", "Problem", "lint"]


def lint(
    monitor: Definition, intervals: Mapping[str, int] | None = None, routed_by: Rules | None = None
) -> list[Problem]:
    """All problems of one monitor, by rule. `intervals` are metrics' submission intervals (s), where known.

    `routed_by` are the notification rules that there are; None: that is not known.
    """
    context = Context(monitor, intervals or {}, routed_by)
    return [replace(problem, rule=rule.id) for rule in in_order(RULES) for problem in rule.find(monitor, context)]
