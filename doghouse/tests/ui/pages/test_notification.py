"""A notification's page says in words why nobody was notified."""

from __future__ import annotations

from urllib.request import urlopen

from doghouse.pytest_plugin import RunningDoghouse


def test_what_a_downtime_silenced_names_it_as_its_message_begins(doghouse: RunningDoghouse) -> None:
    monitor = {
        "name": "high",
        "type": "metric alert",
        "query": "avg(last_5m):avg:m{*} > 800",
        "message": "@ops@example.com",
    }
    identity = doghouse.request("POST", "/api/v1/monitor", monitor)["id"]
    attributes = {"scope": "*", "monitor_identifier": {"monitor_id": identity}, "message": "Moving house\nuntil Friday"}
    doghouse.request("POST", "/api/v2/downtime", {"data": {"type": "downtime", "attributes": attributes}})
    for _ in range(6):
        doghouse.submit("m", 900)
        doghouse.advance(minutes=1)
    [silenced] = [one for one in doghouse.notifications if one["silenced_by"]]
    with urlopen(f"{doghouse.url}/inbox/{silenced['id']}") as page:
        assert "by the downtime “Moving house”: nobody was notified" in page.read().decode()


def test_a_value_has_its_unit_as_people_read_it(doghouse: RunningDoghouse) -> None:
    query = "avg(last_5m):avg:trace.flask.request{*} > 0.01"
    monitor = {"name": "slow", "type": "metric alert", "query": query, "message": "@ops@example.com"}
    identity = doghouse.request("POST", "/api/v1/monitor", monitor)["id"]
    for _ in range(6):
        doghouse.submit("trace.flask.request", 0.0234)
        doghouse.advance(minutes=1)
    [sent] = doghouse.notifications

    def shown() -> str:
        with urlopen(f"{doghouse.url}/inbox/{sent['id']}") as page:
            return str(page.read().decode())

    assert ">23.4ms</dd>" in shown()
    doghouse.request("PUT", f"/api/v1/monitor/{identity}", {"query": query.replace("trace.flask.request", "m")})
    assert ">0.0234</dd>" in shown(), "what the monitor asks now says nothing of a value from before"
