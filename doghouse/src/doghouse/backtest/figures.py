"""A backtest in the figures that an on-call person asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from msgspec import Struct, field

from doghouse.backtest.notification_counts import Nights, Reach, counted
from doghouse.backtest.run import Backtest
from doghouse.monitors import Status
from doghouse.time.lengths import DAY

LABELS = ("Alert", "Warn", "OK", "No Data")


class Figures(Struct, frozen=True):
    """A backtest in figures. `shares` are the shares of evaluated time in each state, over all groups; `at_night` counts 22:00 to 07:00 local time.
    `recipients` are how many of those sent each recipient gets."""

    days: float
    evaluations: int
    groups: int
    changes: int
    sent: int
    silenced: int
    at_night: int
    shares: Mapping[str, float]
    recipients: Mapping[str, int] = field(default_factory=dict)

    @property
    def a_day(self) -> float:
        """Notifications sent a day."""
        return self.sent / self.days if self.days else 0.0

    def document(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "days": round(self.days, 4),
            "groups": self.groups,
            "changes": self.changes,
            "notifications": self.sent,
            "notifications_a_day": round(self.a_day, 2),
            "at_night": self.at_night,
            "silenced": self.silenced,
            "shares": {label: round(share, 6) for label, share in self.shares.items()},
            "recipients": dict(self.recipients),
        }


def figures(test: Backtest, timezone: str = "UTC") -> Figures:
    """The figures of a backtest, at night by the clocks of `timezone`; counted in columns: no message is rendered that is not needed to know whom it is for."""
    sent = silenced = night = changes = 0
    statuses = np.zeros(len(Status), np.int64)
    reach = Reach(test)
    nights = Nights(ZoneInfo(timezone), test.start, test.end)
    recipients: Counter[str] = Counter()
    for timeline in test.notified:
        times, whom, muted = counted(timeline, reach)
        for number, many in enumerate(np.bincount(whom).tolist()):
            recipients.update(dict.fromkeys(reach.recipients[number], many) if many else {})
        sent += len(times)
        silenced += muted
        night += nights.count(times)
    for timeline in test.timelines:
        changes += int(np.count_nonzero(timeline.history.renotified == 0))
        statuses += [np.count_nonzero(timeline.history.statuses == int(status)) for status in Status]
    counts = {
        label: sum(int(statuses[status]) for status in Status if status.label == label and status is not Status.NEW)
        for label in LABELS
    }
    total = sum(counts.values())
    shares = {label: counts[label] / total if total else 0.0 for label in LABELS}
    days = (test.end - test.start) / DAY
    return Figures(
        days,
        len(test.ticks),
        len(test.timelines),
        changes,
        sent,
        silenced,
        night,
        shares,
        dict(recipients.most_common()),
    )
