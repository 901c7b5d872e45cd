"""An escalation message that is never sent."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, rule

RULE = rule("escalation-never-sent", "There is an escalation message, but no renotification", "warning", order=350)


@RULE
def escalation_never_sent(monitor: Definition, _: Context) -> Iterator[Problem]:
    """`escalation_message` without `renotify_interval`."""
    if monitor.options.escalation_message and not monitor.options.renotify_interval:
        text = "escalation_message is never sent: renotify_interval is not set"
        yield RULE.problem("options.escalation_message", text)
