"""Anomaly monitors: the share of points outside the band (queries' approximation of it) in the alert and recovery windows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from monitor_points import T0, Given, at, minutely, monitor, run, source, story

from doghouse import monitors
from doghouse.monitors import Definition
from doghouse.monitors.kinds.metric import metric_query
from doghouse.monitors.query import windows
from doghouse.monitors.windows import pointwise
from doghouse.monitors.windows.anomalies import reading

QUERY = "avg(last_4h):anomalies(avg:m{*}, 'basic', 3, direction='both', interval=60, alert_window='last_15m') >= 1"
CALM = [50.0 + (k * 7919 % 11) for k in range(240)]  # a few units up and down, with no pattern of a window's length


def anomaly(query: str = QUERY, recovery: float | None = 0.0, **windows: str) -> Definition:
    return monitor(
        query,
        thresholds={"critical": 1, **({} if recovery is None else {"critical_recovery": recovery})},
        threshold_windows={"trigger_window": "last_15m", "recovery_window": "last_15m", **windows},
    )


def test_a_metric_that_leaves_its_band_triggers_when_all_of_the_alert_window_is_outside() -> None:
    left = minutely([*CALM[:120], *[500.0] * 20, *CALM[:100]])

    (first, *_) = story(run(anomaly(), left, until="14:00")[()])

    assert first == "12:15 Triggered 1"  # the window of 15 minutes that began at 12:00


def test_it_recovers_when_none_of_the_recovery_window_is() -> None:
    left = minutely([*CALM[:120], *[500.0] * 20, *CALM])

    lines = story(run(anomaly(), left, until="15:00")[()])

    assert lines == ["12:15 Triggered 1", "12:35 Recovered 0"]  # 12:20 is the first calm minute: 15 of them


def test_a_longer_recovery_window_recovers_later() -> None:
    left = minutely([*CALM[:120], *[500.0] * 20, *CALM])

    lines = story(run(anomaly(recovery_window="last_30m"), left, until="15:00")[()])

    assert lines[1].startswith("12:50 Recovered")


@pytest.mark.parametrize(("direction", "triggers"), [("above", True), ("below", False), ("both", True)])
def test_a_direction_looks_at_one_side(direction: str, triggers: bool) -> None:
    left = minutely([*CALM[:120], *[500.0] * 20])

    assert bool(run(anomaly(QUERY.replace("both", direction)), left, until="12:20").get(())) is triggers


def test_at_its_beginning_a_metric_has_too_little_past_to_be_judged() -> None:
    values = [
        w.value
        for k in range(1, 10)
        for w in monitors.evaluate(anomaly(), source(minutely(CALM)), T0 + 60 * k).values()
    ]

    assert values == []


def test_the_value_is_a_share() -> None:
    left = source(minutely([*CALM[:120], *[500.0] * 6, *CALM]))

    assert monitors.evaluate(anomaly(), left, at("12:06"))[()].value == pytest.approx(6 / 15)


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(st.integers(0, 4 * 3600), st.floats(0, 100), min_size=20, max_size=300),
    st.sampled_from(["last_15m", "last_5m"]),
    st.sampled_from(["last_15m", "last_30m"]),
)
def test_in_columns_it_is_what_each_tick_gives(drawn: dict[int, float], alert: str, recovery: str) -> None:
    checked = anomaly(QUERY.replace("last_15m", alert), trigger_window=alert, recovery_window=recovery)
    there = source(Given(drawn, host="a"))
    ticks = T0 + 60 * np.arange(1, 260, 7)
    query = metric_query(checked)

    fast = list(monitors.evaluate_range(checked, there, ticks))
    slow = list(
        pointwise.columns(query, there, windows(checked.options, query, ticks), False, reading(query, recovery))
    )

    assert [column.group for column in fast] == [column.group for column in slow]
    for one, other in zip(fast, slow, strict=True):
        assert one.values.tolist() == pytest.approx(other.values.tolist(), nan_ok=True)
        assert one.recovery is not None
        assert other.recovery is not None
        assert one.recovery.tolist() == pytest.approx(other.recovery.tolist(), nan_ok=True)


def test_without_a_recovery_threshold_it_follows_the_value() -> None:
    left = minutely([*CALM[:120], *[500.0] * 20, *CALM])

    lines = story(run(anomaly(recovery=None), left, until="15:00")[()])

    assert lines[1].startswith("12:21 Recovered")
    assert not math.isnan(float(lines[1].split()[-1]))
