"""Creating, reading and listing dashboards, monitors and downtimes over HTTP, with 10 and with 10,000 stored: reading one must cost the same in both.

Two servers, asked in turn on one connection each. `list` is the first page of 100. The last figures divide the medians of the two.
"""

from __future__ import annotations

import http.client
import itertools
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.figures import Figure, in_turn, p50, p99
from bench.servers import Server, doghouse
from doghouse.dashboards import identity, model
from doghouse.dashboards.store import DashboardStore
from doghouse.downtimes import record as records
from doghouse.downtimes.store import DowntimeStore
from doghouse.monitors import parse
from doghouse.monitors.store import MonitorStore
from doghouse.storage.sqlite import Database

SIZES = (10, 10_000)
ROUNDS = 400
NOW = 1_772_445_600.0
PATHS = {"dashboard": "/api/v1/dashboard", "monitor": "/api/v1/monitor", "downtime": "/api/v2/downtime"}
LISTS = {
    "dashboard": "/api/v1/dashboard?count=100",
    "monitor": "/api/v1/monitor?page=0&page_size=100",
    "downtime": "/api/v2/downtime?page%5Blimit%5D=100",
}
KINDS = tuple(PATHS)


def run() -> Iterator[Figure]:
    """The figures of each kind of object and each of the three requests."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        asked: dict[tuple[str, str, int], Callable[[], object]] = {}
        for size in SIZES:
            data = Path(folder) / str(size)
            ids = fill(data, size)
            server = stack.enter_context(doghouse(data))
            for kind in KINDS:
                for verb, work in requests(server, kind, ids[kind]).items():
                    asked[kind, verb, size] = work
        yield from measure(asked)


def measure(asked: dict[tuple[str, str, int], Callable[[], object]]) -> Iterator[Figure]:
    """Each request of each server in turn."""
    for kind, verb in itertools.product(KINDS, ("create", "read", "list")):
        works = {str(size): asked[kind, verb, size] for size in SIZES}
        in_turn(works, 20)  # connections, caches
        took = in_turn(works, ROUNDS)
        for size, times in took.items():
            yield Figure(f"api_{kind}_{verb}_p50_{size}", p50(times) * 1e3, "ms", "request")
            yield Figure(f"api_{kind}_{verb}_p99_{size}", p99(times) * 1e3, "ms", "request")
        few, many = (p50(took[str(size)]) for size in SIZES)
        yield Figure(f"api_{kind}_{verb}_growth", many / few, "ratio", "10-objects")


def requests(server: Server, kind: str, ids: list[str]) -> dict[str, Callable[[], object]]:
    """The three requests, on one connection. Reading takes the ids one after another, so that no one object is always at hand."""
    connection, next_id, next_number = server.connection(), itertools.cycle(ids), itertools.count(10**6)
    return {
        "create": lambda: call(server, connection, "POST", PATHS[kind], body(kind, next(next_number))),
        "read": lambda: call(server, connection, "GET", f"{PATHS[kind]}/{next(next_id)}"),
        "list": lambda: call(server, connection, "GET", LISTS[kind]),
    }


def call(server: Server, connection: http.client.HTTPConnection, method: str, path: str, sent: Any = None) -> bytes:
    """The body of a good answer."""
    data = None if sent is None else json.dumps(sent)
    connection.request(method, path, data, {**server.headers, "Content-Type": "application/json"})
    answer = connection.getresponse()
    received = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{method} {path} answered {answer.status}: {received[:200]!r}")
    return received


def fill(data: Path, size: int) -> dict[str, list[str]]:
    """A data folder with that many of each; their ids."""
    data.mkdir()
    database = Database(data / "doghouse.sqlite")
    dashboards, monitors, downtimes = DashboardStore(database), MonitorStore(database), DowntimeStore(database)
    ids: dict[str, list[str]] = {kind: [] for kind in KINDS}
    with database.transaction():
        for number in range(size):
            board = model.document(body("dashboard", number), model.Origin(identity.new_id(), NOW), NOW)
            dashboards.add(board, NOW)
            ids["dashboard"].append(board["id"])
            stored = monitors.add(parse(body("monitor", number)), NOW)
            assert not isinstance(stored, int)
            ids["monitor"].append(str(stored.document["id"]))
            sent = body("downtime", number)["data"]["attributes"]
            ids["downtime"].append(downtimes.add(records.fill_in(sent, NOW), None, NOW).id)
    database.close()
    return ids


def body(kind: str, number: int) -> dict[str, Any]:
    """A dashboard of ten graphs, a monitor, or a downtime of every night."""
    if kind == "downtime":
        night = {"start": "2026-03-02T19:00:00", "duration": "14h", "rrule": "FREQ=DAILY"}
        attributes = {
            "scope": f"service:s{number}",
            "display_timezone": "Europe/Berlin",
            "monitor_identifier": {"monitor_tags": [f"bench:{number}"]},
            "schedule": {"timezone": "Europe/Berlin", "recurrences": [night]},
        }
        return {"data": {"type": "downtime", "attributes": attributes}}
    if kind == "monitor":
        query = f"avg(last_5m):avg:bench.load{{service:s{number}}} > 90"
        return {
            "type": "query alert",
            "name": f"load {number}",
            "query": query,
            "message": "high",
            "tags": ["env:bench"],
        }
    graph = {"definition": {"type": "timeseries", "title": "load", "requests": [{"q": "avg:bench.load{*} by {host}"}]}}
    return {"title": f"board {number}", "layout_type": "ordered", "widgets": [graph] * 10}
