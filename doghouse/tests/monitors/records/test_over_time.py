"""Functions of a formula that look along time, and earlier calendar times, over records and over points."""

from __future__ import annotations

from typing import Any

import pytest
from memory_points import minutely, source
from record_lines import T0, Line, alert, changes, lines, sources, values

from doghouse import monitors as mon
from doghouse.metrics.model import Source
from doghouse.queries import NotEvaluated

DAY = 24 * 3600


def logs(name: str, *by: str, search: str = "*", aggregation: str = "count", **compute: Any) -> dict[str, Any]:
    grouped = [{"facet": key, "limit": 2} for key in by]
    asked = {"search": {"query": search}, "compute": {"aggregation": aggregation, **compute}, "group_by": grouped}
    return {"data_source": "logs", "name": name, "indexes": ["*"], **asked}


def points(name: str, query: str, **more: Any) -> dict[str, Any]:
    return {"data_source": "metrics", "name": name, "query": query, **more}


def formula(text: str, *variables: dict[str, Any]) -> mon.Definition:
    return alert(f"{text} > 1.5", variables=list(variables), new_group_delay=0)


def at_minute(monitor: mon.Definition, records: list[Line], minute: int, there: Source | None = None) -> Any:
    return {group: column[minute - 1] for group, column in values(monitor, sources(records, there), minute).items()}


RISING = [line for minute in range(5) for line in lines(*range(60 * minute, 60 * minute + minute))]  # 0, 1, 2, 3, 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('formula("diff(n)").last("5m")', 1.0),  # 1, 1, 1, 1 on average
        ('formula("derivative(n) * 60").last("5m")', 1.0),
        ('formula("diff(n)").rollup("sum").last("5m")', 4.0),
        ('formula("cumsum(n)").rollup("max").last("5m")', 10.0),
        ('formula("diff(n) + n").last("5m")', 11.0),  # beside the function a query is its whole window
        ('formula("diff(n * 2 + n)").last("5m")', 3.0),  # inside of it, each bucket's
        ('formula("abs(diff(n))").rollup("min").last("5m")', 1.0),
        ('formula("moving_rollup(n, 120, \'max\')").rollup("max").last("5m")', 4.0),
    ],
)
def test_a_function_that_looks_along_time_sees_the_buckets_of_the_window(text: str, expected: float) -> None:
    assert at_minute(formula(text, logs("n")), RISING, 5) == {"": pytest.approx(expected)}


def test_the_variable_may_say_how_long_a_bucket_is() -> None:
    half = formula('formula("cumsum(n)").rollup("min").last("4m")', logs("n", interval=120_000))
    assert at_minute(half, RISING, 4) == {"": 1.0}  # 0 + 1, then 2 + 3 on top


def test_buckets_without_records_count_as_0_and_a_measure_has_none_there() -> None:
    records = [*lines(10, took=5), *lines(250, 251, took=7)]
    assert at_minute(formula('formula("diff(n)").rollup("sum").last("5m")', logs("n")), records, 5) == {"": 1.0}
    measure = logs("n", aggregation="max", metric="@took")
    assert at_minute(formula('formula("diff(n)").rollup("sum").last("5m")', measure), records, 5) == {"": 2.0}


def test_groups_are_those_of_whole_windows() -> None:
    records = [*lines(1, 61, 62, service="a"), *lines(2, 63, 64, 65, service="b"), *lines(70, service="c")]
    monitor = formula('formula("diff(n)").rollup("max").last("2m")', logs("n", "service"))
    monitor_of_one_minute = formula(
        'formula("diff(n)").rollup("max").last("2m")', logs("n", "service", interval=60_000)
    )
    found = at_minute(monitor_of_one_minute, records, 2)
    assert {group for group, value in at_minute(monitor, records, 2).items() if value is not None} == {"a", "b"}
    assert {group: value for group, value in found.items() if value is not None} == {"a": 1.0, "b": 2.0}


def test_live_ticks_and_a_stretch_give_the_same_transitions() -> None:
    monitor = formula('formula("diff(n)").rollup("max").last("3m")', logs("n", "service", interval=60_000))
    records = [*lines(5, 65, 66, 67, 185, service="a"), *lines(130, 200, 201, 202, 203, service="b")]
    assert changes(monitor, sources(records), 12) == [
        "a 10:02 Triggered",
        "a 10:04 Recovered",
        "b 10:04 Triggered",
        "b 10:06 Recovered",
    ]


def test_over_points_it_is_worked_out_as_a_metric_monitor_does() -> None:
    there = source(minutely([1, 2, 4, 8, 16]))
    monitor = formula('formula("diff(p)").rollup("max").last("5m")', points("p", "avg:m{*}"))
    [metric] = [
        mon.evaluate(mon.parse({"type": "metric alert", "query": "max(last_5m):diff(avg:m{*}) > 1"}), there, T0 + 300)
    ]
    assert at_minute(monitor, [], 5, there) == {"": metric[()].value} == {"": 8.0}


def test_records_and_points_within_one_such_function_are_not_evaluated() -> None:
    monitor = formula('formula("diff(p + n)").last("5m")', points("p", "avg:m{*}"), logs("n"))
    assert "records and points together" in monitor.why_unevaluated()
    with pytest.raises(NotEvaluated):
        at_minute(monitor, RISING, 5)


@pytest.mark.parametrize(
    "shift", ["calendar_shift(n, '-1d', 'Europe/Berlin')", "day_before(n)", "timeshift(n, -86400)"]
)
def test_a_formula_compares_with_an_earlier_day(shift: str) -> None:
    records = [*lines(*range(-DAY, -DAY + 120, 30)), *lines(0, 30, 60, 61, 62, 90, 100)]
    assert at_minute(formula(f'formula("n - {shift}").last("2m")', logs("n")), records, 2) == {"": 3.0}


def test_a_calendar_shift_keeps_to_the_local_time_when_the_clocks_change() -> None:
    summer = 27 * DAY  # 2026-03-29T10:00Z, the day of the change: 12:00 in Berlin, a day before that was 11:00Z
    records = [*lines(summer + 10), *lines(*range(summer - DAY + 3600, summer - DAY + 3660, 20))]
    monitor = formula("formula(\"n - calendar_shift(n, '-1d', 'Europe/Berlin')\").last(\"1m\")", logs("n"))
    minute = summer // 60 + 1
    assert at_minute(monitor, records, minute) == {"": -2.0}
