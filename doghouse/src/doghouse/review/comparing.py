"""Two backtests of one monitor, before and after, as what differs between them."""

from __future__ import annotations

from collections.abc import Sequence

from doghouse.backtest.run import Backtest
from doghouse.backtest.suggesting import Suggestion
from doghouse.monitors.lint import Problem, by_history
from doghouse.review.history import missed, past
from doghouse.review.messages import changed_messages
from doghouse.review.model import Compared

LATEST_S = 300  # how much later a suggested setting may find the first alert
LESS = 0.8  # of the notifications: what saves less than a fifth is not worth a line


def compared(before: Backtest | None, after: Backtest | None, zone: str) -> Compared:
    """What differs. `zone` is whose clocks nights are told by."""
    return Compared(
        past(before, zone) if before else None,
        past(after, zone) if after else None,
        missed(before, after) if before else (),
        list(changed_messages(before, after)) if before and after else (),
        shown=(_shown(before), _shown(after)),
    )


def _shown(test: Backtest | None) -> Sequence[Problem]:
    """The lint problems that a backtest shows."""
    if test is None:
        return ()
    return list(by_history(test.monitor, ((timeline.group, timeline.history) for timeline in test.timelines)))


def better(suggestions: Sequence[Suggestion]) -> Suggestion | None:
    """The setting that sends the fewest notifications, a fifth less than as it is (the first of them) at least, and finds the first alert nearly as early."""
    if not suggestions:
        return None
    as_it_is, *others = suggestions
    good = [
        suggestion
        for suggestion in others
        if suggestion.figures.sent <= LESS * as_it_is.figures.sent
        and suggestion.alert_delay is not None
        and suggestion.alert_delay <= LATEST_S
    ]
    return min(good, key=lambda suggestion: (suggestion.figures.sent, suggestion.alert_delay), default=None)
