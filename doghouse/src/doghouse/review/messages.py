"""How a monitor's messages read before and after: one example of each state."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from doghouse.backtest.run import Backtest
from doghouse.monitors import Group, Message, Status, Transition
from doghouse.notifications.writing import addressed
from doghouse.review.model import MessageChange
from doghouse.review.words import difference
from doghouse.tags.pairs import group_text

STATES = (Status.ALERT, Status.WARN, Status.NO_DATA, Status.OK)


def changed_messages(before: Backtest, after: Backtest) -> Iterator[MessageChange]:
    """The states whose message reads differently, or goes to others: an example of each, the same transition written by both versions.

    Where the versions group differently, each is shown what itself did first.
    """
    for state in STATES:
        new, old = _example(after, state), _example(before, state)
        if new is None and old is None:
            continue
        if new is None or old is None or _keys(new[0]) == _keys(old[0]):
            new = old = new or old
        if new is None or old is None:
            continue
        was, is_now = _written(before, *old), _written(after, *new)
        titled = before.monitor.name == after.monitor.name  # else its name is told already
        pieces = difference(
            *(f"{message.title}\n{message.body}" if titled else message.body for message in (was, is_now))
        )
        removed = [recipient for recipient in was.recipients if recipient not in is_now.recipients]
        joined = [recipient for recipient in is_now.recipients if recipient not in was.recipients]
        if removed or joined or any(piece.kind != "same" for piece in pieces):
            yield MessageChange(new[1].word, group_text(new[0]), pieces, removed, joined)


def _example(test: Backtest, state: Status) -> tuple[Group, Transition] | None:
    """The first notification of a state that there was."""
    earliest: tuple[Group, Transition] | None = None
    for timeline in test.notified:
        history = timeline.history
        index = np.flatnonzero((history.after == int(state)) & history.notify & (history.renotified == 0))
        if len(index) and (earliest is None or int(history.at[index[0]]) < earliest[1].at):
            earliest = timeline.group, history.transition(int(index[0]))
    return earliest


def _keys(group: Group) -> list[str]:
    return [key for key, _ in group]


def _written(test: Backtest, group: Group, transition: Transition) -> Message:
    more = test.more(group, transition.at) if test.more else None
    return addressed(test.monitor, group, transition, test.hosts, more, test.rules)
