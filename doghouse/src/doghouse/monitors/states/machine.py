"""The state machine of one group of a monitor: `step` is a pure function of the rules, the state before, the window's value and the time.

The live server steps it each minute; `history.states_range` makes all steps of a stretch of history in columns and gives the same.
"""

from __future__ import annotations

import math

from msgspec.structs import replace

from doghouse.monitors.states.conditions import Missing, Rules
from doghouse.monitors.states.status import (
    EMPTY,
    EMPTY_AMONG_OTHERS,
    FRESH,
    GroupState,
    Status,
    Transition,
    WindowValue,
)

__all__ = [
    "EMPTY",
    "EMPTY_AMONG_OTHERS",
    "FRESH",
    "GroupState",
    "Missing",
    "Rules",
    "Status",
    "Transition",
    "WindowValue",
    "enter",
    "follow",
    "judge",
    "step",
]


def step(rules: Rules, previous: GroupState, window: WindowValue, now: int) -> tuple[GroupState, Transition | None]:
    """The group's state after the evaluation at `now` (s UTC), and what changed, if anything did. A state that equals GroupState() may be forgotten."""
    state = _seen(previous, window, now)
    if _forgotten(rules, state, now):
        return FRESH, None
    if window.has_data:
        after, value = _with_data(rules, state, window, now), window.value
    else:
        state, after, value = _without_data(rules, state, window, now)
    if after is None:
        return _stay(rules, state, now)
    return enter(rules, replace(state, value=value), after, now)


def _seen(state: GroupState, window: WindowValue, now: int) -> GroupState:
    """The state, having noted which points there were."""
    if window.has_data:
        first = window.first_point if state.first_seen is None else state.first_seen
        last = state.last_point if window.last_point is None else window.last_point
        return replace(
            state, first_seen=now if first is None else first, last_point=last, empty_since=None, rests=False
        )
    if state.first_seen is None or state.empty_since is not None:
        return state
    return replace(state, empty_since=now)


def _forgotten(rules: Rules, state: GroupState, now: int) -> bool:
    """Whether a group has been without data for as long as groups are kept. One that is to be resolved first is resolved first.

    GUESS: a group is dropped in silence (monitors/configuration, group retention). A simple alert is no group.
    """
    if not rules.multi or rules.retention is None or state.empty_since is None:
        return False
    empty = now - state.empty_since
    resolves = rules.timeout is not None and state.status is not Status.NEW and not state.rests
    return empty >= rules.retention and not (resolves and empty >= (rules.timeout or 0))


def _with_data(rules: Rules, state: GroupState, window: WindowValue, now: int) -> Status | None:
    """The status that a value leads to; None: it is not evaluated, and the state is kept."""
    if rules.require_full_window and not window.full:
        return None
    if state.status is Status.NEW and rules.multi and now < (state.first_seen or now) + rules.new_group_delay:
        return None
    recovery = window.value if window.recovery is None else window.recovery
    return judge(rules, state.status, window.value, recovery)


def _without_data(
    rules: Rules, state: GroupState, window: WindowValue, now: int
) -> tuple[GroupState, Status | None, float]:
    """The state, the status that a lack of data leads to (None: kept) and the value that a message shows."""
    if state.status is Status.NEW or state.empty_since is None:
        # a monitor does not alert on missing data until it evaluated some (monitors/configuration)
        return state, None, math.nan
    if rules.timeout is not None and not state.rests and now - state.empty_since >= rules.timeout:
        return replace(state, rests=True), Status.OK, math.nan
    if state.rests:  # GUESS: after it was resolved for lack of data, nothing happens until there is some
        return state, None, math.nan
    match rules.missing:
        case Missing.RESOLVE:
            return state, Status.OK, math.nan
        case Missing.ZERO if not (rules.zero_waits and window.elsewhere and rules.zero_alerts):
            return state, judge(rules, state.status, 0.0, 0.0), 0.0
        case Missing.NO_DATA if now - rules.delay - (state.last_point or 0) >= rules.missing_after:
            return state, Status.NO_DATA, math.nan
    return state, None, math.nan


