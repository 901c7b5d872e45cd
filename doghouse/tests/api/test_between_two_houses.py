"""Copying everything from one house to another and back, by the requests that datadog-sync-cli makes (its `datadog_sync/model/*.py`, read in 2026).

It reads each list, leaves out what the server says of its own, puts the other house's ids in, creates what is new and updates what it copied before.
What it compares afterwards has to be the same in both.
"""

import copy
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

QUERY = "avg(last_5m):avg:app.load{*} > 90"
OWN = {  # what it leaves out of each kind, as the server's own
    "monitors": "matching_downtimes creator created deleted org_id created_at modified overall_state overall_state_modified",
    "boards": "author_handle author_name url created_at modified_at",
    "lists": "type author created modified is_favorite dashboard_count",
    "downtimes": "modified created status canceled",
}
COMPOSITE_IDS = re.compile("[0-9]+")


class Asked:
    """A house, asked over HTTP."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def __call__(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        answer = self._client.request(method, path, json=body, params=query)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def monitors(self) -> list[Any]:
        return list(self("GET", "/api/v1/monitor"))

    def boards(self) -> list[Any]:
        return [
            self("GET", f"/api/v1/dashboard/{board['id']}") for board in self("GET", "/api/v1/dashboard")["dashboards"]
        ]

    def lists(self) -> list[Any]:
        every = self("GET", "/api/v1/dashboard/lists/manual")["dashboard_lists"]
        for entry in every:
            items = self("GET", f"/api/v2/dashboard/lists/manual/{entry['id']}/dashboards")["dashboards"]
            entry["dashboards"] = [{"id": item["id"], "type": item["type"]} for item in items]
        return list(every)

    def downtimes(self) -> list[Any]:
        query = {"include": "created_by", "page[limit]": 100, "page[offset]": 0}
        every = self("GET", "/api/v2/downtime", **query)["data"]
        return [downtime for downtime in every if not downtime["attributes"].get("canceled")]

    def metadata(self) -> dict[str, Any]:
        query = {"filter[configured]": "false", "window[seconds]": 14 * 86_400}
        names = [metric["id"] for metric in self("GET", "/api/v2/metrics", **query)["data"]]
        every = {name: self("GET", f"/api/v1/metrics/{name}") for name in names}
        return {name: entry for name, entry in every.items() if any(value is not None for value in entry.values())}

    def host_tags(self) -> dict[str, list[str]]:
        by_host: dict[str, list[str]] = {}
        for tag, hosts in self("GET", "/api/v1/tags/hosts")["tags"].items():
            for host in hosts:
                by_host.setdefault(host, []).append(tag)
        return {host: sorted(tags) for host, tags in by_host.items()}


class Sync:
    """Copies `source` to `destination`. `ids` are the other house's ids of what was copied, by kind."""

    def __init__(self, source: Asked, destination: Asked, ids: dict[str, dict[Any, Any]] | None = None) -> None:
        self.source, self.destination = source, destination
        self.ids: dict[str, dict[Any, Any]] = ids or {kind: {} for kind in OWN}

    def run(self) -> None:
        monitors = sorted(self.source.monitors(), key=lambda monitor: monitor["type"] == "composite")
        self._copy("monitors", monitors, "/api/v1/monitor", lambda answer: answer["id"])
        self._copy("boards", self.source.boards(), "/api/v1/dashboard", lambda answer: answer["id"])
        self._copy_lists()
        self._copy_downtimes()
        for name, entry in self.source.metadata().items():
            self.destination("GET", f"/api/v1/metrics/{name}")  # it asks whether there is such a metric
            self.destination("PUT", f"/api/v1/metrics/{name}", entry)
        for host, tags in self.source.host_tags().items():
            self.destination("PUT", f"/api/v1/tags/hosts/{host}", {"tags": tags})

    def differences(self) -> dict[str, tuple[Any, Any]]:
        """What it would find changed, by kind and id."""
        different: dict[str, tuple[Any, Any]] = {}
        for kind in OWN:
            there = {entry["id"]: self._plain(kind, entry) for entry in getattr(self.destination, kind)()}
            for entry in getattr(self.source, kind)():
                ours = self.connected(kind, self._plain(kind, entry))
                if ours != (theirs := there[self.ids[kind][entry["id"]]]):
                    different[f"{kind} {entry['id']}"] = (ours, theirs)
        for kind in ("metadata", "host_tags"):
            ours, theirs = getattr(self.source, kind)(), getattr(self.destination, kind)()
            if ours != theirs:
                different[kind] = (ours, theirs)
        return different

    def connected(self, kind: str, entry: Any) -> Any:
        """A resource with the destination's ids in it."""
        monitors, boards = self.ids["monitors"], self.ids["boards"]
        if kind == "monitors" and entry["type"] == "composite":
            entry["query"] = COMPOSITE_IDS.sub(lambda match: str(monitors[int(match[0])]), entry["query"])
        if kind == "boards":
            for widget in entry["widgets"]:
                if alert := widget["definition"].get("alert_id"):
                    widget["definition"]["alert_id"] = str(monitors[int(alert)])
        if kind == "lists":
            entry["dashboards"] = [{**item, "id": boards[item["id"]]} for item in entry["dashboards"]]
        if kind == "downtimes" and (number := entry["attributes"]["monitor_identifier"].get("monitor_id")):
            entry["attributes"]["monitor_identifier"]["monitor_id"] = monitors[number]
        return entry

    def _plain(self, kind: str, entry: Any) -> Any:
        entry = copy.deepcopy(entry)
        inside = entry["attributes"] if kind == "downtimes" else entry
        for name in ("id", "relationships"):
            entry.pop(name, None)
        for name in OWN[kind].split():
            inside.pop(name, None)
        if kind == "downtimes":
            inside["schedule"].pop("current_downtime", None)
        for widget in entry.get("widgets", ()):
            widget.pop("id", None)
        return entry

    def _copy(self, kind: str, entries: list[Any], path: str, id_of: Callable[[Any], Any]) -> None:
        for entry in entries:
            body = self.connected(kind, self._plain(kind, entry))
            if (known := self.ids[kind].get(entry["id"])) is not None:
                self.destination("PUT", f"{path}/{known}", body)
            else:
                self.ids[kind][entry["id"]] = id_of(self.destination("POST", path, body))

    def _copy_lists(self) -> None:
        entries = self.source.lists()
        items = {entry["id"]: self.connected("lists", copy.deepcopy(entry))["dashboards"] for entry in entries}
        named = [{"id": entry["id"], "name": entry["name"], "dashboards": []} for entry in entries]
        self._copy("lists", named, "/api/v1/dashboard/lists/manual", lambda answer: answer["id"])
        for number, boards in items.items():
            path = f"/api/v2/dashboard/lists/manual/{self.ids['lists'][number]}/dashboards"
            self.destination("PUT", path, {"dashboards": boards})

    def _copy_downtimes(self) -> None:
        for entry in self.source.downtimes():
            body = self.connected("downtimes", self._plain("downtimes", entry))
            if (known := self.ids["downtimes"].get(entry["id"])) is not None:
                self.destination("PATCH", f"/api/v2/downtime/{known}", {"data": {**body, "id": known}})
            else:
                answer = self.destination("POST", "/api/v2/downtime", {"data": body})
                self.ids["downtimes"][entry["id"]] = answer["data"]["id"]


