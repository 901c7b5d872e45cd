"""What the agent says of its host: metadata, and system.* metrics."""

import json

from doghouse.agent.host import information
from doghouse.agent.host.metrics import HostMetrics
from doghouse.agent.settings import load


def test_the_host_map_has_what_it_needs():
    series = {one.metric for one in HostMetrics("web-1").collect(1772445600)}
    assert series >= {
        "system.load.1", "system.load.norm.15", "system.cpu.num_cores", "system.mem.total", "system.mem.usable",
        "system.mem.pct_usable", "system.swap.total", "system.uptime",
    }  # fmt: skip


def test_shares_of_the_processors_time_are_percent_and_need_two_readings():
    host = HostMetrics("web-1")
    assert not any(one.metric == "system.cpu.user" for one in host.collect(1))
    while not sum(range(100_000)):  # some work, so that time passes
        pass
    cpu = {one.metric: one.points[0][1] for one in host.collect(2) if one.metric.startswith("system.cpu.")}
    cpu.pop("system.cpu.num_cores")
    assert all(0 <= share <= 100 for share in cpu.values())


def test_every_reading_is_a_gauge_of_this_host():
    series = HostMetrics("web-1").collect(1772445600)
    assert {(one.type, one.host, one.points[0][0]) for one in series} == {("gauge", "web-1", 1772445600)}


def test_a_host_is_reported_in_the_agents_form():
    report = information.report(load(None, {"DD_HOSTNAME": "web-1", "DD_TAGS": "a:b"}), {"lab": "ERROR"})
    assert report["internalHostname"] == report["meta"]["hostname"] == "web-1"
    assert report["host-tags"] == {"system": ["a:b"]}
    assert report["agent_checks"] == [["lab", "lab", "", "ERROR", "", {}]]
    gohai = json.loads(report["gohai"])
    assert set(gohai) == {"cpu", "memory", "network", "platform", "filesystem"}
    assert int(gohai["cpu"]["cpu_logical_processors"]) >= 1
    assert gohai["network"]["ipaddress"].count(".") == 3
    assert "api_key" not in json.dumps(report)
