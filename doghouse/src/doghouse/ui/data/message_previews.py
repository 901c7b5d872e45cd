"""What a monitor's message would say: each kind of transition rendered for one of its groups."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from doghouse import monitors as mon
from doghouse.monitors import GroupState, Status, Transition
from doghouse.monitors.notification_rules import Rules
from doghouse.monitors.states.machine import FRESH
from doghouse.notifications.writing import addressed
from doghouse.queries import NotEvaluated, QuerySyntaxError
from doghouse.ui.data.monitor_history import thresholds
from doghouse.ui.rendering import markdown

KINDS = (  # what is shown: a name, the state before, the state after, whether it repeats
    ("Triggered", Status.OK, Status.ALERT, 0),
    ("Warn", Status.OK, Status.WARN, 0),
    ("Alert to Warn", Status.ALERT, Status.WARN, 0),
    ("No Data", Status.OK, Status.NO_DATA, 0),
    ("Recovered", Status.ALERT, Status.OK, 0),
    ("Re-Triggered", Status.ALERT, Status.ALERT, 1),
)
EXAMPLE_GROUP = "example"  # a group's value where the monitor has seen none


def previews(
    monitor: mon.Definition,
    states: Mapping[mon.Group, GroupState],
    group: mon.Group,
    hosts: mon.Hosts,
    rules: Rules,
    now: int,
) -> list[dict[str, Any]]:
    """The notification of each kind of transition of this group, at this time. `rules` are the notification rules."""
    state = states.get(group, FRESH)
    first = state.first_triggered or now
    times = (first, state.last_triggered or first)
    shown = []
    for name, before, after, renotified in KINDS:
        transition = Transition(now, before, after, _value(monitor, state, after), True, renotified, *times)
        message = addressed(monitor, group, transition, hosts, rules=rules)
        preview = {
            "kind": name,
            "title": message.title,
            "subject": message.subject,
            "html": str(markdown(message.body)),
            "recipients": list(message.recipients),
            "bodiless": sorted(message.bodiless),
            "problems": list(message.problems),
        }
        shown.append(preview)
    return shown


def _value(monitor: mon.Definition, state: GroupState, after: Status) -> float:
    """A value for the preview: the threshold that a change would be about, else the last one evaluated."""
    limits = thresholds(monitor)
    name = {Status.ALERT: "critical", Status.WARN: "warning"}.get(after)
    if after is Status.NO_DATA:
        return math.nan
    return limits.get(name or "", state.value)


def groups_of(monitor: mon.Definition, states: Mapping[mon.Group, GroupState]) -> list[mon.Group]:
    """The groups that a preview can be of: those that were seen; else one that stands for them."""
    if states:
        return sorted(states)
    try:
        keys = monitor.keys or ()
    except (NotEvaluated, QuerySyntaxError):
        keys = ()
    return [tuple((key, EXAMPLE_GROUP) for key in keys)]