def judge(rules: Rules, before: Status, value: float, recovery: float) -> Status:
    """The status that a value leads to. From No Data, and for a new group, recovery thresholds do not count (GUESS).

    From Alert, past the critical recovery threshold but not past that of warnings: Warn (GUESS).
    """
    if rules.breaches(value, rules.critical):
        return Status.ALERT
    if before is Status.ALERT and not rules.recovered(recovery, rules.critical_recovery):
        return Status.ALERT
    if rules.warning is None:
        return Status.OK
    if rules.breaches(value, rules.warning):
        return Status.WARN
    stays = before in (Status.ALERT, Status.WARN) and not rules.recovered(recovery, rules.warning_recovery)
    return Status.WARN if stays else Status.OK


def enter(rules: Rules, state: GroupState, after: Status, now: int) -> tuple[GroupState, Transition | None]:
    """The state having entered `after` (or having stayed in it) at `now`, and the transition that this is. A new group that is OK is none."""
    if after is state.status:
        return _stay(rules, state, now)
    before = Status.OK if state.status is Status.NEW else state.status
    if after is before:
        return replace(state, status=after, since=now), None
    moved = replace(_dated(state, before, after, now), status=after, since=now, renotified=0)
    notify = _notifies(rules, state, after)
    moved = replace(
        moved,
        announced=after is not Status.OK and (state.announced or notify),
        last_notified=now if notify else state.last_notified,
    )
    return moved, moved.entered(now, before, notify=notify)


def follow(
    rules: Rules, previous: GroupState, status: Status | None, value: float, now: int
) -> tuple[GroupState, Transition | None]:
    """A step whose status was worked out elsewhere (a composite's, a service check's, that of several groups together); None keeps the one before.

    A No Data that notifies nobody keeps the last known state too, as composites do (monitors/types/composite).
    """
    state = replace(previous, first_seen=now) if previous.first_seen is None else previous
    if status is None or (status is Status.NO_DATA and not rules.notify_no_data):
        return _stay(rules, state, now)
    same = value == state.value or (math.isnan(value) and math.isnan(state.value))
    return enter(rules, state if same else replace(state, value=value), status, now)


def _dated(state: GroupState, before: Status, after: Status, now: int) -> GroupState:
    """The times that messages show: first_triggered when it leaves OK, last_triggered at every change to another state than OK (monitors/notify/variables)."""
    if after is Status.OK:
        return replace(state, last_resolved=now)
    first = now if before is Status.OK else state.first_triggered
    nodata = now if after is Status.NO_DATA else state.last_nodata
    return replace(state, first_triggered=first, last_triggered=now, last_nodata=nodata)


def _notifies(rules: Rules, state: GroupState, after: Status) -> bool:
    """Whether a transition makes a notification. GUESS: a recovery does if anything before it in the episode did."""
    match after:
        case Status.OK:
            return state.announced
        case Status.NO_DATA:
            return rules.notify_no_data
        case _:
            return True


def _stay(rules: Rules, state: GroupState, now: int) -> tuple[GroupState, Transition | None]:
    """The state as it is, notified again if that is due (monitors/notify, renotification): so many minutes after the last notification of the group.

    GUESS: the count of repeats starts anew with every change of state; a state that is kept while evaluations are skipped is repeated too.
    """
    if not rules.renotifies(state.status) or state.last_notified is None:
        return state, None
    spent = rules.renotify_occurrences is not None and state.renotified >= rules.renotify_occurrences
    if spent or now - state.last_notified < (rules.renotify_interval or 0):
        return state, None
    again = replace(state, last_notified=now, renotified=state.renotified + 1)
    return again, again.entered(now, state.status, renotified=again.renotified)
