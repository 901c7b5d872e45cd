"""The pytest fixture `doghouse`, used as an integration's author would."""

import subprocess
import sys

import pytest

MESSAGE = "{{value}} on {{host.name}} {{#is_alert}}@oncall@example.com{{/is_alert}}{{#is_recovery}}@team@example.com{{/is_recovery}}"


def create_monitor(doghouse):
    from datadog_api_client.v1.api.monitors_api import MonitorsApi
    from datadog_api_client.v1.model.monitor import Monitor
    from datadog_api_client.v1.model.monitor_type import MonitorType

    body = Monitor(
        name="high",
        type=MonitorType("metric alert"),
        query="avg(last_5m):avg:my_metric{*} by {host} > 800",
        message=MESSAGE,
    )
    with doghouse.client() as client:
        return MonitorsApi(client).create_monitor(body)


def test_a_monitor_made_with_the_official_client_notifies_as_time_passes(doghouse):
    create_monitor(doghouse)
    for value in [900] * 10 + [100] * 10:
        doghouse.submit("my_metric", value, host="web-1")
        doghouse.advance(minutes=1)
    told = [(one["transition"], one["recipients"]) for one in doghouse.notifications]
    assert told == [("Triggered", ["oncall@example.com"]), ("Recovered", ["team@example.com"])]
    assert doghouse.notifications[0]["body"].startswith("900.0 on web-1")


def test_a_downtime_silences_what_would_have_been_sent(doghouse):
    monitor = create_monitor(doghouse)
    body = {
        "data": {"type": "downtime", "attributes": {"scope": "*", "monitor_identifier": {"monitor_id": monitor.id}}}
    }
    doghouse.request("POST", "/api/v2/downtime", body)
    for _ in range(10):
        doghouse.submit("my_metric", 900, host="web-1")
        doghouse.advance(minutes=1)
    assert [one["transition"] for one in doghouse.notifications] == ["Triggered"]
    assert doghouse.notifications[0]["silenced_by"]


def test_points_can_be_asked_for_as_soon_as_they_are_submitted(doghouse):
    doghouse.submit("my_metric", [10, 20, 30], host="web-1")
    doghouse.advance(minutes=1)
    now = int(doghouse.now)
    answer = doghouse.request("GET", f"/api/v1/query?from={now - 3600}&to={now}&query=avg:my_metric%7B*%7D")
    assert [value for _, value in answer["series"][0]["pointlist"]] == [10, 20, 30]


def test_its_keys_are_not_in_its_repr(doghouse):
    assert doghouse.api_key not in repr(doghouse)


@pytest.mark.parametrize("module", ["starlette", "duckdb", "numpy", "doghouse.running", "urllib.request"])
def test_a_test_run_that_does_not_use_it_pays_nothing(module):
    code = f"import sys, doghouse.pytest_plugin; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
