"""How many notifications a backtest would have sent, counted in columns: a year of a hundred hosts has millions."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from doghouse import monitors as mon
from doghouse.backtest.replay import Backtest, Timeline
from doghouse.metrics.model import Ints
from doghouse.monitors import Status

NIGHT_FROM_HOUR, NIGHT_TO_HOUR = 22, 7  # local hours in which a notification wakes somebody
HALF_HOUR_S = 1800  # no zone's clock is changed at another time than a half hour
_DEPENDS = re.compile(r"is_(?:exact_)?match|@\S*\{\{")


class Reach:
    """Whether a transition's message reaches anybody: asked once a kind of transition where the text makes no difference between groups and values."""

    def __init__(self, test: Backtest) -> None:
        self._test = test
        options = test.monitor.options
        self._depends = bool(_DEPENDS.search(test.monitor.message + (options.escalation_message or "")))
        self._known: dict[int, bool] = {}

    def of(self, timeline: Timeline, indexes: Ints) -> NDArray[np.bool_]:
        """Whether somebody gets the notification of each of these entries of the history."""
        history = timeline.history
        if self._depends:
            return np.array([self._ask(timeline, int(index)) for index in indexes], np.bool_)
        kinds = (
            history.before[indexes].astype(np.int64) * 16
            + history.after[indexes] * 2
            + (history.renotified[indexes] > 0)
        )
        found = np.zeros(len(indexes), np.bool_)
        for kind in np.unique(kinds).tolist():
            same = kinds == kind
            if kind not in self._known:
                self._known[kind] = self._ask(timeline, int(indexes[np.argmax(same)]))
            found[same] = self._known[kind]
        return found

    def _ask(self, timeline: Timeline, index: int) -> bool:
        return self.reaches(timeline, timeline.history.transition(index))

    def reaches(self, timeline: Timeline, transition: mon.Transition) -> bool:
        """Whether somebody gets the notification of one transition."""
        return bool(mon.render(self._test.monitor, timeline.group, transition, self._test.hosts).recipients)

    @property
    def test(self) -> Backtest:
        """The backtest that is asked about."""
        return self._test


def counted(timeline: Timeline, reach: Reach) -> tuple[Ints, int]:
    """When one group's notifications were sent (int64, s UTC), and how many downtimes silenced."""
    indexes = np.flatnonzero(timeline.history.notify)
    indexes = indexes[reach.of(timeline, indexes)]
    silenced = _silenced(timeline, indexes)
    ends = [one.at for _, one in reach.test.released(timeline) if reach.reaches(timeline, one)]
    return np.append(timeline.history.at[indexes[~silenced]], np.array(ends, np.int64)), int(np.count_nonzero(silenced))


def _silenced(timeline: Timeline, indexes: Ints) -> NDArray[np.bool_]:
    """Which entries of the history a downtime silences. Only recoveries that a downtime might let through are asked one by one."""
    history = timeline.history
    starts = np.sort([cover.stretch.start for cover in timeline.covers])
    ends = np.sort([cover.stretch.end for cover in timeline.covers])
    at = history.at[indexes]
    begun = np.searchsorted(starts, at, side="right")
    silenced = begun > np.searchsorted(ends, at, side="right")
    earlier = np.searchsorted(starts, history.first_triggered[indexes], side="right")
    for place in np.flatnonzero(silenced & (history.after[indexes] == Status.OK) & (begun > earlier)).tolist():
        silenced[place] = timeline.silencer(history.transition(int(indexes[place]))) is not None
    return silenced


class Nights:
    """Counts the times that are at night by a zone's clocks."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._known: dict[int, bool] = {}

    def count(self, times: Ints) -> int:
        """How many of these times (s UTC) are at night."""
        halves, counts = np.unique(times // HALF_HOUR_S, return_counts=True)
        return sum(count for half, count in zip(halves.tolist(), counts.tolist(), strict=True) if self._is_night(half))

    def _is_night(self, half: int) -> bool:
        if half not in self._known:
            hour = datetime.fromtimestamp(half * HALF_HOUR_S, UTC).astimezone(self._zone).hour
            self._known[half] = hour >= NIGHT_FROM_HOUR or hour < NIGHT_TO_HOUR
        return self._known[half]
