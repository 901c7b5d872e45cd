"""`my-metric snapshot`: a picture of the first graph's past five minutes, and an event that shows it to someone."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
import urllib3

from companion.client import Account
from doghouse.running import House

from .conftest import MyMetric


@pytest.fixture
def pictures(house: House) -> None:
    """A doghouse that draws pictures over the API."""
    if urllib3.request("GET", f"{house.url}/api/v1/graph/snapshot", headers=house.headers).status == 404:
        pytest.skip("this doghouse has no /api/v1/graph/snapshot yet")


@pytest.mark.usefixtures("pictures")
def test_the_picture_is_waited_for_and_mailed(my_metric: MyMetric, account: Account, house: House) -> None:
    my_metric("apply", "--yes")
    point = {"timestamp": int(time.time()) - 30, "value": 500}
    series = {"metric": "my_metric", "type": 3, "points": [point], "resources": [{"type": "host", "name": "web-1"}]}
    urllib3.request("POST", f"{house.url}/api/v2/series", body=json.dumps({"series": [series]}), headers=house.headers)
    began = int(time.time())
    ran = my_metric("snapshot", "--to", "someone@example.org")
    assert ran.code == 0, ran.err
    said = dict(line.split(maxsplit=1) for line in ran.out.splitlines())
    assert said["to"] == "someone@example.org"
    assert urllib3.request("GET", said["picture"]).data.startswith(b"\x89PNG")
    (event,) = [
        one
        for one in account.call("list_events", start=began - 5, end=began + 60)["events"]
        if said["picture"] in one["text"]
    ]
    assert "@someone@example.org" in event["text"]
    assert "my_metric over host:web-1" in event["text"]
    inbox = urllib3.request("GET", f"{house.url}/doghouse/notifications", headers=house.headers).json()["notifications"]
    assert any("someone@example.org" in json.dumps(one) for one in inbox)


@pytest.mark.usefixtures("pictures")
def test_the_settings_email_gets_it_unless_another_is_named(my_metric: MyMetric) -> None:
    my_metric("apply", "--yes")
    assert "to       me@example.org" in my_metric("snapshot").out


def test_somebody_has_to_be_named(my_metric: MyMetric, settings_file: Path) -> None:
    settings_file.write_text("host: web-1\n")
    ran = my_metric("snapshot")
    assert ran.code == 64
    assert "--to me@example.com" in ran.err


def test_who_cannot_be_mailed_to_is_wrong_use(my_metric: MyMetric) -> None:
    ran = my_metric("snapshot", "--to", "nobody")
    assert (ran.code, ran.err.count("\n")) == (64, 1)
    assert "--to" in ran.err


def test_without_a_timeboard_there_is_nothing_to_take_a_picture_of(my_metric: MyMetric) -> None:
    ran = my_metric("snapshot")
    assert ran.code == 1
    assert "make it with: my-metric apply" in ran.err
