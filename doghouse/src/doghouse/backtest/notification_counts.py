"""How many notifications a backtest would have sent, counted in columns: a year of a hundred hosts has millions."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from doghouse import monitors as mon
from doghouse.backtest.run import Backtest, Timeline
from doghouse.metrics.model import Ints
from doghouse.monitors import Status
from doghouse.notifications.silencing import silencer
from doghouse.time import zones
from doghouse.time.lengths import DAY

NIGHT_FROM_HOUR, NIGHT_TO_HOUR = 22, 7  # local hours in which a notification wakes somebody
_KINDS = 16 * len(Status)  # of transitions: before and after, and whether it is a repeat
QUARTER_S = 900  # zones differ by whole quarters of an hour
_DEPENDS = re.compile(r"is_(?:exact_)?match|@\S*\{\{")


class Reach:
    """Whether a transition's message reaches anybody: asked once a kind of transition where the text makes no difference between groups and values."""

    def __init__(self, test: Backtest) -> None:
        self._test = test
        options = test.monitor.options
        self._depends = bool(_DEPENDS.search(test.monitor.message + (options.escalation_message or "")))
        self._kinds: dict[mon.Group, tuple[NDArray[np.bool_], NDArray[np.bool_]]] = {}  # which are known, and reach

    def of(self, timeline: Timeline, indexes: Ints) -> NDArray[np.bool_]:
        """Whether somebody gets the notification of each of these entries of the history."""
        history = timeline.history
        if self._depends:
            return np.array([self._ask(timeline, int(index)) for index in indexes], np.bool_)
        kinds = history.before[indexes] * np.int8(16) + history.after[indexes] * np.int8(2)
        kinds += history.renotified[indexes] > 0
        group = timeline.group if self._test.rules else ()  # rules make a difference between groups
        known, reaches = self._kinds.setdefault(group, (np.zeros(_KINDS, np.bool_), np.zeros(_KINDS, np.bool_)))
        for kind in np.flatnonzero(np.bincount(kinds, minlength=_KINDS) * ~known).tolist():
            known[kind] = True
            reaches[kind] = self._ask(timeline, int(indexes[np.argmax(kinds == kind)]))
        return np.asarray(reaches[kinds])

    def _ask(self, timeline: Timeline, index: int) -> bool:
        return self.reaches(timeline, timeline.history.transition(index))

    def reaches(self, timeline: Timeline, transition: mon.Transition) -> bool:
        """Whether somebody gets the notification of one transition."""
        return self._test.reaches_somebody(timeline.group, transition)

    @property
    def test(self) -> Backtest:
        """The backtest that is asked about."""
        return self._test


def counted(timeline: Timeline, reach: Reach) -> tuple[Ints, int]:
    """When one group's notifications were sent (int64, s UTC), and how many downtimes silenced."""
    indexes = np.flatnonzero(timeline.history.notify)
    indexes = indexes[reach.of(timeline, indexes)]
    silenced = _silenced(timeline, indexes)
    sent_at_ends = (due.transition for due in reach.test.ends(timeline))
    ends = [transition.at for transition in sent_at_ends if reach.reaches(timeline, transition)]
    return np.append(timeline.history.at[indexes[~silenced]], np.array(ends, np.int64)), int(np.count_nonzero(silenced))


def _silenced(timeline: Timeline, indexes: Ints) -> NDArray[np.bool_]:
    """Which entries of the history a downtime silences. Only recoveries that a downtime might let through are asked one by one."""
    if not timeline.covers:
        return np.zeros(len(indexes), np.bool_)
    history = timeline.history
    starts = np.sort([cover.stretch.start for cover in timeline.covers])
    ends = np.sort([cover.stretch.end for cover in timeline.covers])
    at = history.at[indexes]
    begun = np.searchsorted(starts, at, side="right")
    silenced = begun > np.searchsorted(ends, at, side="right")
    earlier = np.searchsorted(starts, history.first_triggered[indexes], side="right")
    for place in np.flatnonzero(silenced & (history.after[indexes] == Status.OK) & (begun > earlier)).tolist():
        silenced[place] = silencer(timeline.covers, history.transition(int(indexes[place]))) is not None
    return silenced


class Nights:
    """Counts the times that are at night by a zone's clocks, of those in [start, end] (s UTC)."""

    def __init__(self, zone: ZoneInfo, start: int, end: int) -> None:
        self._first = start // DAY * DAY
        days = range(self._first, end + 1, DAY)
        self._nights = np.concatenate([_nights(zone, day) for day in days])

    def count(self, times: Ints) -> int:
        """How many of these times are at night."""
        return int(np.count_nonzero(self._nights[(times - self._first) // QUARTER_S]))


def _nights(zone: ZoneInfo, day: int) -> NDArray[np.bool_]:
    """Which quarters of an hour of a UTC day (its start: s UTC) are at night.

    Clocks that are as far ahead at the day's end as at its start are not changed in between.
    """
    quarters = day + QUARTER_S * np.arange(DAY // QUARTER_S)
    ahead = np.array([zones.offset(day, zone)])
    if zones.offset(day + DAY, zone) != ahead[0]:
        ahead = np.array([zones.offset(quarter, zone) for quarter in quarters.tolist()])
    hour = (quarters + ahead) // 3600 % 24
    return np.asarray((hour >= NIGHT_FROM_HOUR) | (hour < NIGHT_TO_HOUR))
