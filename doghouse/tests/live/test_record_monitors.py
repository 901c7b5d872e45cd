"""Monitors over logs and events of a running server: from what comes in to what is told, and what the page shows of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from record_lines import T0
from served import Server

from doghouse import running
from doghouse.storage.config import Settings
from doghouse.testing.running import run
from doghouse.time.clock import Clock

LOGS = 'logs("service:shop status:error").index("*").rollup("count").by("@region").last("5m") > 2'
EVENTS = 'events("source:deploy").rollup("count").last("5m") > 0'


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Server]:
    with running.serve(tmp_path / "house", clock=Clock(T0), settings=Settings(time_travel=True)) as house:
        yield Server(house)


def monitor(api: Server, kind: str, query: str, **options: Any) -> int:
    said = {"name": "n {{@region.name}}", "message": "{{value}} {{log.message}}{{event.title}} @ops@example.com"}
    return int(api.ok("POST", "/api/v1/monitor", {"type": kind, "query": query, "options": options, **said})["id"])


def told(api: Server, minutes: int) -> list[tuple[str, str]]:
    api.ok("POST", "/doghouse/advance", {"minutes": minutes})
    return [(one["title"], one["body"]) for one in api.ok("GET", "/doghouse/notifications")["notifications"]]


def test_logs_that_come_in_are_counted_by_group_and_told_of(api: Server) -> None:
    monitor_id = monitor(api, "log alert", LOGS, new_group_delay=0)
    logs = [{"message": json.dumps({"level": "error", "message": "boom", "region": "eu"}), "service": "shop"}] * 3
    api.ok("POST", "/api/v2/logs", logs)
    assert told(api, 1) == [("[Triggered on {@region:eu}] n eu", "3.0 boom @ops@example.com")]
    state = api.ok("GET", f"/api/v1/monitor/{monitor_id}", params={"group_states": "all"})["state"]["groups"]
    assert {name: group["status"] for name, group in state.items()} == {"@region:eu": "Alert"}
    seen = {"from_ts": T0 * 1000, "to_ts": (T0 + 120) * 1000}
    page = api.ok("GET", f"/ui/data/monitor/{monitor_id}", params=seen)
    assert [(line["label"], line["values"]) for line in page["graph"]["series"]] == [("@region:eu", [3.0])]
    assert [row["change"] for row in page["replay"]["changes"]] == ["OK → Alert"]


def test_events_that_are_posted_count_and_those_that_monitors_make_do_not(api: Server) -> None:
    monitor(api, "event-v2 alert", EVENTS)
    monitor(api, "event-v2 alert", 'events("*").rollup("count").last("5m") > 1')
    event = {"title": "Deploy 7", "text": "done", "source_type_name": "deploy", "date_happened": T0 + 5}
    api.ok("POST", "/api/v1/events", event)
    assert told(api, 3) == [
        ("[Triggered] n", "1.0 Deploy 7 @ops@example.com")
    ]  # which made an event that is not counted


BOTH_SAY = "{{a.value}} {{a.log.message}} {{a.log.region}} {{a.log.nothing}}|{{b.log.message}} {{c.log.message}} @ops@example.com"
SAID = "3.0 boom eu |slow  @ops@example.com"


def test_a_composite_says_of_its_members_logs_what_they_say_live_and_in_a_unit_test(
    api: Server, tmp_path: Path
) -> None:
    queries = (LOGS, LOGS.replace("status:error", "status:warn").replace("> 2", "> 0"))
    ids = [monitor(api, "log alert", query, new_group_delay=0) for query in queries]
    both = {"type": "composite", "query": f"{ids[0]} && {ids[1]}", "name": "both", "message": BOTH_SAY}
    api.ok("POST", "/api/v1/monitor", both)
    lines = [*[("error", "boom", "eu")] * 3, ("warn", "slow", "eu"), ("warn", "elsewhere", "us")]
    for level, text, region in lines:
        message = json.dumps({"level": level, "message": text, "region": region})
        api.ok("POST", "/api/v2/logs", [{"message": message, "service": "shop"}])
    live = dict(told(api, 1))
    assert live["[Triggered on {@region:eu}] both"] == SAID

    members = [
        {"type": "log alert", "query": query, "name": "n", "message": "", "options": {"new_group_delay": 0}}
        for query in queries
    ]
    logs = [
        {"at": "+1s", "service": "shop", "status": level, "message": text, "attributes": {"region": region}}
        for level, text, region in lines
    ]
    expected = [{"at": "+60s", "transition": "Triggered", "group": "@region:eu", "contains": [SAID]}]
    case = {"name": "both", "logs": logs, "until": "+2m", "notifications": expected}
    path = tmp_path / "both.test.yaml"
    path.write_text(json.dumps({"monitor": both, "members": members, "start": "2026-03-02T10:00Z", "tests": [case]}))
    [result] = run(path)
    assert not result.differences


def test_a_monitor_that_datadog_would_refuse_is_not_stored(api: Server) -> None:
    body = {"type": "log alert", "query": LOGS.replace('"', "'"), "name": "n", "message": ""}
    words = "The value provided for parameter 'query' is invalid: invalid operator specified: "
    assert api.refused("POST", "/api/v1/monitor", body) == (400, words)
