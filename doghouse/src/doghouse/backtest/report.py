"""What a backtest says: the JSON document, and the figures that an on-call person asks for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from doghouse.backtest.notification_counts import Nights, Reach, counted
from doghouse.backtest.run import Backtest
from doghouse.monitors import Status
from doghouse.notifications.model import Notification
from doghouse.time.lengths import DAY

LABELS = ("Alert", "Warn", "OK", "No Data")


@dataclass(frozen=True, slots=True)
class Figures:
    """A backtest in figures. `shares` are the shares of evaluated time in each state, over all groups; `at_night` counts 22:00 to 07:00 local time."""

    days: float
    evaluations: int
    groups: int
    changes: int
    sent: int
    silenced: int
    at_night: int
    shares: Mapping[str, float]

    @property
    def a_day(self) -> float:
        """Notifications sent a day."""
        return self.sent / self.days if self.days else 0.0


def figures(test: Backtest, timezone: str = "UTC") -> Figures:
    """The figures of a backtest, at night by the clocks of `timezone`; counted in columns: no message is rendered that is not needed to know whom it is for."""
    sent = silenced = night = changes = 0
    statuses = np.zeros(len(Status), np.int64)
    reach = Reach(test)
    nights = Nights(ZoneInfo(timezone), test.start, test.end)
    for timeline in test.notified:
        told, muted = counted(timeline, reach)
        sent += len(told)
        silenced += muted
        night += nights.count(told)
    for timeline in test.timelines:
        changes += int(np.count_nonzero(timeline.history.renotified == 0))
        statuses += [np.count_nonzero(timeline.history.statuses == int(one)) for one in Status]
    counts = {
        label: sum(int(statuses[one]) for one in Status if one.label == label and one is not Status.NEW)
        for label in LABELS
    }
    total = sum(counts.values())
    shares = {label: counts[label] / total if total else 0.0 for label in LABELS}
    days = (test.end - test.start) / DAY
    return Figures(days, len(test.ticks), len(test.timelines), changes, sent, silenced, night, shares)


def document(test: Backtest, notifications: Sequence[Notification], found: Figures) -> dict[str, Any]:
    """The JSON document of `doghouse backtest --json`."""
    return {
        "from": iso(test.start),
        "to": iso(test.end),
        "evaluations": found.evaluations,
        "transitions": [
            {
                "time": iso(one.at),
                "group": dict(group),
                "from": one.before.label if one.before is not Status.NEW else "OK",
                "to": one.after.label,
                "value": number(one.value),
            }
            for group, one in test.transitions()
        ],
        "notifications": [
            {
                "time": iso(one.at),
                "group": dict(one.group),
                "transition": one.transition,
                "recipients": list(one.recipients),
                "subject": one.subject,
                "body": one.body,
                "silenced_by": one.silenced_by,
                "released_by": one.released_by,
            }
            for one in notifications
        ],
        "figures": figures_document(found),
    }


def figures_document(found: Figures) -> dict[str, Any]:
    """Figures for JSON."""
    return {
        "days": round(found.days, 4),
        "groups": found.groups,
        "changes": found.changes,
        "notifications": found.sent,
        "notifications_a_day": round(found.a_day, 2),
        "at_night": found.at_night,
        "silenced": found.silenced,
        "shares": {label: round(share, 6) for label, share in found.shares.items()},
    }


def iso(when: float) -> str:
    """A time (s UTC) as `2026-03-02T10:05:00Z`."""
    return datetime.fromtimestamp(int(when), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def number(value: float) -> float | None:
    """A value for JSON: null where there is none; rounding noise of sums (beyond 10 digits) trimmed."""
    return None if math.isnan(value) else float(f"{value:.10g}")
