"""The inbox of a running doghouse: monitors posted over HTTP, points too, time that is let pass, notifications read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from live_house import HIGH, T0, TOLD
from post_office import post_office

from doghouse import running
from doghouse.running import House
from doghouse.storage.config import Settings
from doghouse.time.clock import Clock


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with running.serve(tmp_path, clock=Clock(float(T0)), settings=Settings(time_travel=True)) as found:
        yield found


def ask(house: House, method: str, path: str, body: Any = None) -> Any:
    answer = httpx.request(method, house.url + path, json=body, headers=house.headers)
    answer.raise_for_status()
    return answer.json()


def submit(house: House, value: float) -> None:
    now = int(house.clock.now())
    ask(house, "POST", "/api/v1/series", {"series": [{"metric": "m", "points": [[now, value]], "type": "gauge"}]})


def high(house: House, minutes: int) -> None:
    """A monitor, and a value over its threshold each minute."""
    ask(house, "POST", "/api/v1/monitor", {"type": "metric alert", "query": HIGH, "name": "High", "message": TOLD})
    for _ in range(minutes):
        submit(house, 95)
        ask(house, "POST", "/doghouse/advance", {"minutes": 1})


def test_what_a_monitor_sends_is_in_the_inbox(house: House) -> None:
    high(house, 3)

    found = ask(house, "GET", "/doghouse/notifications")

    (one,) = found["notifications"]
    assert one["time"] == "2026-03-02T10:01:00.000000+00:00"
    assert (one["transition"], one["subject"]) == ("Triggered", "[Monitor Alert] Triggered: High")
    assert (one["body"], one["recipients"]) == ("high 95.0 @ops@example.com", ["ops@example.com"])
    assert (one["group"], one["value"], one["silenced_by"]) == ({}, 95.0, None)
    assert one["deliveries"][0]["recipient"] == "ops@example.com"
    assert ask(house, "GET", f"/doghouse/notifications/{one['id']}")["title"] == "[Triggered] High"


def test_the_api_shows_the_state_and_the_event(house: House) -> None:
    high(house, 2)

    (monitor,) = ask(house, "GET", "/api/v1/monitor")
    events = ask(house, "GET", f"/api/v1/events?start={T0}&end={T0 + 600}")["events"]

    assert monitor["overall_state"] == "Alert"
    assert [one["title"] for one in events] == ["[Triggered] High"]


def test_the_inbox_can_be_narrowed_down(house: House) -> None:
    high(house, 2)

    assert ask(house, "GET", "/doghouse/notifications?silenced=true")["notifications"] == []
    assert len(ask(house, "GET", "/doghouse/notifications?silenced=false&monitor_id=1")["notifications"]) == 1
    assert ask(house, "GET", f"/doghouse/notifications?from={T0 + 300}")["notifications"] == []


def test_a_failed_mail_is_visible(tmp_path: Path) -> None:
    refuse = {"ops@example.com": "550 no such user"}
    with post_office(refuse=refuse) as office:
        settings = Settings(time_travel=True, smtp=office.address)
        with running.serve(tmp_path, clock=Clock(float(T0)), settings=settings) as house:
            high(house, 1)
            for work in house.app.state.notification_work:
                work()

            found = ask(house, "GET", "/doghouse/notifications")

    assert found["deliveries"] == {"failed": 1}
    (copy,) = found["notifications"][0]["deliveries"]
    assert (copy["state"], copy["error"], copy["attempts"]) == ("failed", "550 no such user", 1)


@pytest.mark.parametrize("minutes", [-1, 10**9, "soon"])
def test_time_passes_in_whole_minutes(house: House, minutes: object) -> None:
    answer = httpx.post(f"{house.url}/doghouse/advance", json={"minutes": minutes}, headers=house.headers)

    assert answer.status_code == 400


def test_without_time_travel_time_cannot_be_let_pass(tmp_path: Path) -> None:
    with running.serve(tmp_path, clock=Clock(float(T0))) as house:
        answer = httpx.post(f"{house.url}/doghouse/advance", json={"minutes": 1}, headers=house.headers)

    assert answer.status_code == 404


def test_the_inbox_asks_for_keys(house: House) -> None:
    assert httpx.get(f"{house.url}/doghouse/notifications").status_code == 403
    assert httpx.get(f"{house.url}/doghouse/notifications/99", headers=house.headers).status_code == 404
