"""Anomaly monitors: the share of points outside the band (queries' approximation of it) in the alert and recovery windows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from monitor_points import T0, Given, at, minutely, monitor, run, source, story

from doghouse import monitors
from doghouse.monitors import Definition
from doghouse.monitors.kinds.metric import metric_query
from doghouse.monitors.query import windows
from doghouse.monitors.windows import bands, pointwise
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


STEADY = [
    (60, 1.0, 0),
    (60, 1.0, 4 * 3600),
]  # a point each so many seconds, the share of them that arrives, when the first does
EXPRESSIONS = (
    "avg:m{*} by {host}",
    "sum:m{*} by {host}.as_count()",
    "sum:m{*}.as_rate()",
    "abs(sum:m{*}.as_count()) / 2",
    "sum:m{*}.as_count() / sum:other{*}.as_count()",
    "avg:m{*} by {host}.rollup(max, 60)",
    "avg:m{*}",
)


@st.composite
def histories(draw: st.DrawFn) -> list[Given]:
    """Ten hours of up to three series of one type. Some begin late, or say nothing for two hours; most have gaps; steady ones are not interpolated."""
    kind = draw(st.sampled_from(["gauge", "count", "rate"]))
    shapes = draw(
        st.sampled_from([STEADY, STEADY[:1], [(10, 1.0, 0), (60, 0.9, 0), (60, 0.9, 4 * 3600), (150, 0.4, 0)]])
    )
    found = []
    for host in range(draw(st.integers(1, 3))):
        random = np.random.default_rng(draw(st.integers(0, 999)))
        step, kept, late = draw(st.sampled_from(shapes))
        silent = draw(st.sampled_from([range(0), range(5 * 3600, 7 * 3600)]))
        times = [t for t in range(late, 10 * 3600, step) if random.random() < kept and t not in silent]
        values = (100 + 50 * np.sin(np.array(times) / 573) + random.normal(0, 5, len(times))).round(1)
        metric = draw(st.sampled_from(["m", "m", "other"]))
        points = list(zip(times, values.tolist(), strict=True))
        found.append(Given(points, metric, f"h{host % 2}", (f"n:{host}",), kind, 10))
    return found


SILENT = Given([(60 * n, 100.0 + n * 7919 % 11) for n in range(600) if not 300 <= n < 420], "m", "h0", (), "count", 10)


@settings(max_examples=40, deadline=None)
@example([SILENT], "sum:m{*}.as_count()", "basic", ("last_15m", "last_15m"), True, 60, 0)
@given(
    histories(),
    st.sampled_from(EXPRESSIONS),
    st.sampled_from(["basic", "agile", "robust"]),
    st.sampled_from([("last_15m", "last_15m"), ("last_5m", "last_30m")]),
    st.booleans(),
    st.sampled_from([60, 70, 120, 600]),
    st.sampled_from([0, 45, 420]),
)
def test_in_columns_it_is_what_each_tick_gives(
    drawn: list[Given], expression: str, algorithm: str, spans: tuple[str, str], zero: bool, interval: int, delay: int
) -> None:
    alert, recovery = spans
    named = f"direction='both', interval={interval}, alert_window='{alert}', count_default_zero='{str(zero).lower()}'"
    season = "" if algorithm == "basic" else ", seasonality='hourly'"
    checked = anomaly(
        f"avg(last_1h):anomalies({expression}, '{algorithm}', 2, {named}{season}) >= 1",
        trigger_window=alert,
        recovery_window=recovery,
    ).with_options(evaluation_delay=delay, require_full_window=True)
    there = source(*drawn)
    ticks = T0 + 60 * np.arange(200, 601, 13)
    query = metric_query(checked)

    fast = list(monitors.evaluate_range(checked, there, ticks))
    slow = list(pointwise.columns(query, there, windows(checked.options, query, ticks), True, reading(query, recovery)))

    assert sorted(column.group for column in fast) == sorted(column.group for column in slow)
    others = {column.group: column for column in slow}
    for column in fast:
        for index in range(len(ticks)):
            assert column.window(index) == others[column.group].window(index), ticks[index] - T0


def test_gauges_of_one_group_are_judged_in_columns_unless_one_has_a_gap_that_is_interpolated() -> None:
    query = metric_query(anomaly())
    reads = reading(query, None)
    over = windows(anomaly().options, query, T0 + 60 * np.arange(200, 260))

    def taken(second: list[int]) -> bool:
        hosts = [(list(range(600)), "h1"), (second, "h2")]
        there = source(
            *(Given([(60 * n, 1.0) for n in minutes], "m", host, (), "gauge", 60) for minutes, host in hosts)
        )
        return bands.applies(query, there, over, reads)

    assert taken(list(range(600)))
    assert taken(list(range(230, 600)))  # one that begins
    assert not taken([n for n in range(600) if n != 210])
    assert not taken(list(range(230)))  # its last value is held for a while


@pytest.mark.parametrize("algorithm", ["agile", "robust"])
def test_before_three_seasons_have_passed_a_seasonal_algorithm_says_nothing(algorithm: str) -> None:
    seasonal = anomaly(QUERY.replace("'basic'", f"'{algorithm}'").replace("interval", "seasonality='hourly', interval"))
    there = source(minutely([50.0 + (k * 7919 % 11) for k in range(300)]))

    judged = [bool(monitors.evaluate(seasonal, there, at(clock))) for clock in ("12:55", "13:05", "13:30")]

    assert judged == [False, False, True]  # from 13:00 on there is a band, and soon for half of the alert window


def test_a_person_is_told_that_it_is_an_approximation_and_from_when_on_there_is_history() -> None:
    seasonal = anomaly(QUERY.replace("'basic'", "'agile'").replace("interval", "seasonality='hourly', interval"))
    there = monitors.Sources(lambda _: (source(minutely(CALM)), None))

    assert list(seasonal.remarks(there, T0 + 4 * 3600, T0 + 5 * 3600)) == [
        "anomalies 'agile' is an approximation: the original algorithm is not published"
    ]
    _, history = seasonal.remarks(there, T0 + 3600, T0 + 5 * 3600)
    assert history == (
        "'agile' needs 3 hours of points before what it judges; they begin at 2026-03-02T10:00:00+00:00 here, "
        "so it says nothing before 2026-03-02T13:00:00+00:00"
    )


def test_without_a_recovery_threshold_it_follows_the_value() -> None:
    left = minutely([*CALM[:120], *[500.0] * 20, *CALM])

    lines = story(run(anomaly(recovery=None), left, until="15:00")[()])

    assert lines[1].startswith("12:21 Recovered")
    assert not math.isnan(float(lines[1].split()[-1]))
