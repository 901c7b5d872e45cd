"""Service-check monitors: consecutive runs for a check alert, percentages for a cluster alert (monitors/types/service_check)."""

from __future__ import annotations

import pytest

from doghouse.monitors import Status, Thresholds
from doghouse.monitors.definition import parse as parse_monitor
from doghouse.monitors.service_checks import Runs, check_status, cluster_status, groups, parse, statuses, variables

OK, WARNING, CRITICAL, UNKNOWN = 0, 1, 2, 3
QUERY = '"http.can_connect".over("env:prod").exclude("host:old").by("host","url").last(4).count_by_status()'


def test_a_query_is_read_in_parts() -> None:
    found = parse(QUERY)

    assert (found.check, found.over, found.exclude) == ("http.can_connect", ("env:prod",), ("host:old",))
    assert (found.by, found.last, found.percent) == (("host", "url"), 4, False)
    assert parse("'ntp.in_sync'.over('*').last(2).pct_by_status()").percent


def test_checks_are_grouped_and_filtered() -> None:
    runs = [
        Runs(("env:prod", "host:a", "url:x"), (OK,), 1),
        Runs(("env:prod", "host:old", "url:x"), (OK,), 1),
        Runs(("env:dev", "host:a", "url:x"), (OK,), 1),
        Runs(("env:prod", "host:b"), (OK,), 1),
    ]

    assert list(groups(parse(QUERY), runs)) == [(("host", "a"), ("url", "x"))]


def test_by_star_is_a_group_for_each_set_of_tags() -> None:
    query = parse('"c".over("*").by("*").last(2).count_by_status()')

    assert list(groups(query, [Runs(("b:2", "a:1"), (OK,), 1)])) == [(("a", "1"), ("b", "2"))]


@pytest.mark.parametrize(
    ("runs", "before", "expected"),
    [
        ((OK, CRITICAL), Status.OK, None),
        ((CRITICAL, CRITICAL), Status.OK, Status.ALERT),
        ((CRITICAL, CRITICAL, OK), Status.ALERT, None),
        ((CRITICAL, OK, OK, OK), Status.ALERT, Status.OK),
        ((WARNING,), Status.OK, Status.WARN),
        ((CRITICAL, WARNING, CRITICAL), Status.WARN, None),
        ((OK,), Status.NEW, Status.OK),
        ((UNKNOWN,), Status.OK, None),
        ((), Status.OK, None),
    ],
)
def test_so_many_consecutive_runs_change_the_status(
    runs: tuple[int, ...], before: Status, expected: Status | None
) -> None:
    thresholds = Thresholds(critical=2, warning=1, ok=3)

    assert check_status(before, [Runs((), runs, 0)], thresholds) is expected


def test_unknown_counts_where_a_threshold_says_so() -> None:
    assert check_status(Status.OK, [Runs((), (UNKNOWN,), 0)], Thresholds(unknown=1)) is Status.NO_DATA


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ((OK, OK, OK, OK), (Status.OK, 0)),
        ((CRITICAL, OK, OK, OK), (Status.OK, 25)),
        ((WARNING, WARNING, WARNING, OK), (Status.WARN, 0)),
        ((CRITICAL, CRITICAL, CRITICAL, OK), (Status.ALERT, 75)),
    ],
)
def test_a_cluster_counts_the_last_run_of_each_check(last: tuple[int, ...], expected: tuple[Status, float]) -> None:
    runs = [Runs((f"host:{n}",), (CRITICAL, status), 0) for n, status in enumerate(last)]

    assert cluster_status(runs, Thresholds(critical=70, warning=70)) == expected


def test_a_group_that_falls_silent_has_no_data_and_its_message_is_the_last_run() -> None:
    query = parse('"c".over("*").by("host").last(2).count_by_status()')
    monitor = parse_monitor({"type": "service check", "query": "x", "options": {"no_data_timeframe": 5}})
    runs = [Runs(("host:a",), (OK,), 1000, "old"), Runs(("host:a", "x:y"), (OK,), 1100, "new")]
    group = (("host", "a"),)

    assert statuses(monitor, query, runs, {group: Status.OK}, 1399)[group][0] is Status.OK
    assert statuses(monitor, query, runs, {group: Status.OK}, 1400)[group][0] is Status.NO_DATA
    assert variables(query, runs) == {group: {"check_message": "new"}}


def test_without_a_timeframe_a_check_is_silent_for_24_hours_before_it_has_no_data() -> None:
    query = parse('"c".over("*").by("host").last(2).count_by_status()')
    monitor = parse_monitor({"type": "service check", "query": "x", "options": {"notify_no_data": True}})
    runs, group = [Runs(("host:a",), (OK,), 1000)], (("host", "a"),)

    assert statuses(monitor, query, runs, {group: Status.OK}, 1000 + 86_399)[group][0] is Status.OK
    assert statuses(monitor, query, runs, {group: Status.OK}, 1000 + 86_400)[group][0] is Status.NO_DATA
