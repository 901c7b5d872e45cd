"""Who is mentioned in a monitor's message, and which of its states reach whom: what the lint rules about mentions share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from msgspec import Struct

from doghouse.monitors.definition import Definition
from doghouse.monitors.message import reachable, variables
from doghouse.monitors.message.template import Block, Call, Node
from doghouse.monitors.states.machine import Status, Transition


class Reached(Struct, frozen=True):
    """`by_status` has the places in the message of those whom a state reaches, `everybody` all who are mentioned, `escalates` whether the escalation does.

    `routed` are the states of which a notification rule may tell somebody.
    """

    by_status: Mapping[Status, set[int]]
    everybody: Sequence[reachable.Mentioned]
    escalates: bool
    routed: Set[Status]


Heard = Mapping[Transition, Mapping[int, str]]


def heard(monitor: Definition, message: Sequence[Node], *, overrides: bool) -> Heard:
    """The handles that a message shows in each change that the monitor can notify, by their places."""
    return {
        transition: {
            mention.place: mention.handle
            for mention in reachable.mentioned(message, reachable.known_in(transition, monitor, overrides=overrides))
            if mention.problem is None
        }
        for transition in reachable.transitions(monitor)
    }


def overrides(message: Sequence[Node]) -> bool:
    """Whether a message raises its priority itself."""
    return any(isinstance(node, Call) and node.function == "override_priority" for node in variables.walk(message))


def reached(message: Sequence[Node], escalation: Sequence[Node], happening: Heard, routed: Set[Status]) -> Reached:
    """Whom a monitor's states reach, by the trees of its message and of its escalation message, by what is `heard`, and by the rules."""
    by_status: dict[Status, set[int]] = {}
    for transition, handles in happening.items():
        by_status.setdefault(transition.after, set()).update(handles)
    if {Status.ALERT, Status.WARN} <= by_status.keys():
        by_status[Status.WARN] |= _of_recoveries_from_alert(message)
    everybody = reachable.mentioned(message, reachable.nothing_known)
    return Reached(by_status, everybody, bool(reachable.mentioned(escalation, reachable.nothing_known)), routed)


def _of_recoveries_from_alert(message: Sequence[Node]) -> set[int]:
    """Who stands in is_alert_recovery hears of the way from Alert to Warn too."""
    blocks = [node for node in variables.walk(message) if isinstance(node, Block)]
    mine = [block.body for block in blocks if block.condition.helper == "is_alert_recovery"]
    return {mention.place for body in mine for mention in reachable.mentioned(body, reachable.nothing_known)}
