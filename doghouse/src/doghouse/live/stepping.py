"""One monitor's step with everything that follows from it: states, silencing, messages. A function of its arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct, field

from doghouse.downtimes import Downtime
from doghouse.monitors import Definition, Group, GroupState, Hosts, Status, Transition
from doghouse.monitors.evaluating import Step
from doghouse.monitors.notification_rules import Rules
from doghouse.monitors.states.bundles import bundle_of, worst
from doghouse.monitors.states.machine import FRESH, follow
from doghouse.notifications.model import Notification
from doghouse.notifications.silencing import END_STATES, Due, covers_of, of_ends, of_transition
from doghouse.notifications.writing import notification


class Before(Struct, frozen=True):
    """What was known before the step: states of groups and of bundles, the last tick (s UTC), and the downtimes that may matter, for who asks."""

    states: Mapping[Group, GroupState]
    bundles: Mapping[Group, GroupState]
    downtimes: Callable[[], Sequence[Downtime]]
    last: int


class Outcome(Struct):
    """What a step makes: states that changed, groups that are gone, the whole's status, and notifications, silenced ones too."""

    states: dict[Group, GroupState] = field(default_factory=dict)
    forgotten: list[Group] = field(default_factory=list)
    bundles: dict[Group, GroupState] = field(default_factory=dict)
    overall: Status = Status.NO_DATA
    transitions: list[tuple[Group, Transition]] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)


def advance(
    monitor: Definition,
    before: Before,
    steps: Mapping[Group, Step],
    hosts: Hosts,
    now: int,
    more: Mapping[Group, Mapping[str, str]] | None = None,
    rules: Rules = (),
) -> Outcome:
    """Step every group, then the bundles they are notified in, and say what is sent and what is silenced. `more` are variables for messages.

    `rules` are the notification rules.
    """
    outcome = Outcome()
    after: dict[Group, GroupState] = {}
    for group, make in steps.items():
        previous = before.states.get(group, FRESH)
        state, transition = make(previous, now)
        after[group] = state
        if state == FRESH:
            outcome.forgotten += [group] if group in before.states else []
        elif state != previous:
            outcome.states[group] = state
        if transition is not None:
            outcome.transitions.append((group, transition))
    alive = {group: state for group, state in after.items() if state != FRESH}
    outcome.overall = worst(alive.values())[0] or Status.NO_DATA
    before_states, after_states, transitions = before.states, after, dict(outcome.transitions)
    if monitor.bundle_keys is not None:
        before_states = before.bundles
        after_states, transitions = _bundle(monitor, before, alive, now)
        outcome.bundles = after_states
    for group, state in after_states.items():
        pair = before_states.get(group, FRESH), state
        for due in _due(monitor, before, group, pair, transitions.get(group), now):
            variables = None if more is None else more.get(group)
            outcome.notifications.append(notification(monitor, group, due, hosts, variables, rules))
    outcome.notifications.sort(key=lambda notification: notification.at)
    return outcome


def _bundle(
    monitor: Definition, before: Before, alive: Mapping[Group, GroupState], now: int
) -> tuple[dict[Group, GroupState], dict[Group, Transition]]:
    """The bundles' states after the step, and their transitions: by the worst of their groups."""
    keys = monitor.bundle_keys or ()
    members: dict[Group, list[GroupState]] = {bundle: [] for bundle in before.bundles}
    for group, state in sorted(alive.items()):
        members.setdefault(bundle_of(group, keys), []).append(state)
    states: dict[Group, GroupState] = {}
    transitions: dict[Group, Transition] = {}
    for bundle, inside in members.items():
        status, value = worst(inside)
        last = None if status is Status.NEW else status
        states[bundle], transition = follow(monitor.rules, before.bundles.get(bundle, FRESH), last, value, now)
        if transition is not None:
            transitions[bundle] = transition
    return states, transitions


def _due(
    monitor: Definition,
    earlier: Before,
    group: Group,
    states: tuple[GroupState, GroupState],
    transition: Transition | None,
    now: int,
) -> Iterator[Due]:
    """The notifications of a group's step from one state into another, and of the downtimes that ended since the last tick."""
    before, after = states
    notifies = transition is not None and transition.notify
    if not notifies and before.status not in END_STATES and after.status not in END_STATES:
        return
    began = [state.first_triggered for state in states if state.first_triggered is not None]
    # a recovery asks which downtimes were on when its episode began
    covers = covers_of(monitor, group, earlier.downtimes(), min([earlier.last, *began]), now)
    yield from of_ends(
        covers,
        earlier.last,
        now,
        lambda end: after if end == now else before,
        notifies_at=lambda end: notifies and end == now,
        notifies_no_data=monitor.rules.notify_no_data,
    )
    if transition is not None and notifies:
        yield of_transition(covers, transition)
