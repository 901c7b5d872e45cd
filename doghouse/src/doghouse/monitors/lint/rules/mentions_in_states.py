"""Who is told of more than they ask for: handles outside any condition, and recoveries of warnings that nobody was told of."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Mend, Problem, finds, rule
from doghouse.monitors.message.template import position
from doghouse.monitors.states.machine import Status

ALWAYS = rule(
    "mention-unconditional",
    "Somebody is told of every change of a monitor that warns too",
    "warning",
    order=520,
    partly=True,
)
BOTH = rule(
    "mention-unconditional-recovery",
    "Somebody is told of alerts and of recoveries alike",
    "note",
    order=521,
    on=False,
    partly=True,
)
UNHEARD = rule("mention-recovery-unheard", "Somebody hears that a warning is over, and not of the warning", "warning", order=522)  # fmt: skip
# What opens an incident has to hear that it is over: integrations whose handles do.
INCIDENTS = (
    "pagerduty", "opsgenie", "victorops", "splunk-oncall", "servicenow", "statuspage", "incident", "rootly", "oncall", "case-", "jira-", "webhook-",
    "workflow-",
)  # fmt: skip
WARNED, WARNING_OVER = (Status.OK, Status.WARN), (Status.WARN, Status.OK)


@finds(ALWAYS, BOTH)
def unconditional(monitor: Definition, context: Context) -> Iterator[Problem]:
    """Handles that each change of state shows, in a monitor that can do more than alert."""
    heard = context.heard
    first = [transition for transition in heard if not transition.renotified]
    places = set.intersection(*(set(heard[transition]) for transition in first)) if first else set()
    handles = {place: heard[first[0]][place] for place in sorted(places)}
    warns = any(transition.after is Status.WARN for transition in first)
    everybody = [handle for handle in handles.values() if warns or not handle.startswith(INCIDENTS)]
    if not everybody:
        return
    who = _listed(everybody)
    place = position(monitor.message, next(place for place, handle in handles.items() if handle == everybody[0]))
    if warns:
        text = f"{who} stands outside any condition, and is told of each of {len(first)} changes: one spike through the warning is up to four messages"
        yield ALWAYS.problem("message", text, *place)
    else:
        yield BOTH.problem("message", f"{who} stands outside any condition, and is told of each recovery too", *place)


@finds(UNHEARD)
def recovery_unheard(monitor: Definition, context: Context) -> Iterator[Problem]:
    """Handles in `is_recovery` of a monitor whose warnings they are not told of: with a warning threshold, Warn to OK is a recovery too."""
    heard = {
        (transition.before, transition.after): handles
        for transition, handles in context.heard.items()
        if not transition.renotified
    }
    if WARNED not in heard:
        return
    warned = set(heard[WARNED].values())
    puzzled = {place: handle for place, handle in heard[WARNING_OVER].items() if handle not in warned}
    if puzzled:
        text = f"{_listed(puzzled.values())} hears that a warning is over, and not of the warning: is_recovery is shown then too; is_alert_recovery is not"
        only = monitor.message.count("is_recovery}}") == 2
        mend = Mend("message", "is_alert_recovery", "is_recovery") if only else None
        yield UNHEARD.problem("message", text, *position(monitor.message, min(puzzled)), mend=mend)


def _listed(handles: Collection[str]) -> str:
    return ", ".join(handle if handle.startswith("$") else f"@{handle}" for handle in dict.fromkeys(handles))
