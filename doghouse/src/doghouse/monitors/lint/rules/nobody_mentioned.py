"""States that notify nobody."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, rule
from doghouse.monitors.states.machine import Status

WORDS = {Status.ALERT: "alerts", Status.WARN: "warns", Status.NO_DATA: "has no data", Status.OK: "recovers"}


@rule("nobody-mentioned", "The monitor changes to a state, and nobody is mentioned", order=510)
def nobody_mentioned(_: Definition, context: Context) -> Iterator[Problem]:
    """The states that the monitor can change to without a mention; where the notification rules are known, those of which nobody is told, an error."""
    answer = context.reached
    if answer is None:
        return
    silent = [
        WORDS[status]
        for status in WORDS
        if status in answer.by_status and not answer.by_status[status] and status not in answer.routed
    ]
    if silent:
        when = " or ".join(silent) if len(silent) < 3 else f"{', '.join(silent[:-1])} or {silent[-1]}"
        kept = " (the escalation message does, later)" if answer.escalates else ""
        routed = (
            ", unless notification rules route it" if context.rules is None else ", and no notification rule routes it"
        )
        severity = "warning" if context.rules is None else "error"
        yield Problem("message", f"nobody is mentioned when it {when}{kept}{routed}", severity)
