"""The worked examples of monitors, M01 to M22: a series a minute from 10:00, a monitor, and what it does when.

Each sequence is stepped minute by minute, and `run` holds the columns to the same.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from monitor_points import T0, Given, S, at, minutely, monitor, run, simple, source, story, values

from doghouse import monitors
from doghouse.monitors import MonitorError, Status
from doghouse.monitors.kinds.metric import metric_query
from doghouse.monitors.query import windows
from doghouse.monitors.windows.sliding import full_windows

HIGH = "avg(last_5m):avg:m{*} > 90"


def test_m01_an_average_over_five_minutes_triggers_and_recovers() -> None:
    checked = monitor(HIGH)

    assert values(checked, minutely(S), until=12) == pytest.approx(
        [80, 82.5, 86.6667, 89.75, 91.8, 95.8, 90.8, 81.8, 72, 62, 52, 50], abs=1e-4
    )
    assert simple(checked, minutely(S)) == ["10:05 Triggered 91.8", "10:08 Recovered 81.8"]


def test_m02_a_warning_threshold_adds_steps_up_and_down() -> None:
    checked = monitor(HIGH, thresholds={"critical": 90, "warning": 80})

    assert simple(checked, minutely(S)) == [
        "10:02 Warn 82.5",
        "10:05 Triggered 91.8",
        "10:08 Warn 81.8",
        "10:09 Recovered 72",
    ]


def test_m03_recovery_thresholds_hold_a_state() -> None:
    with_both = {"critical": 90, "warning": 80, "critical_recovery": 70, "warning_recovery": 60}

    assert simple(monitor(HIGH, thresholds=with_both), minutely(S)) == [
        "10:02 Warn 82.5",
        "10:05 Triggered 91.8",
        "10:10 Warn 62",
        "10:11 Recovered 52",
    ]


def test_m03_without_a_warning_recovery_it_recovers_at_once() -> None:
    without = {"critical": 90, "warning": 80, "critical_recovery": 70}

    assert simple(monitor(HIGH, thresholds=without), minutely(S))[-1] == "10:10 Recovered 62"


def test_m04_a_window_that_must_be_full_is_skipped_until_it_is() -> None:
    checked = monitor(HIGH, require_full_window=True)

    assert simple(checked, minutely(S)) == ["10:05 Triggered 91.8", "10:08 Recovered 81.8"]
    assert not any(monitors.evaluate(checked, source(minutely(S)), T0 + 60 * k)[()].full for k in range(1, 5))
    assert monitors.evaluate(checked, source(minutely(S)), at("10:05"))[()].full


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("max(last_3m):avg:m{*} > 90", ["10:03 Triggered 95", "10:09 Recovered 60"]),
        ("min(last_3m):avg:m{*} > 90", ["10:05 Triggered 95", "10:07 Recovered 60"]),
    ],
)
def test_m05_max_alerts_on_any_point_and_min_on_all(query: str, expected: list[str]) -> None:
    assert simple(monitor(query), minutely(S)) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [("min(last_3m):avg:m{*} < 60", "10:08 Triggered 50"), ("max(last_3m):avg:m{*} < 60", "10:10 Triggered 50")],
)
def test_m06_below_a_threshold_min_and_max_swap_roles(query: str, expected: str) -> None:
    assert simple(monitor(query), minutely(S))[0] == expected


def test_m07_an_evaluation_delay_moves_the_window_back() -> None:
    checked = monitor(HIGH, evaluation_delay=900)
    seven = at("07:00")

    over = windows(checked.options, metric_query(checked), np.array([seven]))

    assert (over.starts[0], over.ends[0]) == (at("06:40"), at("06:45"))
    assert simple(checked, minutely(S)) == ["10:20 Triggered 91.8", "10:23 Recovered 81.8"]


ERRORS = minutely([0, 0, 1, 2, 3, 4, 5, 0, 0, 0], metric="e", type="count", interval=60)
TOTAL = minutely([10] * 10, metric="t", type="count", interval=60)


def test_m08_a_ratio_of_counts_is_the_ratio_of_their_totals() -> None:
    checked = monitor("sum(last_5m):sum:e{*}.as_count() / sum:t{*}.as_count() > 0.25")

    assert values(checked, ERRORS, TOTAL, until=10)[4:] == pytest.approx([0.12, 0.2, 0.3, 0.28, 0.24, 0.18])
    assert simple(checked, ERRORS, TOTAL, until="10:10") == ["10:07 Triggered 0.3", "10:09 Recovered 0.24"]


def test_m08_a_ratio_of_rates_is_the_sum_of_the_ratios() -> None:
    checked = monitor("sum(last_5m):sum:e{*}.as_rate() / sum:t{*}.as_rate() > 0.25")

    assert values(checked, ERRORS, TOTAL, until=10)[4:] == pytest.approx([0.6, 1.0, 1.5, 1.4, 1.2, 0.9])


@pytest.mark.parametrize(
    ("numerator", "denominator", "counted", "classic"),
    [([1, 2, 3, 4, 5], [10] * 5, 0.3, 1.5), ([1, 2, 3, 4, 5], [5] * 5, 0.6, 3.0)],
)
def test_m09_the_documented_ratio(
    numerator: list[float], denominator: list[float], counted: float, classic: float
) -> None:
    given = (
        minutely(numerator, metric="e", type="count", interval=60),
        minutely(denominator, metric="t", type="count", interval=60),
    )

    assert values(monitor("sum(last_5m):sum:e{*}.as_count() / sum:t{*}.as_count() > 9"), *given, until=5)[
        4
    ] == pytest.approx(counted)
    assert values(monitor("sum(last_5m):sum:e{*} / sum:t{*} > 9"), *given, until=5)[4] == pytest.approx(classic)


def test_m09_a_denominator_of_nothing_gives_no_value() -> None:
    given = (
        minutely([1, 2], metric="e", type="count", interval=60),
        minutely([0, 0], metric="t", type="count", interval=60),
    )
    ratio = monitor("sum(last_5m):sum:e{*}.as_count() / sum:t{*}.as_count() > 9")

    assert math.isnan(values(ratio, *given, until=2)[1])


def test_m09_a_missing_point_of_a_count_adds_nothing() -> None:
    given = (
        minutely([10, 10, 10], metric="a", type="count", interval=60),
        minutely([0, 1, None], metric="b", type="count", interval=60),
    )
    checked = monitor("sum(last_5m):sum:a{*}.as_count() / sum:b{*}.as_count() > 99")

    assert values(checked, *given, until=3)[2] == 30


@pytest.mark.parametrize(("head", "expected"), [("change", 7.4), ("pct_change", 74)])
def test_m10_a_change_compares_point_by_point(head: str, expected: float) -> None:
    given = minutely([10, 10, 10, 10, 10, 12, 15, 20, 20, 20])
    checked = monitor(f"{head}(avg(last_5m),last_5m):avg:m{{*}} > 5")

    assert values(checked, given, until=10)[9] == pytest.approx(expected)


SHORT = minutely([10] * 5)


def test_m11_no_data_is_notified_after_the_timeframe() -> None:
    checked = monitor(HIGH, notify_no_data=True, no_data_timeframe=10)

    assert simple(checked, SHORT) == ["10:14 No Data"]
    assert [not math.isnan(value) for value in values(checked, SHORT, until=12)] == [True] * 9 + [False] * 3


def test_m11_without_a_timeframe_it_is_twice_the_window() -> None:
    assert simple(monitor(HIGH, notify_no_data=True), SHORT) == ["10:14 No Data"]
    assert simple(monitor("avg(last_10m):avg:m{*} > 90", notify_no_data=True), SHORT) == ["10:24 No Data"]


def test_m11_a_timeframe_shorter_than_the_window_waits_for_an_empty_window() -> None:
    assert simple(monitor(HIGH, notify_no_data=True, no_data_timeframe=2), SHORT) == ["10:10 No Data"]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("show_and_notify_no_data", ["10:10 No Data"]),
        ("show_no_data", ["(10:10 No Data)"]),
        ("resolve", []),
        ("default", []),
    ],
)
def test_m12_missing_data_is_treated_as_asked(policy: str, expected: list[str]) -> None:
    assert simple(monitor(HIGH, on_missing_data=policy), SHORT) == expected


def test_m12_a_triggered_monitor_that_resolves_on_missing_data_recovers() -> None:
    assert simple(monitor(HIGH, on_missing_data="resolve"), minutely([100] * 5)) == [
        "10:01 Triggered 100",
        "10:10 Recovered",
    ]


def test_m12_by_default_a_triggered_gauge_keeps_its_state() -> None:
    assert simple(monitor(HIGH, on_missing_data="default"), minutely([100] * 5)) == ["10:01 Triggered 100"]


def test_m13_missing_counts_are_zero_by_default() -> None:
    given = minutely([1] * 5, metric="c", type="count", interval=60)
    checked = monitor("sum(last_5m):sum:c{*}.as_count() < 1", on_missing_data="default")

    assert simple(checked, given) == ["10:10 Triggered 0"]


def test_m14_a_triggered_monitor_without_data_is_resolved_after_the_timeout() -> None:
    checked = monitor(HIGH, timeout_h=1)

    assert simple(checked, minutely([100] * 5), until="12:30") == ["10:01 Triggered 100", "11:10 Recovered"]


def test_m14_it_triggers_again_when_data_returns() -> None:
    given = minutely([100] * 5 + [None] * 115 + [100] * 5)

    assert simple(monitor(HIGH, timeout_h=1), given, until="12:30")[2:] == ["12:01 Triggered 100"]


def test_m15_a_notification_is_repeated_as_often_as_asked() -> None:
    checked = monitor("avg(last_1m):avg:m{*} > 90", renotify_interval=10, renotify_occurrences=2)

    transitions = run(checked, minutely([100] * 60))[()]

    assert story(transitions) == ["10:01 Triggered 100", "10:11 Re-Triggered 100", "10:21 Re-Triggered 100"]
    assert [one.last_triggered for one in transitions] == [at("10:01")] * 3
    assert [one.at - (one.first_triggered or 0) for one in transitions] == [0, 600, 1200]


def test_m16_warnings_are_not_repeated_unless_asked() -> None:
    thresholds = {"critical": 90, "warning": 50}
    warm = minutely([60] * 60)

    assert simple(monitor(HIGH, thresholds=thresholds, renotify_interval=10), warm) == ["10:01 Warn 60"]
    assert simple(
        monitor(HIGH, thresholds=thresholds, renotify_interval=10, renotify_statuses=["warn"]), warm, until="10:12"
    ) == ["10:01 Warn 60", "10:11 Re-Warn 60"]


def test_m17_a_new_group_waits_and_then_alerts_alone() -> None:
    checked = monitor("avg(last_5m):avg:m{*} by {host} > 90", new_group_delay=60)
    newcomer = Given({200 + 15 * k: 100.0 for k in range(40)}, host="b")

    found = run(checked, minutely([50] * 20, host="a"), newcomer, until="10:12")

    assert {group: story(transitions) for group, transitions in found.items()} == {
        (("host", "b"),): ["10:05 Triggered 100"]
    }


TEN_MINUTES = 600


@pytest.mark.parametrize(
    ("filled", "full"),
    [
        (set(range(12)), True),
        (set(range(1, 12)), False),
        (set(range(12)) - {3, 5, 7}, True),
        (set(range(12)) - {2, 3, 5, 7, 9}, False),
    ],
)
def test_m18_a_window_of_two_hours_is_full_by_its_ten_minute_buckets(filled: set[int], full: bool) -> None:
    checked = monitor("avg(last_2h):avg:m{*} > 90", require_full_window=True)
    given = Given({TEN_MINUTES * bucket + 30: 1.0 for bucket in sorted(filled)})

    assert monitors.evaluate(checked, source(given), at("12:00"))[()].full is full


def test_m18_the_buckets_count_from_the_windows_start() -> None:
    ts = np.array([T0 + 30 + TEN_MINUTES * bucket for bucket in range(14) if bucket != 1])

    full = full_windows(ts, np.array([T0 + 7200, T0 + 7200 + 60]), 7200, TEN_MINUTES, 3)

    assert full.tolist() == [True, False]


@pytest.mark.parametrize(
    ("window", "minutes"),
    [("last_5m", 1), ("last_23h", 1), ("last_1d", 10), ("last_47h", 10), ("last_2d", 30), ("last_1w", 30),
     ("current_1h", 1), ("current_1d", 10), ("current_1mo", 30)],
)  # fmt: skip
def test_m19_long_windows_are_evaluated_more_rarely(window: str, minutes: int) -> None:
    ticks = monitors.ticks_of(monitor(f"avg({window}):avg:m{{*}} > 90"), T0, T0 + 86400)

    assert np.unique(np.diff(ticks)).tolist() == [60 * minutes]


def test_m20_a_rollup_in_a_monitor_drops_the_bucket_that_began_before_the_window() -> None:
    spikes = {at("17:14:40") - T0: 100.0, at("17:24:10") - T0: 100.0}
    start = at("17:10:00") - T0
    given = Given({second: spikes.get(second, 0.0) for second in range(start, start + 1000)})
    checked = monitor("max(last_10m):sum:m{*}.rollup(sum,60) < 1")
    there = source(given)

    assert monitors.evaluate(checked, there, at("17:24:02"))[()].value == 0
    assert monitors.evaluate(checked, there, at("17:23:02"))[()].value == 100


def test_m21_no_data_in_between_is_an_episode_of_its_own_words() -> None:
    checked = monitor(HIGH, notify_no_data=True, no_data_timeframe=10)
    given = minutely([None] * 4 + [100] * 6 + [None] * 19 + [50] * 10)

    transitions = run(checked, given)[()]

    assert story(transitions) == ["10:05 Triggered 100", "10:19 No Data", "10:30 Recovered 50"]
    assert [one.before for one in transitions] == [Status.OK, Status.ALERT, Status.NO_DATA]
    assert [(one.first_triggered, one.last_triggered) for one in transitions] == [
        (at("10:05"), at("10:05")),
        (at("10:05"), at("10:19")),
        (at("10:05"), at("10:19")),
    ]
    assert transitions[-1].at - (transitions[-1].first_triggered or 0) == 1500


def test_m22_a_threshold_that_is_not_the_querys_is_refused() -> None:
    with pytest.raises(MonitorError) as refused:
        monitors.validate(
            {
                "type": "metric alert",
                "query": "avg(last_5m):avg:m{*} > 200",
                "options": {"thresholds": {"critical": 90}},
            }
        )

    assert refused.value.text == "Alert threshold (90.0) does not match that used in the query (200.0)."


ROLLED = "min(last_15m):sum:jobs{*}.as_count().rollup(sum, 300) < 5"


@pytest.mark.parametrize("delay", [300, 600])
def test_a_delay_of_the_rollups_length_lets_the_last_bucket_be_whole(delay: int) -> None:
    steady = minutely([1] * 60, metric="jobs", type="count", interval=60)

    assert set(values(monitor(ROLLED, evaluation_delay=delay), steady, until=60)[30:]) == {5}
    assert simple(monitor(ROLLED, evaluation_delay=delay), steady, until="10:59") == []


def test_without_a_delay_the_last_bucket_has_only_what_there_is() -> None:
    steady = minutely([1] * 60, metric="jobs", type="count", interval=60)

    assert values(monitor(ROLLED), steady, until=60)[40:46] == [1, 2, 3, 4, 5, 1]
    assert values(monitor(ROLLED, evaluation_delay=120), steady, until=60)[42:48] == [3, 4, 5, 5, 5, 3]


def test_a_bucket_before_the_first_point_is_no_reason_to_alert_but_one_cut_by_the_end_is() -> None:
    late = minutely([1] * 9, metric="jobs", type="count", interval=60)

    assert simple(monitor(ROLLED, evaluation_delay=300), late, until="10:30") == ["10:11 Triggered 4"]


FILLED = "avg(last_5m):default_zero(avg:m{*} by {host}) < 1"


@pytest.mark.parametrize("asked", [{"on_missing_data": "default"}, {}])
def test_a_group_that_default_zero_knows_counts_as_zero_once_it_is_silent(asked: dict[str, str]) -> None:
    a, b = minutely([100] * 30, host="a"), minutely([100] * 5, host="b")

    found = run(monitor(FILLED, new_group_delay=0, **asked), a, b, until="10:29")

    assert {dict(group)["host"]: story(changes) for group, changes in found.items()} == {"b": ["10:10 Triggered 0"]}


@pytest.mark.parametrize("by", ["", " by {host}"])
def test_with_default_zero_there_is_never_no_data(by: str) -> None:
    query = f"avg(last_5m):default_zero(avg:m{{*}}{by}) < 1"
    checked = monitor(query, notify_no_data=True, no_data_timeframe=10, new_group_delay=0)

    assert [story(changes) for changes in run(checked, minutely([10] * 5, host="a")).values()] == [
        ["10:10 Triggered 0"]
    ]


@pytest.mark.parametrize(
    ("head", "expected"), [("change(avg", 10), ("change(min", 10), ("change(max", 10), ("pct_change(avg", 100)]
)
def test_a_change_of_points_without_a_partner_compares_the_windows(head: str, expected: float) -> None:
    given = Given({45 * k: 10 if k < 7 else 20 for k in range(14)}, type="gauge", interval=45)

    assert values(monitor(f"{head}(last_5m),last_5m):avg:m{{*}} > 5"), given, until=10)[9] == pytest.approx(
        expected, abs=2
    )


@pytest.mark.parametrize("asked", ["default", "resolve", "show_no_data"])
def test_notify_no_data_wins_over_on_missing_data(asked: str) -> None:
    both = monitor(HIGH, notify_no_data=True, no_data_timeframe=10, on_missing_data=asked)

    assert simple(both, SHORT) == ["10:14 No Data"]
    assert simple(monitor(HIGH, notify_no_data=False, on_missing_data="show_and_notify_no_data"), SHORT) == [
        "10:10 No Data"
    ]


def test_a_rollup_longer_than_the_window_is_looked_at_where_a_bucket_begins_in_it() -> None:
    checked = monitor("avg(last_1m):avg:m{*}.rollup(avg, 300) > 8", notify_no_data=True, no_data_timeframe=4)
    given = minutely(range(1, 13))

    found = values(checked, given, until=12)

    assert {minute: value for minute, value in enumerate(found, 1) if value == value} == {1: 1, 6: 6, 11: 11}
    assert simple(checked, given, until="10:12") == [
        "10:04 No Data",
        "10:06 Recovered 6",
        "10:09 No Data",
        "10:11 Triggered 11",
    ]


def test_a_bucket_that_no_window_has_compared_yet_does_not_put_off_no_data() -> None:
    query = "change(avg(last_5m),last_1m):avg:m{*}.rollup(avg, 300) > 1"
    checked = monitor(query, notify_no_data=True, no_data_timeframe=6)

    assert simple(checked, minutely([0, *[None] * 5, 0]), until="10:10") == ["10:06 No Data", "10:08 Recovered 0"]
