"""States that notify nobody."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, Rule, finds, rule
from doghouse.monitors.states.machine import Status

NOBODY = rule("nobody-mentioned", "The monitor alerts or lacks data, and nobody is mentioned", "warning", order=510)
WARNING = rule("nobody-mentioned-on-warning", "Nobody is mentioned in a warning", "warning", order=511)
RECOVERY = rule("nobody-mentioned-on-recovery", "Nobody is mentioned in a recovery", "warning", order=512)
WORDS = {Status.ALERT: "alerts", Status.WARN: "warns", Status.NO_DATA: "has no data", Status.OK: "recovers"}


@finds(NOBODY, WARNING, RECOVERY)
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
    for broken, statuses in _by_rule(silent):
        words = [word for status, word in WORDS.items() if status in statuses]
        when = " or ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} or {words[-1]}"
        addition = " (the escalation message does, later)" if answer.escalates and broken is NOBODY else ""
        yield broken.problem("message", f"nobody is mentioned when it {when}{addition}, {routed}", severity=severity)


def _by_rule(silent: Collection[Status]) -> Iterator[tuple[Rule, Collection[Status]]]:
    """Where an alert reaches nobody that is one problem, whatever else does not; warnings and recoveries are silent on purpose more often."""
    if Status.ALERT in silent:
        yield NOBODY, silent
        return
    for broken, status in ((NOBODY, Status.NO_DATA), (WARNING, Status.WARN), (RECOVERY, Status.OK)):
        if status in silent:
            yield broken, (status,)
