"""Hosts as Agents report them and the API shows them: a real server."""

import json
from typing import Any

import httpx
import pytest

from doghouse.hosts.metadata import Payload, address, reported
from doghouse.running import House

NOW = 1_772_445_600
METADATA = {
    "internalHostname": "Web-1",
    "agentVersion": "7.60.0",
    "agent_checks": [["ntp", "ntp", "ntp:1", "OK", "", ""], ["postgres", "postgres", "pg:1", "OK", "", ""]],
    "systemStats": {
        "cpuCores": 2,
        "machine": "x86_64",
        "platform": "linux",
        "pythonV": "3.12",
        "processor": "cpu",
        "nixV": ["debian", "13", ""],
    },
    "meta": {
        "socket-hostname": "web-1",
        "socket-fqdn": "web-1.example.com",
        "timezones": ["UTC"],
        "host_aliases": ["web-1-alias"],
    },
    "host-tags": {"system": ["Role:DB pg", "env:prod"], "chef": ["rack:7"]},
    "gohai": json.dumps({"network": {"ipaddress": "10.0.0.5"}}),
    "install-method": {"tool": "manual"},
}


def submit(client: httpx.Client, host: str, metric: str = "m", value: float = 1.0, ts: int = NOW) -> None:
    body = {"series": [{"metric": metric, "points": [[ts, value]], "host": host}]}
    assert client.post("/api/v1/series", json=body).status_code == 202


