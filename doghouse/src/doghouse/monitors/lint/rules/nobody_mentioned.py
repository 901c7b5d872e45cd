"""States that notify nobody."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, finds, rule
from doghouse.monitors.states.machine import Status

NOBODY = rule("nobody-mentioned", "The monitor changes to a state, and nobody is mentioned", "warning", order=510)
RECOVERY = rule("nobody-mentioned-on-recovery", "The monitor recovers, and nobody is mentioned", "warning", order=511)
WORDS = {Status.ALERT: "alerts", Status.WARN: "warns", Status.NO_DATA: "has no data"}


@finds(NOBODY, RECOVERY)
def nobody_mentioned(_: Definition, context: Context) -> Iterator[Problem]:
    """The states that the monitor can change to without a mention; where the notification rules are known, those of which nobody is told, an error."""
    answer = context.reached
    if answer is None:
        return
    silent = {status for status, places in answer.by_status.items() if not places and status not in answer.routed}
    if context.rules is None:
        routed, severity = "unless notification rules route it", "warning"
    else:
        routed, severity = "and no notification rule routes it", "error"
    bad = [word for status, word in WORDS.items() if status in silent]
    if bad:
        when = " or ".join(bad) if len(bad) < 3 else f"{', '.join(bad[:-1])} or {bad[-1]}"
        kept = " (the escalation message does, later)" if answer.escalates else ""
        yield NOBODY.problem("message", f"nobody is mentioned when it {when}{kept}, {routed}", severity=severity)
    if Status.OK in silent:
        yield RECOVERY.problem("message", f"nobody is mentioned when it recovers, {routed}", severity=severity)