@contextmanager
def house(data: Path) -> Iterator[Asked]:
    """A house in a process of its own, which has had a point of the metric."""
    command = [sys.executable, "-m", "doghouse", "up", "--port", "0", "--json", "--data", str(data)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        keys = json.loads(Path(ready["keys_file"]).read_text())
        headers = {"DD-API-KEY": keys["api_key"], "DD-APPLICATION-KEY": keys["app_key"]}
        with httpx.Client(base_url=ready["url"], headers=headers, timeout=60) as client:
            asked = Asked(client)
            series = {"metric": "app.load", "type": "gauge", "points": [[int(time.time()), 1]], "host": "web-1"}
            asked("POST", "/api/v1/series", {"series": [series]})
            yield asked
    finally:
        process.terminate()
        process.wait(60)


def fill(asked: Asked) -> None:
    options = {"thresholds": {"critical": 90, "warning": 80}, "renotify_interval": 60, "include_tags": False}
    body = {"type": "metric alert", "query": QUERY, "message": "high @ops@example.com", "tags": ["team:web"]}
    high, low = (
        asked("POST", "/api/v1/monitor", {**body, "name": name, "priority": 2, "options": options})["id"]
        for name in ("high", "high too")
    )
    both = {"type": "composite", "query": f"{high} && !{low}", "name": "both", "message": "", "tags": []}
    asked("POST", "/api/v1/monitor", both)
    widgets = [
        {"definition": {"type": "alert_graph", "alert_id": str(high), "viz_type": "timeseries", "title": "load"}},
        {"definition": {"type": "timeseries", "requests": [{"q": "avg:app.load{$host}", "display_type": "line"}]}},
    ]
    variables = [{"name": "host", "prefix": "host", "default": "*"}]
    board = {"title": "load", "layout_type": "ordered", "widgets": widgets, "template_variables": variables}
    board_id = asked("POST", "/api/v1/dashboard", {**board, "description": "of all hosts", "tags": ["team:web"]})["id"]
    number = asked("POST", "/api/v1/dashboard/lists/manual", {"name": "ours"})["id"]
    items = {"dashboards": [{"id": board_id, "type": "custom_timeboard"}]}
    asked("PUT", f"/api/v2/dashboard/lists/manual/{number}/dashboards", items)
    soon = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() + 7200))
    once = {"scope": "env:prod", "monitor_identifier": {"monitor_id": high}, "schedule": {"start": soon, "end": None}}
    weekly = {"start": soon[:19], "duration": "2h", "rrule": "FREQ=WEEKLY;BYDAY=SA;INTERVAL=1"}
    again = {
        "scope": "*",
        "monitor_identifier": {"monitor_tags": ["team:web"]},
        "message": "each week",
        "display_timezone": "Europe/Berlin",
        "schedule": {"timezone": "Europe/Berlin", "recurrences": [weekly]},
    }
    for attributes in (once, again):
        asked("POST", "/api/v2/downtime", {"data": {"type": "downtime", "attributes": attributes}})
    asked("PUT", "/api/v1/metrics/app.load", {"type": "gauge", "unit": "percent", "description": "how busy it is"})
    asked("PUT", "/api/v1/tags/hosts/web-1", {"tags": ["env:prod", "role:front"]})


