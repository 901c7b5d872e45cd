"""Mentions that are none, or that no state reaches."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, rule
from doghouse.monitors.message.template import position


@rule("mention", "A mention reaches nobody, whatever state the monitor is in", order=500)
def mention(monitor: Definition, context: Context) -> Iterator[Problem]:
    """Each mention of the message that can notify nobody, with its place."""
    answer = context.reached
    if answer is None:
        return
    somebody = set().union(*answer.by_status.values())
    for one in answer.everybody:
        text = one.problem
        if text is None and one.place not in somebody:
            text = f"no state of this monitor reaches @{one.handle}"
        if text is not None:
            yield Problem("message", text, "error", *position(monitor.message, one.place))
