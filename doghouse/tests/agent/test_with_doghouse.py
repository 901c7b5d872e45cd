"""The agent and a real doghouse: what is submitted is found there, and nothing is lost while it is away."""

import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request

import pytest

from .conftest import command, eventually

pytestmark = pytest.mark.slow
BODY = """\
self.gauge('lab.value', 7, tags=['role:x'])
self.service_check('lab.up', 0)
for value in range(100):
    self.submit_histogram_bucket('lab.spread', 1, value, value, False, '', [])"""
EVERY_SECOND = "instances:\n  - min_collection_interval: 1\n"


class House:
    """A doghouse on a port of its own, that can be killed and started again over the same data."""

    def __init__(self, root, environment):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.data = root / "data"
        self.environment = environment
        self.process = None

    def up(self):
        asked = [sys.executable, "-m", "doghouse", "up", "--port", self.port, "--data", self.data, "--json"]
        self.process = subprocess.Popen(list(map(str, asked)), stdout=subprocess.PIPE, text=True, env=self.environment)
        assert json.loads(self.process.stdout.readline())["url"] == self.url

    def down(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(20)

    def get(self, path, **query):
        keys = json.loads((self.data / "keys.json").read_text())
        headers = {"DD-API-KEY": keys["api_key"], "DD-APPLICATION-KEY": keys["app_key"]}
        request = urllib.request.Request(f"{self.url}{path}?{urllib.parse.urlencode(query)}", headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def points(self, query):
        now = int(time.time())
        found = self.get("/api/v1/query", query=query, **{"from": now - 300, "to": now + 5})["series"]
        return {series["scope"]: series["pointlist"] for series in found}


@pytest.fixture
def house(tmp_path):
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("DD_", "DOGHOUSE_"))}
    made = House(tmp_path, {**kept, "HOME": str(tmp_path / "home")})
    made.up()
    yield made
    if made.process.poll() is None:
        made.down()


@contextlib.contextmanager
def agent(house, checks, environment, *arguments):
    asked = command(
        "run", "--conf", checks.conf, "--url", house.url, "--keys-file", house.data / "keys.json", *arguments
    )
    process = subprocess.Popen(asked, env={**environment, "DD_TAGS": "team:ops"}, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_points_tags_distributions_and_the_host_are_found_in_the_doghouse(house, checks, environment):
    checks.add("lab", BODY, EVERY_SECOND)
    with agent(house, checks, environment):
        eventually(lambda: house.points("avg:lab.value{role:x} by {host}"), within=60)
        assert set(house.points("avg:lab.value{team:ops} by {host}")) == {"host:web-1,team:ops"}
        assert house.points("avg:datadog.agent.running{*}")
    (percentile,) = house.points("p95:lab.spread{*}").values()
    assert all(93 <= value <= 97 for _, value in percentile)
    (found,) = house.get("/api/v1/hosts")["host_list"]
    assert (found["name"], found["up"]) == ("web-1", True)
    assert "team:ops" in found["tags_by_source"]["Datadog"]


def test_nothing_is_lost_while_the_doghouse_is_killed_and_comes_back(house, checks, environment):
    checks.add("lab", BODY, EVERY_SECOND)
    with agent(house, checks, environment, "--no-host-metrics"):
        eventually(lambda: house.points("avg:lab.value{*}"), within=60)
        house.down(signal.SIGKILL)
        time.sleep(20)  # a flush fails meanwhile
        house.up()
        begun = time.time()
        eventually(lambda: house.points("avg:lab.value{*}.rollup(count, 1)")["*"][-1][0] / 1000 > begun, within=60)
        eventually(lambda: whole(house.points("avg:lab.value{*}.rollup(count, 1)")["*"]), within=60)


def whole(points):
    """Whether there is no gap: a second may be skipped where a run came a little late."""
    return all(b - a <= 2000 for (a, _), (b, _) in itertools.pairwise(points))
