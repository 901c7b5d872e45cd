"""What downtimes make of one group's notifications: which they silence, and what their ends send. The live loop and the backtest both ask here.

Functions of their arguments: no clock, no disk. Times are s UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from doghouse import downtimes as dt
from doghouse.downtimes import Cover, Downtime
from doghouse.monitors import Definition, Group, GroupState, Status, Transition

END_STATES = {Status.ALERT: "alert", Status.WARN: "warn", Status.NO_DATA: "no data"}


class Due(Struct, frozen=True):
    """A notification that is due at `at`: the transition that it tells of, and the label of the downtime that silences it or whose end sends it."""

    transition: Transition
    at: float
    silenced_by: str | None = None
    released_by: str | None = None


def covers_of(
    monitor: Definition, group: Group, downtimes: Sequence[Downtime], start: float, end: float
) -> list[Cover]:
    """The downtimes' stretches over one group that touch [start, end]."""
    if not downtimes:
        return []
    tags = [f"{key}:{value}" for key, value in group] + list(monitor.filters)
    concerned = [downtime for downtime in downtimes if dt.concerns(downtime, monitor.id, monitor.tags, tags)]
    return dt.covers(concerned, start, end) if concerned else []


def silencer(covers: Sequence[Cover], transition: Transition) -> Downtime | None:
    """The downtime that silences a transition's notification, if one does."""
    recovery = transition.after is Status.OK
    return dt.silencer(covers, transition.at, recovery=recovery, episode_start=transition.first_triggered)


def of_transition(covers: Sequence[Cover], transition: Transition) -> Due:
    """The notification of a transition that notifies, sent or silenced."""
    downtime = silencer(covers, transition)
    return Due(transition, transition.at, silenced_by=downtime.label if downtime else None)


def of_ends(
    covers: Sequence[Cover],
    after: float,
    until: float,
    state_at: Callable[[float], GroupState],
    *,
    notifies_at: Callable[[float], bool],
    notifies_no_data: bool,
) -> Iterator[Due]:
    """What the ends of downtimes in (after, until] send: the state that the group is in (`state_at`), as a transition into it.

    Nothing is sent where the monitor itself notifies at that moment (`notifies_at`), or where the downtime had ended before it was made.
    """
    for cover in dt.releases(covers, after, until):
        end = cover.stretch.end
        state = state_at(end)
        word = END_STATES.get(state.status)
        if word is None or end < cover.downtime.created or notifies_at(end):
            continue
        if dt.released(cover, word, notifies_no_data=notifies_no_data):
            yield Due(state.entered(int(end), Status.OK), end, released_by=cover.downtime.label)
