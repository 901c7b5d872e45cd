"""What one request does is kept whole or not at all: a fault between two writes leaves neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from served import Api, opened

from doghouse.downtimes.store import DowntimeStore
from doghouse.events.store import EventStore
from doghouse.hosts.store import HostStore
from doghouse.notifications.store import NotificationStore
from doghouse.storage import config
from doghouse.time.clock import Clock

NOW = 1_772_445_600
MENTION = {"title": "Deploy", "text": "look @me@example.com"}


class Killed(Exception):
    """The end of the process, as far as a test can have it."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Api]:
    folder = config.own(tmp_path)
    with opened(folder, Clock(float(NOW))) as api:
        yield api
    folder.release()


def failing(monkeypatch: pytest.MonkeyPatch, owner: type, name: str, at: int = 1) -> None:
    """A method that fails when it is called for the `at`-th time."""
    original: Callable[..., Any] = getattr(owner, name)
    calls = 0

    def fail(*given: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == at:
            raise Killed
        return original(*given, **more)

    monkeypatch.setattr(owner, name, fail)


def send(api: Api, method: str, path: str, body: Any = None) -> None:
    with suppress(Killed):
        api(method, path, body)


def events(api: Api) -> list[str]:
    every = api.ok("GET", "/api/v1/events", params={"start": NOW - 60, "end": NOW + 60})["events"]
    return [event["title"] for event in every]


@pytest.mark.parametrize("posted", ["v1", "v2", "agent"])
def test_an_event_that_mentions_somebody_is_not_kept_without_its_notification(
    house: Api, monkeypatch: pytest.MonkeyPatch, posted: str
) -> None:
    failing(monkeypatch, NotificationStore, "add")
    if posted == "v1":
        send(house, "POST", "/api/v1/events", MENTION)
    elif posted == "v2":
        attributes = {
            "title": "Deploy",
            "message": "look @me@example.com",
            "category": "change",
            "attributes": {"changed_resource": {"name": "f", "type": "feature_flag"}},
        }
        send(house, "POST", "/api/v2/events", {"data": {"type": "event", "attributes": attributes}})
    else:
        event = {"msg_title": "Deploy", "msg_text": "look @me@example.com"}
        send(house, "POST", "/intake/", {"events": {"api": [event]}})
    assert events(house) == []
    assert house.ok("GET", "/doghouse/notifications")["notifications"] == []


def test_an_event_that_mentions_somebody_is_kept_with_its_notification(house: Api) -> None:
    house.ok("POST", "/api/v1/events", MENTION)
    assert events(house) == ["Deploy"]
    assert len(house.ok("GET", "/doghouse/notifications")["notifications"]) == 1


def test_an_agents_report_is_kept_whole_or_not_at_all(house: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    report = {
        "internalHostname": "a",
        "meta": {},
        "events": {"api": [{"msg_title": "one", "msg_text": ""}, {"msg_title": "two", "msg_text": ""}]},
        "external_host_tags": [["b", {"vsphere": ["x:y"]}]],
    }
    failing(monkeypatch, HostStore, "set_tags")
    send(house, "POST", "/intake/", report)
    assert events(house) == []
    assert house.ok("GET", "/api/v1/hosts")["total_returned"] == 0
    monkeypatch.undo()
    failing(monkeypatch, EventStore, "add", at=2)
    send(house, "POST", "/intake/", report)
    assert events(house) == []
    monkeypatch.undo()
    send(house, "POST", "/intake/", report)
    assert sorted(events(house)) == ["one", "two"]


@pytest.mark.parametrize("path", ["/api/v1/host/a/mute", "/api/v1/host/a/mute?override=true"])
def test_a_host_is_not_muted_without_its_downtime_nor_the_other_way_round(
    house: Api, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    house.ok("POST", "/api/v1/tags/hosts/a", {"tags": ["x:y"]})
    if "override" in path:
        house.ok("POST", "/api/v1/host/a/mute", {"message": "first"})
    before = downtimes(house)
    for owner, name in ((HostStore, "set_mute"), (DowntimeStore, "add")):
        failing(monkeypatch, owner, name)
        send(house, "POST", path, {"message": "second"})
        monkeypatch.undo()
        assert downtimes(house) == before


def test_unmuting_every_monitor_is_one_act(house: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    house.ok("POST", "/api/v1/monitor/mute_all")
    house.ok("POST", "/api/v1/downtime", {"scope": "*", "end": NOW + 600})
    before = downtimes(house)
    failing(monkeypatch, DowntimeStore, "cancel", at=2)
    send(house, "POST", "/api/v1/monitor/unmute_all")
    assert downtimes(house) == before


def downtimes(api: Api) -> list[tuple[str, bool]]:
    return [(one["message"] or "", one["disabled"]) for one in api.ok("GET", "/api/v1/downtime")]
