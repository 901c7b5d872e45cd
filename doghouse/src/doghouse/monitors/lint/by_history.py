"""What only a stretch of history tells: a backtest or a review hands in the groups' histories, and lint says what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.rule import Problem, rule
from doghouse.monitors.states.changes import History
from doghouse.monitors.states.machine import Status
from doghouse.monitors.windows.columns import Group
from doghouse.tags.pairs import group_text
from doghouse.time.lengths import MINUTE

HOVERS = rule(
    "threshold-hovers",
    "A value hovers about its threshold, and there is no recovery threshold",
    "warning",
    order=270,
    past=True,
)
SOON_S = 30 * MINUTE  # an alert so soon after a recovery is the same one again
OFTEN = 3


def by_history(monitor: Definition, histories: Iterable[tuple[Group, History]]) -> Iterator[Problem]:
    """The problems that the histories of a monitor's groups show: a group that often alerts again soon after it recovered."""
    if not monitor.compares or monitor.thresholds.critical_recovery is not None:
        return
    again = {group: times for group, history in histories if (times := _again(history))}
    if max(again.values(), default=0) < OFTEN:
        return
    group = max(again, key=lambda own: again[own])
    who = f" of {group_text(group)}" if group else ""
    more = len(again) - 1
    others = f", and {more} other group{'s' if more > 1 else ''}" if more else ""
    text = (
        f"the value{who} hovers about {monitor.thresholds.critical or 0:g}: it alerted again within {SOON_S // MINUTE} minutes of its recovery "
        f"{again[group]} times{others}; without critical_recovery each is an alert and a recovery (doghouse backtest --suggest says what one would do)"
    )
    yield HOVERS.problem("options.thresholds.critical_recovery", text)


def _again(history: History) -> int:
    """How often a group was in Alert again soon after its value had left it."""
    changed = history.renotified == 0
    recovered = history.at[
        changed & (history.before == Status.ALERT) & np.isin(history.after, (int(Status.OK), int(Status.WARN)))
    ]
    entered = history.at[changed & (history.after == Status.ALERT)]
    last = np.searchsorted(recovered, entered, side="right") - 1
    return int(np.count_nonzero(entered[last >= 0] - recovered[last[last >= 0]] <= SOON_S))
