"""A `warning_recovery` where nothing warns."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, rule

RULE = rule("recovery-without-warning", "warning_recovery has no warning threshold", "warning", order=330)


@RULE
def recovery_without_warning(monitor: Definition, _: Context) -> Iterator[Problem]:
    """A recovery from a state that the monitor never has."""
    given = monitor.options.thresholds
    if given is not None and given.warning_recovery is not None and given.warning is None:
        text = "warning_recovery has no effect: there is no warning threshold"
        yield RULE.problem("options.thresholds.warning_recovery", text)
