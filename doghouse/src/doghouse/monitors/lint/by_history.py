"""What only a stretch of history tells: a backtest or a review hands in the changes of state, and lint says what they mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.rule import Problem, rule
from doghouse.monitors.states.machine import Status, Transition
from doghouse.monitors.windows.columns import Group
from doghouse.tags.pairs import group_text
from doghouse.time.lengths import MINUTE

HOVERS = rule(
    "threshold-hovers", "A value hovers about its threshold, and there is no recovery threshold", "warning", order=270
)
SOON_S = 30 * MINUTE  # an alert so soon after a recovery is the same one again
OFTEN = 3


def by_history(monitor: Definition, changes: Iterable[tuple[Group, Transition]]) -> Iterator[Problem]:
    """The problems that changes of state show, which come by time (`Backtest.transitions`): a group that often alerts again soon after it recovered."""
    if not monitor.compares or monitor.thresholds.critical_recovery is not None:
        return
    recovered: dict[Group, int] = {}
    again: Counter[Group] = Counter()
    for group, change in changes:
        if change.before is Status.ALERT:
            recovered[group] = change.at
        if change.after is Status.ALERT and change.at - recovered.get(group, change.at - SOON_S - 1) <= SOON_S:
            again[group] += 1
    if not again or max(again.values()) < OFTEN:
        return
    group, times = again.most_common(1)[0]
    who = f" of {group_text(group)}" if group else ""
    others = f", and {len(again) - 1} other groups" if len(again) > 1 else ""
    text = (
        f"the value{who} hovers about {monitor.thresholds.critical or 0:g}: it alerted again within {SOON_S // MINUTE} minutes of its recovery "
        f"{times} times{others}; without critical_recovery each is an alert and a recovery (doghouse backtest --suggest says what one would do)"
    )
    yield HOVERS.problem("options.thresholds.critical_recovery", text)