def listed(client: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    hosts: list[dict[str, Any]] = client.get("/api/v1/hosts", params=query).json()["host_list"]
    return hosts


def names(client: httpx.Client, **query: Any) -> list[str]:
    return [host["name"] for host in listed(client, **query)]


def test_what_an_agent_reports_is_what_the_list_shows(client: httpx.Client) -> None:
    assert client.post("/intake/", json=METADATA).status_code == 202
    answer = client.get("/api/v1/hosts").json()
    assert {key: answer[key] for key in ("total_matching", "total_returned", "exact_total_matching")} == {
        "total_matching": 1,
        "total_returned": 1,
        "exact_total_matching": True,
    }
    [host] = answer["host_list"]
    assert isinstance(host["id"], int)
    assert (host["name"], host["host_name"], host["aliases"]) == ("Web-1", "Web-1", ["Web-1", "web-1-alias"])
    assert host["tags_by_source"] == {"Datadog": ["env:prod", "host:Web-1", "role:db_pg"], "chef": ["rack:7"]}
    assert host["apps"] == ["agent", "ntp", "postgres"]
    assert host["sources"] == ["agent"]
    assert (host["up"], host["last_reported_time"], host["is_muted"], host["mute_timeout"]) == (True, NOW, False, None)
    assert host["meta"]["agent_version"] == "7.60.0"
    assert host["meta"]["socket-fqdn"] == "web-1.example.com"
    assert host["meta"]["platform"] == "linux"
    assert json.loads(host["meta"]["gohai"])["network"]["ipaddress"] == "10.0.0.5"


def test_the_tags_of_a_host_apply_to_all_of_its_points_of_the_past_too(house: House, client: httpx.Client) -> None:
    submit(client, "web-1")
    assert house.app.state.points.find("m")[0].tags == ("host:web-1",)
    client.post("/intake/", json=METADATA)
    assert house.app.state.points.find("m")[0].tags == ("env:prod", "host:web-1", "rack:7", "role:db_pg")
    client.post("/intake/", json={**METADATA, "host-tags": {"system": ["env:dev"]}})
    assert house.app.state.points.find("m")[0].tags == ("env:dev", "host:web-1", "rack:7")


def test_a_report_without_tags_leaves_them_and_one_with_none_of_a_source_takes_them(
    house: House, client: httpx.Client
) -> None:
    client.post("/intake/", json=METADATA)
    client.post("/intake/", json={"internalHostname": "web-1"})
    assert "env:prod" in house.app.state.hosts.tags("web-1")
    client.post("/intake/", json={"internalHostname": "web-1", "host-tags": {"system": []}})
    assert house.app.state.hosts.tags("web-1") == ("rack:7",)


def test_tags_of_other_hosts_come_from_checks_that_know_them(house: House, client: httpx.Client) -> None:
    body = {"internalHostname": "proxy", "external_host_tags": [["vm-1", {"vsphere": ["cluster:a"]}]]}
    assert client.post("/intake/", json=body).status_code == 202
    assert house.app.state.hosts.tags("vm-1") == ("cluster:a",)


def test_a_host_with_points_alone_is_a_host(client: httpx.Client) -> None:
    submit(client, "only-points")
    [host] = listed(client)
    assert (host["name"], host["apps"], host["sources"], host["meta"]) == ("only-points", [], [], {})
    assert host["tags_by_source"] == {"Datadog": ["host:only-points"]}


def test_a_host_that_was_silent_for_three_hours_is_neither_listed_nor_up(house: House, client: httpx.Client) -> None:
    submit(client, "a")
    house.clock.set(NOW + 3 * 3600 - 1)
    submit(client, "b", ts=NOW + 3 * 3600 - 1)
    assert names(client) == ["a", "b"]
    house.clock.set(NOW + 3 * 3600 + 1)
    assert names(client) == ["b"]
    assert [(host["name"], host["up"]) for host in listed(client, **{"from": NOW})] == [("a", False), ("b", True)]
    assert client.get("/api/v1/hosts/totals").json() == {"total_active": 1, "total_up": 1}


def test_the_list_is_filtered_sorted_and_cut(client: httpx.Client) -> None:
    for host, idle in (("web-1", 10), ("web-2", 90), ("db-1", 50)):
        submit(client, host, "system.cpu.idle", idle)
    client.post("/api/v1/tags/hosts/db-1", json={"tags": ["role:db"]})
    assert names(client, filter="web") == ["web-1", "web-2"]
    assert names(client, filter="role:db") == ["db-1"]
    assert names(client, filter="host:web-2") == ["web-2"]
    assert names(client, sort_field="cpu", sort_dir="desc") == ["web-1", "db-1", "web-2"]
    assert names(client, sort_field="cpu", sort_dir="asc") == ["web-2", "db-1", "web-1"]
    assert names(client, start=1, count=1) == ["web-1"]
    assert client.get("/api/v1/hosts", params={"count": 1}).json()["total_matching"] == 3
    assert names(client, sort_field="host_name") == names(client)


def test_a_hosts_figures_are_those_of_its_newest_points(client: httpx.Client) -> None:
    for metric, value in (("system.cpu.idle", 25), ("system.cpu.iowait", 2.5), ("system.load.norm.15", 0.7)):
        submit(client, "a", metric, 99, NOW - 60)
        submit(client, "a", metric, value)
    assert listed(client)[0]["metrics"] == {"cpu": 75, "iowait": 2.5, "load": 0.7}


def test_parts_of_the_answer_can_be_left_out(client: httpx.Client) -> None:
    client.post("/intake/", json=METADATA)
    [host] = listed(client, include_muted_hosts_data="false", include_hosts_metadata="false")
    assert not {"meta", "is_muted", "mute_timeout"} & host.keys()


def test_a_mute_lasts_until_its_end_and_must_be_overridden_to_be_changed(house: House, client: httpx.Client) -> None:
    submit(client, "a")
    sent = {"message": "maintenance", "end": NOW + 60}
    said = client.post("/api/v1/host/a/mute", json=sent).json()
    assert said == {"action": "Muted", "hostname": "a", "downtime_id": said["downtime_id"], **sent}
    assert (listed(client)[0]["is_muted"], listed(client)[0]["mute_timeout"]) == (True, NOW + 60)
    refused = client.post("/api/v1/host/a/mute", json={"end": NOW + 90})
    assert (refused.status_code, refused.json()["errors"][0].split(".")[0]) == (400, "host:a is already muted")
    assert client.post("/api/v1/host/a/mute?override=true", json={"end": NOW + 80}).status_code == 200
    assert client.post("/api/v1/host/a/mute", json={"end": NOW + 90, "override": True}).status_code == 200
    house.clock.set(NOW + 90)
    assert listed(client)[0]["is_muted"] is False
    assert client.post("/api/v1/host/a/unmute").status_code == 400


def test_a_mute_without_an_end_lasts_until_it_is_unmuted(client: httpx.Client) -> None:
    submit(client, "a")
    said = client.post("/api/v1/host/a/mute").json()
    assert said == {"action": "Muted", "hostname": "a", "downtime_id": said["downtime_id"]}
    assert client.post("/api/v1/host/a/unmute").json() == {**said, "action": "Unmuted"}
    assert listed(client)[0]["is_muted"] is False


def test_a_mute_that_is_over_already_is_taken_and_does_nothing(client: httpx.Client) -> None:
    submit(client, "a")
    said = client.post("/api/v1/host/a/mute", json={"end": 1579098130, "message": "m", "override": False})
    assert said.json() == {"action": "Muted", "hostname": "a", "message": "m", "end": 1579098130}
    assert listed(client)[0]["is_muted"] is False


def test_a_mute_is_a_downtime_of_all_monitors_on_the_host(client: httpx.Client) -> None:
    submit(client, "a")
    first = client.post("/api/v1/host/a/mute", json={"message": "m"}).json()["downtime_id"]
    made = client.get(f"/api/v1/downtime/{first}").json()
    assert (made["scope"], made["monitor_tags"], made["message"], made["active"]) == (["host:a"], ["*"], "m", True)
    second = client.post("/api/v1/host/a/mute?override=true", json={"end": NOW + 60}).json()["downtime_id"]
    assert client.get(f"/api/v1/downtime/{first}").json()["active"] is False
    assert client.get(f"/api/v1/downtime/{second}").json()["end"] == NOW + 60
    client.post("/api/v1/host/a/unmute")
    assert client.get(f"/api/v1/downtime/{second}").json()["canceled"] == NOW


@pytest.mark.parametrize("path", ["/intake", "/intake/"])
def test_a_body_that_is_no_json_gets_400(client: httpx.Client, path: str) -> None:
    assert client.post(path, content=b"{").status_code == 400
    assert client.post(path, content=b'{"host-tags": 3}').status_code == 400


def test_the_address_of_a_host_is_the_one_that_its_agent_saw() -> None:
    gathered: tuple[Any, ...] = ('{"network": {"ipaddress": "10.0.0.5"}}', {"network": {"ipaddress": "10.0.0.5"}})
    assert [address({"gohai": gohai}) for gohai in gathered] == ["10.0.0.5"] * 2
    broken: tuple[Any, ...] = ("{}", "broken", '{"network": []}', '{"network": {}}', None, [])
    assert [address({}), *(address({"gohai": gohai}) for gohai in broken)] == [None] * 7


def test_a_payload_without_a_host_says_nothing_of_any() -> None:
    assert reported(Payload()).host == ""
