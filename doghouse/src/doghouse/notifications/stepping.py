"""One monitor's step with everything that follows from it: states, silencing, messages. A function of its arguments."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from doghouse import downtimes as dt
from doghouse.downtimes import Cover, Downtime
from doghouse.monitors import EMPTY, Group, GroupState, Hosts, Monitor, Rules, Status, Transition, WindowValue, render
from doghouse.monitors.bundles import bundle_of, worst
from doghouse.monitors.states import FRESH, follow, step
from doghouse.notifications.model import Notification

END_STATES = {Status.ALERT: "alert", Status.WARN: "warn", Status.NO_DATA: "no data"}
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

Stepped = tuple[GroupState, Transition | None]
Step = Callable[[GroupState, int], Stepped]


@dataclass(frozen=True, slots=True)
class Subject:
    """A monitor as it is stepped: its rules, the keys it is notified by (None: each group by itself), its query's filter tags and window (s)."""

    monitor: Monitor
    rules: Rules
    bundle_keys: tuple[str, ...] | None = None
    filters: tuple[str, ...] = ()
    window: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """What was known before the step: states of groups and of bundles, the downtimes that may matter, and the last tick (s UTC)."""

    states: Mapping[Group, GroupState]
    bundles: Mapping[Group, GroupState]
    downtimes: Sequence[Downtime]
    last: int


@dataclass(slots=True)
class Outcome:
    """What a step makes: states that changed, groups that are gone, the whole's status, and notifications, silenced ones too."""

    states: dict[Group, GroupState] = field(default_factory=dict)
    forgotten: list[Group] = field(default_factory=list)
    bundles: dict[Group, GroupState] = field(default_factory=dict)
    overall: Status = Status.NO_DATA
    transitions: list[tuple[Group, Transition]] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)


def window_steps(
    rules: Rules, states: Mapping[Group, GroupState], windows: Mapping[Group, WindowValue]
) -> dict[Group, Step]:
    """The step of each group that is known or has points."""

    def of(window: WindowValue) -> Step:
        return lambda state, now: step(rules, state, window, now)

    groups = dict.fromkeys((*states, *windows)) if rules.multi else {(): None}
    return {group: of(windows.get(group, EMPTY)) for group in groups}


def status_steps(rules: Rules, statuses: Mapping[Group, tuple[Status | None, float]]) -> dict[Group, Step]:
    """The step of each group whose status was worked out elsewhere."""

    def of(status: Status | None, value: float) -> Step:
        return lambda state, now: follow(rules, state, status, value, now)

    return {group: of(status, value) for group, (status, value) in statuses.items()}


def advance(
    subject: Subject,
    held: Held,
    steps: Mapping[Group, Step],
    hosts: Hosts,
    now: int,
    more: Mapping[Group, Mapping[str, str]] | None = None,
) -> Outcome:
    """Step every group, then the bundles they are notified in, and say what is sent and what is silenced. `more` are variables for messages."""
    outcome = Outcome()
    after: dict[Group, GroupState] = {}
    for group, make in steps.items():
        before = held.states.get(group, FRESH)
        state, transition = make(before, now)
        after[group] = state
        if state == FRESH:
            outcome.forgotten += [group] if group in held.states else []
        elif state != before:
            outcome.states[group] = state
        if transition is not None:
            outcome.transitions.append((group, transition))
    alive = {group: state for group, state in after.items() if state != FRESH}
    outcome.overall = worst(alive.values())[0] or Status.NO_DATA
    before_states, after_states, transitions = held.states, after, dict(outcome.transitions)
    if subject.bundle_keys is not None:
        before_states = held.bundles
        after_states, transitions = _bundle(subject, held, alive, now)
        outcome.bundles = after_states
    teller = _Teller(subject, held, hosts, now, more or {})
    for group, state in after_states.items():
        outcome.notifications += teller.told(group, before_states.get(group, FRESH), state, transitions.get(group))
    outcome.notifications.sort(key=lambda one: one.at)
    return outcome


