"""A pattern with many wildcards, put to everything that takes one in a real process: it is answered, whoever asks."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

PATH = "a" * 60
HOSTILE = (
    "*a" * 10 + "*b"
)  # tried again from every place, it would take years: that is what the time limits below are for
PATIENCE_S = 60
DOGHOUSE = [sys.executable, "-m", "doghouse"]
MONITOR = {
    "type": "metric alert",
    "name": PATH,
    "query": "avg(last_5m):avg:m{*} by {path} > 0",
    "message": f"{PATH} @ops@example.com",
    "options": {"new_group_delay": 0},
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A doghouse that holds the long tag in points, a log, an event and a monitor that alerts."""
    folder = tmp_path_factory.mktemp("doghouse")
    process = subprocess.Popen(
        [*DOGHOUSE, "up", "--port", "0", "--json", "--data", str(folder)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        ready = json.loads(process.stdout.readline())
        keys = json.loads(Path(ready["keys_file"]).read_text())
        headers = {"DD-API-KEY": keys["api_key"], "DD-APPLICATION-KEY": keys["app_key"]}
        with httpx.Client(base_url=ready["url"], timeout=PATIENCE_S) as client:
            now, tags = int(time.time()), [f"path:{PATH}"]
            for path, body in (
                (
                    "/api/v1/series",
                    {"series": [{"metric": "m", "points": [[now - 60, 1]], "tags": tags, "host": "web-1"}]},
                ),
                ("/api/v2/logs", [{"message": f"{PATH} @ops@example.com", "ddtags": tags[0], "service": PATH}]),
                ("/api/v1/events", {"title": PATH, "text": PATH, "tags": tags}),
                ("/api/v1/monitor", MONITOR),
            ):
                client.post(path, json=body, headers=headers).raise_for_status()
            client.headers.update(headers)
            yield client
    finally:
        process.kill()
        process.communicate()


def test_a_graph_is_answered_without_a_key(client: httpx.Client) -> None:
    query = f"avg:m{{path:{HOSTILE}}}"
    answer = httpx.get(f"{client.base_url}/ui/data/query", params={"query": query}, timeout=PATIENCE_S)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/logs", {"query": HOSTILE}),
        ("/logs", {"query": f"service:{HOSTILE}"}),
        ("/logs", {"query": f"path:{HOSTILE}"}),
        ("/event/explorer", {"query": HOSTILE}),
        ("/api/v2/events", {"filter[query]": HOSTILE}),
        ("/api/v2/events", {"filter[query]": f"path:{HOSTILE}"}),
        ("/api/v1/monitor/search", {"query": HOSTILE}),
        ("/api/v1/monitor/search", {"query": f"title:{HOSTILE}"}),
        ("/monitors/manage", {"q": HOSTILE}),
        ("/api/v1/query", {"query": f"avg:m{{path:{HOSTILE}}}", "from": "1", "to": "99"}),
        ("/ui/data/hosts", {"fillby": f"avg:m{{path:{HOSTILE}}} by {{host}}"}),
    ],
)
def test_a_search_is_answered(client: httpx.Client, path: str, query: dict[str, str]) -> None:
    assert client.get(path, params=query).status_code == 200


def test_a_downtime_is_taken_and_its_page_shown(client: httpx.Client) -> None:
    attributes = {"scope": f"path:{HOSTILE}", "monitor_identifier": {"monitor_tags": ["*"]}}
    taken = client.post("/api/v2/downtime", json={"data": {"type": "downtime", "attributes": attributes}})
    assert taken.status_code == 200
    (monitor,) = client.get("/api/v1/monitor").json()
    for path in (
        "/monitors/downtimes",
        f"/monitors/{monitor['id']}",
        f"/api/v2/monitor/{monitor['id']}/downtime_matches",
        f"/api/v1/monitor/{monitor['id']}?with_downtimes=true",
    ):
        assert client.get(path).status_code == 200


def test_a_unit_test_ends(tmp_path: Path) -> None:
    """Its monitor's scope and its downtime's: both are held against the long tag at every minute."""
    monitor: dict[str, Any] = {**MONITOR, "query": f"avg(last_5m):avg:m{{!path:{HOSTILE}}} by {{path}} > 0"}
    file = tmp_path / "hostile.test.yaml"
    file.write_text(
        json.dumps(
            {
                "monitor": monitor,
                "downtimes": [{"name": "hostile", "scope": f"path:{HOSTILE}"}],
                "start": "2026-03-02T10:00:00Z",
                "tests": [
                    {
                        "name": "the pattern takes no group",
                        "series": {f"m{{path:{PATH}}}": "1x10"},
                        "notifications": [{"at": "+1m", "transition": "Triggered", "group": f"path:{PATH}"}],
                        "exact": True,
                        "silenced": [],
                    }
                ],
            }
        )
    )
    done = subprocess.run([*DOGHOUSE, "test", str(file)], capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stdout + done.stderr
