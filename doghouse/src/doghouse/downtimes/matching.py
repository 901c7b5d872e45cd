"""What downtimes do to notifications: which they silence, which recovery they let through, what they notify when they end.

Times are s UTC. A group's tags are its own and, for the scope, the filter tags of the monitor's query. Downtimes never change a state: evaluation goes on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from doghouse.downtimes.model import Downtime
from doghouse.downtimes.schedule import Stretch, stretches
from doghouse.downtimes.scope import parse_scope


class Cover(Struct, frozen=True):
    """One stretch of one downtime over a group."""

    downtime: Downtime
    stretch: Stretch

    def holds(self, at: float) -> bool:
        """Whether it is on at `at`. GUESS: from its start on, to before its end."""
        return self.stretch.start <= at < self.stretch.end


def concerns(downtime: Downtime, monitor_id: int, monitor_tags: Collection[str], tags: Iterable[str]) -> bool:
    """Whether the downtime is for this monitor, and a group with these tags is in its scope.

    `monitor_tags` of a downtime are the monitor's own tags, all of them asked for (`*`: any monitor); the scope comes second.
    """
    if downtime.monitor_id is not None and downtime.monitor_id != monitor_id:
        return False
    if any(tag != "*" and tag not in monitor_tags for tag in downtime.monitor_tags or ()):
        return False
    return parse_scope(downtime.scope).matches(tags)


def covers(downtimes: Iterable[Downtime], start: float, end: float) -> list[Cover]:
    """Every stretch of these downtimes that touches [start, end], by start."""
    planned = [Cover(downtime, stretch) for downtime in downtimes for stretch in stretches(downtime, start, end)]
    return sorted(planned, key=lambda cover: cover.stretch.start)  # not by the end, which a cancellation changes


def silencer(covers: Sequence[Cover], at: float, *, recovery: bool, episode_start: float | None) -> Downtime | None:
    """The downtime that silences a notification at `at`, or None. `episode_start` is when the group left OK (a transition's `first_triggered`).

    A recovery of what was triggered before a downtime began is let through (the first recovery during it), unless one of the covering downtimes mutes it;
    that option adds up. GUESS: occurrences of one downtime that touch are one downtime here; changes between Warn and Alert and repeats are silenced.
    """
    for cover in covers:
        if cover.holds(at) and not (recovery and _lets_recover(cover, covers, episode_start)):
            return cover.downtime
    return None


def _lets_recover(cover: Cover, covers: Sequence[Cover], episode_start: float | None) -> bool:
    if cover.downtime.mute_first_recovery or episode_start is None:
        return False
    return episode_start < _began(cover, covers)


def _began(cover: Cover, covers: Sequence[Cover]) -> float:
    """When the downtime began to be on without a break."""
    start = cover.stretch.start
    for earlier in sorted(covers, key=lambda candidate: -candidate.stretch.end):
        if earlier.downtime is cover.downtime and earlier.stretch.end == start:
            start = earlier.stretch.start
    return start


def releases(covers: Sequence[Cover], after: float, until: float) -> list[Cover]:
    """The ends in (after, until] at which a group's state may be notified, by time; whether it is, `released` says.

    GUESS: not those where another downtime, or the next occurrence, is on at that instant: the last one to end decides. Of several that end at one instant
    the one that notifies the most states does.
    """
    ends: dict[float, Cover] = {}
    for cover in covers:
        at = cover.stretch.end
        if not after < at <= until or any(other.holds(at) for other in covers):
            continue
        if at not in ends or _notifies(cover) > _notifies(ends[at]):
            ends[at] = cover
    return [ends[at] for at in sorted(ends)]


def _notifies(cover: Cover) -> int:
    """How many states this end notifies."""
    downtime = cover.downtime
    return len(downtime.notify_end_states) if cover.stretch.ended_by in downtime.notify_end_types else 0


def released(cover: Cover, state: str, *, notifies_no_data: bool) -> bool:
    """Whether this end notifies a group that is in `state` (`alert`, `warn`, `no data`; anything else never).

    GUESS: No Data only if the monitor itself notifies it; an occurrence of a recurring downtime expires like a downtime.
    """
    downtime = cover.downtime
    if cover.stretch.ended_by not in downtime.notify_end_types or state not in downtime.notify_end_states:
        return False
    return state != "no data" or notifies_no_data
