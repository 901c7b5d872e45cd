"""Which recipients the rules add to a notification: a function of its tags and its transition."""

from __future__ import annotations

from collections.abc import Iterable

from doghouse.monitors.message.context import flags
from doghouse.monitors.notification_rules.model import Rules
from doghouse.monitors.notification_rules.scope import PRIORITY, TRANSITION_TYPE, Tags
from doghouse.monitors.states.machine import Transition
from doghouse.tags import pairs


def recipients(rules: Rules, tags: Iterable[str], transition: Transition, priority: int | None) -> tuple[str, ...]:
    """The handles (without `@`) that all matching rules add, each once, in the rules' order.

    `tags` are the monitor's and those of the group: their union is looked at, and a key with several values matches by any of them. GUESS: `NOT` is judged on
    that union; every transition that notifies is routed.
    """
    if not rules:
        return ()
    values = looked_at(tags, transition, priority)
    return tuple(dict.fromkeys(handle for rule in rules for handle in rule.of(values)))


def looked_at(tags: Iterable[str], transition: Transition, priority: int | None) -> Tags:
    """What scopes are matched against: the tags, and as keys of their own the types of the transition and the priority (GUESS: `priority:p1`)."""
    by_key: dict[str, set[str]] = {
        key: set(values) for key, values in pairs.by_key(tag.lower() for tag in tags).items()
    }
    by_key[TRANSITION_TYPE] = {name for name, holds in flags(transition).items() if holds}
    if priority is not None:
        by_key.setdefault(PRIORITY, set()).add(f"p{priority}")
    return by_key
