"""Composites and service checks in backtests: what the live server does with the same points and runs."""

import numpy as np
import pytest

from doghouse import monitors as mon
from doghouse.backtest.followed import checked, composite
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Series
from doghouse.monitors.service_checks import Runs

START = 1_772_445_600
LATENCY = [1, 1, 9, 9, 9, 1, 9, 9, 9, 9, 1, 1]
TRAFFIC = [50, 50, 50, 1, 1, 50, 50, 1, 1, 50, 50, 50]
MESSAGE = "{{a.value}} {{a.status}} {{b.status}} @ops@example.com"
MEMBERS = {
    "latency": "avg(last_1m):avg:latency{*} by {host} > 5",
    "traffic": "avg(last_1m):avg:traffic{*} by {host} < 10",
}


@pytest.mark.parametrize("query", ["{a} && !{b}", "{a} || {b}", "!({a} && {b})", "{a} && {b}"])
def test_a_composite_sends_what_the_live_server_sends(doghouse, query):
    ids = {}
    for name, text in MEMBERS.items():
        body = {"type": "metric alert", "query": text, "name": name, "message": "", "options": {"new_group_delay": 0}}
        ids[name] = doghouse.request("POST", "/api/v1/monitor", body)["id"]
    query = query.format(a=ids["latency"], b=ids["traffic"])
    options = {"renotify_interval": 10}
    both = {"type": "composite", "query": query, "name": "both", "message": MESSAGE, "options": options}
    doghouse.request("POST", "/api/v1/monitor", both)
    for latency, traffic in zip(LATENCY, TRAFFIC, strict=True):
        doghouse.submit("latency", latency, host="a")
        doghouse.submit("traffic", traffic, host="a")
        doghouse.advance(minutes=1)
    doghouse.advance(minutes=12)
    live = [(one["transition"], one["body"]) for one in doghouse.notifications if one["recipients"]]

    members = {
        ids[name]: mon.parse(
            {"type": "metric alert", "query": text, "id": ids[name], "options": {"new_group_delay": 0}}
        )
        for name, text in MEMBERS.items()
    }
    series = [Series(0, "latency", "gauge", 0, "a", ()), Series(1, "traffic", "gauge", 0, "a", ())]
    ids_, times = np.repeat([0, 1], len(LATENCY)), START + 60 * np.tile(np.arange(len(LATENCY)), 2)
    source = MemorySource(series, Columns(ids_, times, np.array(LATENCY + TRAFFIC, float)))
    end = START + 60 * (len(LATENCY) + 12)
    got = composite(mon.parse(both), members, lambda _: (source, None), START, end)

    assert live
    assert [(one.transition, one.body) for one in got.notifications()] == live


def test_a_member_that_is_not_given_is_said():
    both = mon.parse({"type": "composite", "query": "1 && 22", "name": "both", "message": "@a@b.cc"})
    with pytest.raises(mon.MonitorError, match="names monitor 1, 22, which is not among those given"):
        composite(both, {}, lambda _: (None, None), START, START + 600)


def test_a_service_check_takes_so_many_runs_in_a_row():
    statuses = [0, 2, 2, 0, 2, 2, 2, 0, 0, 0]
    one = mon.parse({
        "type": "service check", "query": '"c".over("env:prod").by("host").last(4).count_by_status()', "name": "n", "message": "@a@b.cc",
        "options": {"thresholds": {"critical": 3, "ok": 2}},
    })  # fmt: skip

    def runs(now):
        done = [status for n, status in enumerate(statuses) if START + 60 * n < now]
        return [Runs(("env:prod", "host:a"), done[-4:], START + 60 * (len(done) - 1), "said")] if done else []

    got = checked(one, runs, START, START + 60 * len(statuses))
    changes = [((change.at - START) // 60, change.after.label) for _, change in got.transitions()]
    assert changes == [(7, "Alert"), (9, "OK")]
    assert {group for group, _ in got.transitions()} == {(("host", "a"),)}
