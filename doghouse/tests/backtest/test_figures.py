"""A backtest in figures: what is in the document, with how many digits, and what each is worth of nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from doghouse.backtest.figures import Figures, figures
from doghouse.backtest.run import backtest
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Series
from doghouse.monitors import parse

T0 = 1_772_445_600  # 2026-03-02T10:00:00Z
WHOLE = Figures(
    days=1.234567,
    evaluations=1778,
    groups=3,
    changes=12,
    sent=7,
    silenced=2,
    at_night=1,
    shares={"Alert": 0.1234567, "Warn": 0.0, "OK": 0.8765432, "No Data": 0.0000001},
    recipients={"ops@example.com": 5, "slack-a": 2},
)


def test_the_document_has_days_to_a_few_seconds_and_shares_to_a_millionth() -> None:
    assert WHOLE.document() == {
        "days": 1.2346,
        "groups": 3,
        "changes": 12,
        "notifications": 7,
        "notifications_a_day": 5.67,
        "at_night": 1,
        "silenced": 2,
        "shares": {"Alert": 0.123457, "Warn": 0.0, "OK": 0.876543, "No Data": 0.0},
        "recipients": {"ops@example.com": 5, "slack-a": 2},
    }


@pytest.mark.parametrize(("days", "sent", "a_day"), [(0.0, 0, 0.0), (0.0, 3, 0.0), (0.5, 3, 6.0), (2.0, 3, 1.5)])
def test_notifications_a_day_are_none_of_no_time(days: float, sent: int, a_day: float) -> None:
    assert replace(WHOLE, days=days, sent=sent).a_day == a_day


def source(**hosts: list[float]) -> MemorySource:
    """A series a host, a value a minute."""
    series = [Series(number, "m", "gauge", 60, host, ()) for number, host in enumerate(hosts)]
    rows = [
        (number, T0 + 60 * at, value) for number, values in enumerate(hosts.values()) for at, value in enumerate(values)
    ]
    ids, times, values = zip(*rows, strict=True) if rows else ((), (), ())
    return MemorySource(
        series, Columns(np.array(ids, np.int64), np.array(times, np.int64), np.array(values, np.float64))
    )


def of(points: MemorySource, minutes: int, **options: Any) -> Figures:
    monitor = parse(
        {
            "type": "metric alert",
            "name": "n",
            "message": "@a@example.com",
            "query": "max(last_1m):max:m{*} by {host} > 90",
            "options": {"thresholds": {"critical": 90, "warning": 70}, "new_group_delay": 0, **options},
        }
    )
    return figures(backtest(monitor, points, T0, T0 + 60 * minutes))


def test_shares_are_of_the_minutes_in_which_a_group_had_a_state() -> None:
    shown = of(source(a=[50.0] * 4 + [95.0] * 4 + [80.0] * 2, b=[50.0] * 10), 10)
    assert shown.shares == {"Alert": 4 / 20, "Warn": 2 / 20, "OK": 14 / 20, "No Data": 0.0}
    assert (shown.days, shown.evaluations, shown.groups, shown.sent) == (10 / 1440, 10, 2, 2)
    assert shown.recipients == {"a@example.com": 2}


def test_repeats_are_sent_and_are_no_changes() -> None:
    points = source(a=[50.0] * 2 + [95.0] * 28)
    without, again = of(points, 30), of(points, 30, renotify_interval=10)
    assert (without.changes, without.sent) == (again.changes, 1)
    assert again.sent == 3


def test_without_points_there_are_no_groups_and_no_shares() -> None:
    nothing = of(source(), 10)
    assert (nothing.groups, nothing.changes, nothing.sent, nothing.recipients) == (0, 0, 0, {})
    assert nothing.shares == dict.fromkeys(("Alert", "Warn", "OK", "No Data"), 0.0)
