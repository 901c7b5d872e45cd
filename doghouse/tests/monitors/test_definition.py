"""What a monitor is, beside its query's numbers: written from its values it says the same, and a mistake in it is kept beside what can be read."""

from __future__ import annotations

import pytest

from doghouse import monitors as mon
from doghouse.monitors.kinds.metric import metric_query, with_query
from doghouse.monitors.validation import check


@pytest.mark.parametrize(
    "query",
    [
        "avg(last_5m):avg:m{env:prod} by {host} > 90",
        "pct_change(sum(last_1h),last_30m):sum:m{*}.as_count() <= -50.5",
        "change(max(last_4h),1d_ago):abs(avg:m{*}) != threshold",
    ],
)
def test_a_query_written_from_its_values_says_the_same(query: str) -> None:
    monitor = mon.parse({"type": "metric alert", "query": query})
    written = with_query(monitor, metric_query(monitor))

    assert metric_query(mon.parse(written.document)) == metric_query(monitor)


def test_a_mistake_in_the_query_is_kept_beside_what_can_be_read() -> None:
    monitor = mon.parse({"type": "metric alert", "query": "avg(last_5m):avg:m{* > 90", "name": "n"})

    assert monitor.name == "n"
    with pytest.raises(mon.MonitorError, match="query"):
        check(monitor)


@pytest.mark.parametrize(
    ("kind", "query", "multi"),
    [
        ("metric alert", "avg(last_5m):avg:m{*} by {host} > 90", True),
        ("metric alert", "avg(last_5m):avg:m{*} > 90", False),
        ("service check", '"c".over("*").by("host").last(2).count_by_status()', True),
        ("service check", '"c".over("*").last(2).pct_by_status()', False),
        ("log alert", 'logs("a").rollup("count").by("host").last("5m") > 1', True),
        ("log alert", 'logs("a").rollup("count").last("5m") > 1', False),
        ("event-v2 alert", 'events("a").rollup("count").last("5m") > 1', False),
        ("composite", "1 && 2", False),
    ],
)
def test_a_monitor_is_a_multi_alert_where_its_query_groups(kind: str, query: str, multi: bool) -> None:
    assert mon.parse({"type": kind, "query": query}).multi is multi
