"""How many notifications a backtest would have sent, counted in columns: a year of a hundred hosts has millions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from doghouse import monitors as mon
from doghouse.backtest.run import Backtest, Timeline
from doghouse.metrics.model import Ints
from doghouse.monitors import Status
from doghouse.monitors.message.context import BUILT_IN
from doghouse.monitors.message.template import MATCHES, Block, Node, Path, TemplateError, parse, path
from doghouse.notifications.silencing import Due, of_transition, silencer
from doghouse.time import zones
from doghouse.time.lengths import DAY

NIGHT_FROM_HOUR, NIGHT_TO_HOUR = 22, 7  # local hours in which a notification wakes somebody
_KINDS = 16 * len(Status)  # of transitions: before and after, and whether it is a repeat
# A variable in a mention (`@ops-{{env}}`), blocks' tags apart, or one that a mention is glued to (`{{value}}@ops`).
_IN_MENTION = re.compile(
    r"@(?:[^\s{]|\{\{[#/^][^}]*\}\})*\{\{(?![#/^!])(?P<inside>[^{}]*)\}\}|\{\{(?![#/^!])(?P<before>[^{}]*)\}\}@"
)
QUARTER_S = 900  # zones differ by whole quarters of an hour
NOBODY = 0  # the number of the recipients of what reaches nobody


class Reach:
    """Whom a transition's message reaches: asked once a kind of transition where the text makes no difference between values, or groups and values."""

    def __init__(self, test: Backtest) -> None:
        self.test = test
        options = test.monitor.options
        by_group, self._by_transition = differences(test.monitor.message + "\n" + (options.escalation_message or ""))
        # What a log says is another thing each time.
        self._by_transition = self._by_transition or (by_group and test.more is not None)
        self._by_group = by_group or bool(test.rules)
        self._kinds: dict[mon.Group, Ints] = {}  # by kind of transition the number of its recipients, -1: not known
        self.recipients: list[tuple[str, ...]] = [()]

    def of(self, timeline: Timeline, indexes: Ints) -> Ints:
        """The number of the recipients (of `recipients`) of each of these entries of the history; NOBODY: there are none."""
        history = timeline.history
        if self._by_transition:
            return np.array([self._ask(timeline, int(index)) for index in indexes], np.int64)
        kinds = _kinds(history, indexes)
        numbers = self._kinds.setdefault(timeline.group if self._by_group else (), np.full(_KINDS, -1))
        for kind in np.flatnonzero(np.bincount(kinds, minlength=_KINDS) * (numbers < 0)).tolist():
            numbers[kind] = self._ask(timeline, int(indexes[np.argmax(kinds == kind)]))
        return numbers[kinds]

    def _ask(self, timeline: Timeline, index: int) -> int:
        return self.reaches(timeline, timeline.history.transition(index))

    def reaches(self, timeline: Timeline, transition: mon.Transition) -> int:
        """The number of the recipients of the notification of one transition."""
        recipients = self.test.reached_by(timeline.group, transition)
        if recipients not in self.recipients:
            self.recipients.append(recipients)
        return self.recipients.index(recipients)


@lru_cache(maxsize=64)
def differences(message: str) -> tuple[bool, bool]:
    """Whether whom a message reaches differs between groups, and whether it differs between transitions of one kind of one group too."""
    try:
        nodes = parse(message)
    except TemplateError:
        return False, False  # it is sent as it stands
    named = [*_compared(nodes), *_mentioned(message)]
    return bool(named), any(variable is None or variable[0] in BUILT_IN for variable in named)


def _compared(nodes: Sequence[Node]) -> Iterator[Path | None]:
    """What conditions compare: variables, None for a computed value."""
    for node in nodes:
        if isinstance(node, Block):
            condition = node.condition
            if condition.helper in MATCHES:
                yield None if condition.subject or not condition.arguments else path(condition.arguments[0])
            yield from _compared((*node.body, *node.otherwise))


def _mentioned(message: str) -> Iterator[Path | None]:
    """The variables that stand in a mention or right before one, None for a computed one."""
    for mention in _IN_MENTION.finditer(message):
        words = (mention["inside"] or mention["before"]).strip().split()
        if words != ["else"]:
            yield path(words[0]) if len(words) == 1 else None


def counted(timeline: Timeline, reach: Reach) -> tuple[Ints, Ints, int]:
    """When one group's notifications were sent (int64, s UTC), to whom (numbers of `reach.recipients`), and how many downtimes silenced."""
    indexes = np.flatnonzero(timeline.history.notify)
    to = reach.of(timeline, indexes)
    indexes, to = indexes[to != NOBODY], to[to != NOBODY]
    silenced = _silenced(timeline, indexes)
    sent_at_ends = ((due.transition.at, reach.reaches(timeline, due.transition)) for due in reach.test.ends(timeline))
    ends = [(at, whom) for at, whom in sent_at_ends if whom != NOBODY]
    times = np.append(timeline.history.at[indexes[~silenced]], np.array([at for at, _ in ends], np.int64))
    whom = np.append(to[~silenced], np.array([whom for _, whom in ends], np.int64))
    return times, whom, int(np.count_nonzero(silenced))


def firsts(test: Backtest) -> list[tuple[mon.Group, Due]]:
    """The first notification of each kind of change (`Triggered`, `Recovered`, …), silenced or not, by time: found in columns."""
    reach = Reach(test)
    dues: list[tuple[mon.Group, Due]] = []
    for timeline in test.notified:
        indexes = np.flatnonzero(timeline.history.notify)
        indexes = indexes[reach.of(timeline, indexes) != NOBODY]
        _, places = np.unique(_kinds(timeline.history, indexes), return_index=True)
        changes = (timeline.history.transition(index) for index in indexes[places].tolist())
        dues += [(timeline.group, of_transition(timeline.covers, change)) for change in changes]
        ends = test.ends(timeline)
        dues += [(timeline.group, due) for due in ends if reach.reaches(timeline, due.transition) != NOBODY]
    first: dict[str, tuple[mon.Group, Due]] = {}
    for group, due in sorted(dues, key=lambda entry: (entry[1].at, entry[0])):
        first.setdefault(due.transition.word, (group, due))
    return list(first.values())


def _kinds(history: mon.History, indexes: Ints) -> NDArray[np.int8]:
    """A number for the kind of transition of each of these entries: what was before and after, and whether it is a repeat."""
    kinds: NDArray[np.int8] = history.before[indexes] * np.int8(16) + history.after[indexes] * np.int8(2)
    return kinds + (history.renotified[indexes] > 0)


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
