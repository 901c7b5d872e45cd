"""Composites and service checks in backtests: what the live server does with the same points and runs."""

from datetime import datetime

import pytest
from memory_points import minutely, source

from doghouse import monitors as mon
from doghouse.backtest.run import Backtest, replay
from doghouse.backtest.sources import points_of, sources_of
from doghouse.monitors.service_checks import Runs

START = 1_772_445_600
LATENCY = [1, 1, 9, 9, 9, 1, 9, 9, 9, 9, 1, 1]
TRAFFIC = [50, 50, 50, 1, 1, 50, 50, 1, 1, 50, 50, 50]
NO_POINTS = points_of(source())
MESSAGE = "{{a.value}} {{a.status}} {{b.status}} @ops@example.com"
MEMBERS = {
    "latency": "avg(last_1m):avg:latency{*} by {host} > 5",
    "traffic": "avg(last_1m):avg:traffic{*} by {host} < 10",
}


def replayed(monitor, source, end, members=None) -> Backtest:
    """A monitor's backtest from START to `end`, over points of which some may be runs of checks."""
    return replay(monitor, sources_of(monitor, points_of(source), members or {}, START, end), START, end)


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
    points = source(minutely(LATENCY, metric="latency", host="a"), minutely(TRAFFIC, metric="traffic", host="a"))
    end = START + 60 * (len(LATENCY) + 12)
    got = replayed(mon.parse(both), points, end, members)

    assert live
    assert [(one.transition, one.body) for one in got.notifications()] == live


def test_a_member_that_is_not_given_is_said():
    both = mon.parse({"type": "composite", "query": "1 && 22", "name": "both", "message": "@a@b.cc"})
    with pytest.raises(mon.MonitorError, match="names monitors 1, 22, which are not among those given"):
        replayed(both, None, START + 600)


def test_a_service_check_takes_so_many_runs_in_a_row():
    statuses = [0, 2, 2, 0, 2, 2, 2, 0, 0, 0]
    one = mon.parse({
        "type": "service check", "query": '"c".over("env:prod").by("host").last(4).count_by_status()', "name": "n", "message": "@a@b.cc",
        "options": {"thresholds": {"critical": 3, "ok": 2}},
    })  # fmt: skip

    def runs(now):
        done = [status for n, status in enumerate(statuses) if START + 60 * n < now]
        return [Runs(("env:prod", "host:a"), done[-4:], START + 60 * (len(done) - 1), "said")] if done else []

    got = replay(one, mon.Sources(NO_POINTS, lambda _: runs), START, START + 60 * len(statuses))
    changes = [((change.at - START) // 60, change.after.label) for _, change in got.transitions()]
    assert changes == [(7, "Alert"), (9, "OK")]
    assert {group for group, _ in got.transitions()} == {(("host", "a"),)}


RUNS = {"a": [0, 0, 2, 2, 2, 0, 0, 1, 1, 0, 0, 0, None, None, None, None, None, 0, 0], "b": [0, 3, 3, 0] + [2] * 15}
CHECK = {
    "type": "service check", "query": '"my.check".over("*").by("host").last(4).count_by_status()', "name": "n", "message": "{{host.name}} @a@b.cc",
    "options": {"thresholds": {"critical": 2, "warning": 2, "ok": 2}, "notify_no_data": True, "no_data_timeframe": 3},
}  # fmt: skip


def runs_as_points(runs=RUNS, start=START):
    return source(*(minutely(values, metric="my.check", host=host) for host, values in runs.items()), start=start)


def test_a_service_check_over_the_points_of_its_name_sends_what_the_live_server_sends(doghouse):
    doghouse.request("POST", "/api/v1/monitor", CHECK)
    for a, b in zip(*RUNS.values(), strict=True):
        for host, status in (("a", a), ("b", b)):
            if status is not None:
                run = {"check": "my.check", "host_name": host, "status": status, "tags": []}
                doghouse.request("POST", "/api/v1/check_run", [run])
        doghouse.advance(minutes=1)
    live = sorted(
        (int(datetime.fromisoformat(one["time"]).timestamp()), one["transition"], one["body"])
        for one in doghouse.notifications
    )

    source = runs_as_points()
    got = replayed(mon.parse(CHECK), source, START + 60 * len(RUNS["a"]))

    assert {word for _, word, _ in live} == {"Triggered", "Recovered", "Warn", "No Data"}
    assert sorted((one.at, one.transition, one.body) for one in got.notifications()) == live


def test_a_check_that_went_silent_before_the_start_is_not_there_and_one_that_runs_has_its_past():
    source = runs_as_points({"silent": [0] * 30, "fails": [2] * 60}, START - 3540)
    body = {**CHECK, "options": {**CHECK["options"], "thresholds": {"critical": 4}}}

    got = replayed(mon.parse(body), source, START + 120)

    assert [(dict(group), one.at - START, one.after.label) for group, one in got.transitions()] == [
        ({"host": "fails"}, 60, "Alert")
    ]


def test_a_run_with_a_status_that_there_is_not_is_said():
    source = runs_as_points({"a": [0, 2.5]})
    with pytest.raises(mon.MonitorError, match=r"a run of my\.check has the value 2\.5; a status is 0 \(OK\)"):
        replayed(mon.parse(CHECK), source, START + 600)


def test_a_service_check_can_be_a_member_of_a_composite():
    source = runs_as_points()
    both = mon.parse({"type": "composite", "query": "7", "name": "n", "message": "@a@b.cc"})
    member = mon.parse({**CHECK, "id": 7})

    got = replayed(both, source, START + 1200, {7: member})

    own = replayed(member, source, START + 1200)
    alerts = [(group, one.at) for group, one in own.transitions() if one.after.label == "Alert"]
    assert alerts
    assert [(group, one.at) for group, one in got.transitions() if one.after.label == "Alert"] == alerts