def _bundle(
    subject: Subject, held: Held, alive: Mapping[Group, GroupState], now: int
) -> tuple[dict[Group, GroupState], dict[Group, Transition]]:
    """The bundles' states after the step, and their transitions: by the worst of their groups."""
    keys = subject.bundle_keys or ()
    members: dict[Group, list[GroupState]] = {bundle: [] for bundle in held.bundles}
    for group, state in sorted(alive.items()):
        members.setdefault(bundle_of(group, keys), []).append(state)
    states: dict[Group, GroupState] = {}
    transitions: dict[Group, Transition] = {}
    for bundle, inside in members.items():
        status, value = worst(inside)
        known = None if status is Status.NEW else status
        states[bundle], transition = follow(subject.rules, held.bundles.get(bundle, FRESH), known, value, now)
        if transition is not None:
            transitions[bundle] = transition
    return states, transitions


@dataclass(frozen=True, slots=True)
class _Teller:
    """Makes the notifications of one step of one monitor."""

    subject: Subject
    held: Held
    hosts: Hosts
    now: int
    more: Mapping[Group, Mapping[str, str]]

    def told(
        self, group: Group, before: GroupState, after: GroupState, transition: Transition | None
    ) -> Iterator[Notification]:
        """What a group's step sends, and what a downtime keeps from being sent; and what the end of one sends."""
        loud = transition is not None and transition.notify
        if not loud and before.status not in END_STATES and after.status not in END_STATES:
            return
        covers = self._covers(group, before, after)
        for cover in dt.releases(covers, self.held.last, self.now):
            at_tick = cover.stretch.end == self.now
            if not (at_tick and loud):
                yield from self._released(group, cover, after if at_tick else before)
        if transition is not None and loud:
            by = dt.silencer(
                covers, self.now, recovery=transition.after is Status.OK, episode_start=transition.first_triggered
            )
            yield self._notification(group, transition, silenced_by=by.label if by else None)

    def _covers(self, group: Group, before: GroupState, after: GroupState) -> list[Cover]:
        """The downtimes' stretches over the group, from before its episode on."""
        monitor = self.subject.monitor
        tags = [f"{key}:{value}" for key, value in group] + list(self.subject.filters)
        mine = [one for one in self.held.downtimes if dt.concerns(one, monitor.id, monitor.tags, tags)]
        began = [state.first_triggered for state in (before, after) if state.first_triggered is not None]
        return dt.covers(mine, min([self.held.last, *began]), self.now) if mine else []

    def _released(self, group: Group, cover: Cover, state: GroupState) -> Iterator[Notification]:
        """The state that a downtime's end notifies, as a transition into it."""
        word = END_STATES.get(state.status)
        ended = cover.stretch.end >= cover.downtime.created
        if word is None or not ended:
            return
        if dt.released(cover, word, notifies_no_data=self.subject.rules.notify_no_data):
            seen = Transition(
                int(cover.stretch.end),
                Status.OK,
                state.status,
                state.value,
                True,
                first_triggered=state.first_triggered,
                last_triggered=state.last_triggered,
            )
            yield self._notification(group, seen, released_by=cover.downtime.label, at=cover.stretch.end)

    def _notification(
        self,
        group: Group,
        transition: Transition,
        *,
        silenced_by: str | None = None,
        released_by: str | None = None,
        at: float | None = None,
    ) -> Notification:
        monitor = self.subject.monitor
        message = render(monitor, group, transition, self.hosts, more=self.more.get(group))
        when = float(transition.at) if at is None else at
        return Notification(
            at=when,
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
            silenced_by=silenced_by,
            released_by=released_by,
            since=when - self.subject.window,
            until=when + AFTER_TRIGGER_S,
            hides=PRESETS.get(monitor.options.notification_preset_name or "", ()),
            tags=tuple(dict.fromkeys((*monitor.tags, *(f"{key}:{value}" for key, value in group)))),
        )
