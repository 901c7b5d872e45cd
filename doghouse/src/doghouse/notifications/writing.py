"""A notification as it is written, from what is due: the message, to whom, and what the monitor's preset hides. A function of its arguments."""

from __future__ import annotations

import math
from collections.abc import Mapping

from msgspec.structs import replace

from doghouse.monitors import Definition, Group, Hosts, Message, Transition, render
from doghouse.monitors.notification_rules import Rules, recipients
from doghouse.notifications.model import Notification
from doghouse.notifications.silencing import Due

# What options.notification_preset_name leaves out (the API's schema has the names; GUESS: what hide_all and show_only_snapshot leave).
PRESETS = {
    "hide_query": ("query",),
    "hide_handles": ("handles",),
    "hide_query_and_handles": ("query", "handles"),
    "hide_handles_and_footer": ("handles", "footer"),
    "show_only_snapshot": ("query", "handles", "footer"),
    "hide_all": ("query", "handles", "footer", "picture"),
}
AFTER_TRIGGER_S = 300  # a notification's graph ends so long after it (a real payload's links)


def addressed(
    monitor: Definition,
    group: Group,
    transition: Transition,
    hosts: Hosts,
    more: Mapping[str, str] | None = None,
    rules: Rules = (),
) -> Message:
    """The message of a transition of one group, to those whom it mentions and those whom notification rules add.

    `more` are variables that only some kinds of monitors have.
    """
    message = render(monitor, group, transition, hosts, more=more)
    routed = recipients(rules, tags_of(monitor, group), transition, message.priority)
    everybody = tuple(dict.fromkeys((*message.recipients, *routed)))
    return replace(message, recipients=everybody, bodiless=message.bodiless.difference(routed))


def tags_of(monitor: Definition, group: Group) -> tuple[str, ...]:
    """The tags of a group's notifications: the monitor's and the group's."""
    return tuple(dict.fromkeys((*monitor.tags, *(f"{key}:{value}" for key, value in group))))


def notification(
    monitor: Definition, group: Group, due: Due, hosts: Hosts, more: Mapping[str, str] | None = None, rules: Rules = ()
) -> Notification:
    """The notification of one group of a monitor. `more` are variables that only some kinds of monitors have, `rules` the notification rules."""
    transition = due.transition
    message = addressed(monitor, group, transition, hosts, more, rules)
    return Notification(
        at=float(due.at),
        kind="monitor",
        transition=transition.word,
        subject=message.subject,
        title=message.title,
        body=message.body,
        recipients=message.recipients,
        bodiless=tuple(sorted(message.bodiless)),
        monitor_id=monitor.id,
        monitor_name=monitor.name,
        query=monitor.query,
        group=group,
        value=None if math.isnan(transition.value) else transition.value,
        status=transition.after.label,
        priority=message.priority,
        last_triggered=transition.last_triggered,
        silenced_by=due.silenced_by,
        released_by=due.released_by,
        since=due.at - monitor.span,
        until=due.at + AFTER_TRIGGER_S,
        hides=PRESETS.get(monitor.options.notification_preset_name or "", ()),
        tags=tags_of(monitor, group),
        event_type=monitor.event_type,
        metric=next(iter(monitor.metrics), ""),
        status_text=monitor.summary.replace("**", "").removesuffix("."),
        triggered=transition.first_triggered,
        logs_sample=message.logs_sample,
    )
