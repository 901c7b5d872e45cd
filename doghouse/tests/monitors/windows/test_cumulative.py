"""Cumulative windows: from the beginning of an hour, a day or a month, in their zone."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from monitor_points import at, minutely, monitor, source, values

from doghouse import monitors
from doghouse.monitors.kinds.metric import metric_query
from doghouse.monitors.query import windows


def test_a_cumulative_window_begins_with_the_hour() -> None:
    checked = monitor(
        "sum(current_1h):sum:m{*}.as_count() > 1", scheduling_options={"evaluation_window": {"hour_starts": 0}}
    )
    given = minutely([1] * 130, type="count", interval=60)

    assert [values(checked, given, until=130)[k - 1] for k in (1, 30, 60, 61, 90)] == [1, 30, 60, 1, 30]


def test_a_cumulative_day_begins_at_its_hour_in_its_zone() -> None:
    checked = monitor(
        "sum(current_1d):sum:m{*}.as_count() > 1",
        scheduling_options={"evaluation_window": {"day_starts": "11:10", "timezone": "Europe/Berlin"}},
    )
    given = minutely([1] * 60, type="count", interval=60)

    assert monitors.evaluate(checked, source(given), at("10:10"))[()].value == 10
    assert monitors.evaluate(checked, source(given), at("10:20"))[()].value == 10


@pytest.mark.parametrize(
    ("window", "asked", "end", "begin"),
    [
        # 02:30 is there twice on 25 October 2026: the day begins with the first
        ("current_1d", {"day_starts": "02:30"}, "2026-10-25T02:40+02:00", "2026-10-25T02:30+02:00"),
        ("current_1d", {"day_starts": "02:30"}, "2026-10-25T02:15+01:00", "2026-10-25T02:30+02:00"),
        ("current_1d", {"day_starts": "02:30"}, "2026-10-25T02:40+01:00", "2026-10-25T02:30+02:00"),
        # 02:30 is not there on 29 March 2026: the day begins at 03:30
        ("current_1d", {"day_starts": "02:30"}, "2026-03-29T03:30+02:00", "2026-03-28T02:30+01:00"),
        ("current_1d", {"day_starts": "02:30"}, "2026-03-29T03:31+02:00", "2026-03-29T03:30+02:00"),
        # a day of 25 hours, at its very end
        ("current_1d", {}, "2026-10-26T00:00+01:00", "2026-10-25T00:00+02:00"),
        (
            "current_1mo",
            {"day_starts": "02:30", "month_starts": 25},
            "2026-10-25T02:15+01:00",
            "2026-10-25T02:30+02:00",
        ),
        ("current_1mo", {"month_starts": 2}, "2026-01-02T00:00+01:00", "2025-12-02T00:00+01:00"),
        # an hour has 60 minutes, whatever the clocks do
        ("current_1h", {"hour_starts": 30}, "2026-10-25T02:15+01:00", "2026-10-25T02:30+02:00"),
        ("current_1h", {"hour_starts": 30}, "2026-03-29T03:15+02:00", "2026-03-29T01:30+01:00"),
        ("current_1h", {"hour_starts": 30}, "2026-03-29T03:31+02:00", "2026-03-29T03:30+02:00"),
    ],
)
def test_a_cumulative_window_begins_where_the_clocks_change_as_a_downtime_does(
    window: str, asked: dict[str, object], end: str, begin: str
) -> None:
    zoned = {"evaluation_window": {"timezone": "Europe/Berlin", **asked}}
    checked = monitor(f"sum({window}):sum:m{{*}}.as_count() > 1", scheduling_options=zoned)
    tick, begun = (int(datetime.fromisoformat(text).timestamp()) for text in (end, begin))

    found = windows(checked.options, metric_query(checked), np.array([tick]))

    assert (found.starts.tolist(), found.ends.tolist()) == ([begun], [tick])