@pytest.fixture
def houses(tmp_path: Path) -> Iterator[tuple[Asked, Asked]]:
    with ExitStack() as stack:
        ours, theirs = (stack.enter_context(house(tmp_path / name)) for name in ("ours", "theirs"))
        yield ours, theirs


def test_what_is_copied_to_another_house_is_the_same_there_and_changes_come_back(houses: tuple[Asked, Asked]) -> None:
    ours, theirs = houses
    fill(ours)
    there = Sync(ours, theirs)
    there.run()
    assert {kind: len(ids) for kind, ids in there.ids.items()} == {
        "monitors": 3,
        "boards": 1,
        "lists": 1,
        "downtimes": 2,
    }
    assert there.differences() == {}
    assert not set(there.ids["monitors"]) & set(there.ids["monitors"].values())

    there.run()  # updates what is there
    assert there.differences() == {}
    assert [len(theirs.monitors()), len(theirs.boards()), len(theirs.lists()), len(theirs.downtimes())] == [3, 1, 1, 2]

    [composite] = [monitor for monitor in theirs.monitors() if monitor["type"] == "composite"]
    theirs("PUT", f"/api/v1/monitor/{composite['id']}", {"name": "both of them"})
    theirs("PUT", "/api/v1/metrics/app.load", {"description": "load of the host"})
    theirs("PUT", "/api/v1/tags/hosts/web-1", {"tags": ["env:prod", "role:back"]})
    back = Sync(theirs, ours, {kind: {new: old for old, new in ids.items()} for kind, ids in there.ids.items()})
    assert {name.split()[0] for name in back.differences()} == {"monitors", "metadata", "host_tags"}
    back.run()
    assert back.differences() == {}
    assert "both of them" in [monitor["name"] for monitor in ours.monitors()]
