"""Service-check monitors: consecutive runs for a check alert, percentages for a cluster alert (monitors/types/service_check)."""

from __future__ import annotations

import pytest

from doghouse.monitors import MonitorError, Status, Thresholds, validate
from doghouse.monitors.kinds.registry import parse as parse_monitor
from doghouse.monitors.service_checks import Runs, check_status, cluster_status, groups, parse, statuses, variables
from doghouse.queries import QuerySyntaxError

OK, WARNING, CRITICAL, UNKNOWN = 0, 1, 2, 3
QUERY = '"http.can_connect".over("env:prod").exclude("host:old").by("host","url").last(4).count_by_status()'


def test_a_query_is_read_in_parts() -> None:
    found = parse(QUERY)

    assert (found.check, found.over, found.exclude) == ("http.can_connect", ("env:prod",), ("host:old",))
    assert (found.by, found.last, found.percent) == (("host", "url"), 4, False)
    assert parse("'ntp.in_sync'.over('*').last(2).pct_by_status()").percent


def test_a_query_may_leave_parts_out_and_have_blanks_and_lists_in_one_text() -> None:
    found = parse(""" "c" .by('a,b' , "c").last( 9999 ).count_by_status() """)

    assert (found.over, found.exclude, found.by, found.last) == (("*",), (), ("a", "b", "c"), 9999)
    assert parse('"c".over("a:1,b:2").last(1).pct_by_status()').over == ("a:1", "b:2")


@pytest.mark.parametrize(
    ("query", "place", "said"),
    [
        ("http.can_connect", 0, "begins with its name in quotes"),
        ('"c".over("*").upon("a")', 13, "expected .over("),
        ('"c".over(a)', 9, ".over() takes tags in quotes"),
        ('"c".by("a", b)', 11, ".by() takes tags in quotes"),
        ('"c".last(0)', 9, ".last() takes how many runs"),
        ('"c".last(10000)', 9, ".last() takes how many runs"),
        ('"c".last(1)', 11, "expected .count_by_status() or .pct_by_status() at the end"),
        ('"c".last(1).count_by_status().pct_by_status()', 45, "at the end"),
        ('"c".count_by_status()', 21, "expected .last(n)"),
        ('"c".last().count_by_status()', 28, "expected .last(n)"),
    ],
)
def test_a_mistake_in_a_query_is_told_with_its_place(query: str, place: int, said: str) -> None:
    with pytest.raises(QuerySyntaxError) as wrong:
        parse(query)

    assert (wrong.value.position, said in wrong.value.problem) == (place, True), wrong.value


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


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ((OK, CRITICAL), Status.ALERT),
        ((CRITICAL, WARNING), Status.WARN),
        ((CRITICAL, OK), Status.OK),
        ((OK, UNKNOWN), None),
        ((7,), None),
    ],
)
def test_without_thresholds_one_run_of_a_kind_is_enough(runs: tuple[int, ...], expected: Status | None) -> None:
    assert check_status(Status.WARN, [Runs((), runs, 0)], Thresholds()) is expected


def test_of_several_checks_in_a_group_the_worst_counts_and_an_ok_makes_a_new_group_known() -> None:
    runs = [Runs((), (CRITICAL, CRITICAL), 0), Runs((), (OK, OK), 0), Runs((), (WARNING,), 0)]

    assert check_status(Status.OK, runs, Thresholds(critical=2, ok=2)) is Status.ALERT
    assert check_status(Status.OK, runs[1:], Thresholds(critical=2, ok=2)) is Status.WARN
    assert check_status(Status.NEW, [Runs((), (OK,), 0)], Thresholds(ok=5)) is Status.OK
    assert check_status(Status.WARN, [Runs((), (OK,), 0)], Thresholds(ok=5)) is None
    assert check_status(Status.NEW, [Runs((), (CRITICAL,), 0)], Thresholds(critical=5)) is None


@pytest.mark.parametrize(
    ("critical", "warning", "expected"),
    [
        (50, None, Status.ALERT),
        (51, None, Status.OK),
        (51, 25, Status.WARN),
        (51, 26, Status.OK),
        (50, 25, Status.ALERT),
    ],
)
def test_a_cluster_reaches_a_threshold_that_its_share_equals(
    critical: float, warning: float | None, expected: Status
) -> None:
    last = (CRITICAL, CRITICAL, WARNING, OK)
    runs = [Runs((f"host:{n}",), (status,), 0) for n, status in enumerate(last)]

    assert cluster_status(runs, Thresholds(critical=critical, warning=warning)) == (expected, 50)
    assert cluster_status([Runs((), (), 0)], Thresholds(critical=critical, warning=warning)) == (Status.OK, 0)


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

    assert statuses(monitor, query, groups(query, runs), {group: Status.OK}, 1399)[group][0] is Status.OK
    assert statuses(monitor, query, groups(query, runs), {group: Status.OK}, 1400)[group][0] is Status.NO_DATA
    assert variables(groups(query, runs)) == {group: {"check_message": "new"}}


def test_without_a_timeframe_a_check_is_silent_for_24_hours_before_it_has_no_data() -> None:
    query = parse('"c".over("*").by("host").last(2).count_by_status()')
    monitor = parse_monitor({"type": "service check", "query": "x", "options": {"notify_no_data": True}})
    runs, group = [Runs(("host:a",), (OK,), 1000)], (("host", "a"),)

    assert statuses(monitor, query, groups(query, runs), {group: Status.OK}, 1000 + 86_399)[group][0] is Status.OK
    assert statuses(monitor, query, groups(query, runs), {group: Status.OK}, 1000 + 86_400)[group][0] is Status.NO_DATA


@pytest.mark.parametrize(("by", "key"), [('"host","url"', "env"), ('"*"', None)])
def test_notify_by_names_keys_that_the_query_groups_by(by: str, key: str | None) -> None:
    query = f'"c".over("*").by({by}).last(2).count_by_status()'
    body = {"type": "service check", "query": query, "options": {"notify_by": [key or "env"]}}
    if key is None:
        assert validate(body)
    else:
        with pytest.raises(MonitorError, match="is none of the keys that the query groups by"):
            validate(body)
