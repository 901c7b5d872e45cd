"""Whether rules can route a monitor's notification at all, before it is known which groups there will be: what lint asks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

from doghouse.monitors.definition import Definition
from doghouse.monitors.message.variables import group_keys
from doghouse.monitors.notification_rules.matching import recipients
from doghouse.monitors.notification_rules.model import Rule, Rules
from doghouse.monitors.notification_rules.scope import PRIORITY, TRANSITION_TYPE
from doghouse.monitors.states.machine import Transition

OTHER = "\0"  # stands for a value that no rule names
MOST_GROUPS = 10_000  # a rule over more combinations of values is taken to match some of them
PRIORITIES = (None, 1, 2, 3, 4, 5)


def may_route(rules: Rules, monitor: Definition, transition: Transition, *, any_priority: bool = False) -> bool:
    """Whether for some group that the monitor may have a rule adds somebody to the notification of this transition.

    `any_priority`: the message may change the priority.
    """
    priorities = PRIORITIES if any_priority else (monitor.priority,)
    looked_at = [(rule, _choices(rule, monitor)) for rule in rules]
    if any(math.prod(map(len, choices)) > MOST_GROUPS for _, choices in looked_at):
        return True
    return any(
        bool(recipients([rule], (*monitor.tags, *filter(None, values)), transition, priority))
        for rule, choices in looked_at
        for values in product(*choices)
        for priority in priorities
    )


def _choices(rule: Rule, monitor: Definition) -> Sequence[Sequence[str]]:
    """For each key of the monitor's groups at which the rule looks: the tags that a group can have. What a query groups by may not be known."""
    keys = group_keys(monitor)
    tags = {key: values for key, values in rule.values().items() if key not in (TRANSITION_TYPE, PRIORITY)}
    if keys is None:
        return [["", *(f"{key}:{value}" for value in (*sorted(values), OTHER))] for key, values in tags.items()]
    grouped = {key.lower() for key in keys}
    return [[f"{key}:{value}" for value in (*sorted(values), OTHER)] for key, values in tags.items() if key in grouped]
