"""A house with something of everything in it, put there over HTTP: points, hosts, checks, events, logs, traces, monitors, downtimes, boards."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from scripts.goldens.command import run
from scripts.goldens.house import KEYS, NOW, Golden

GIVEN = json.loads((Path(__file__).parent / "given" / "sample.json").read_text())
EVERY_S = 15
PAST_S = 4 * 3600
REQUESTS = len(GIVEN["traces"])


def fill(house: Golden) -> None:
    """Everything but monitors and boards."""
    with tempfile.TemporaryDirectory(prefix="goldens-") as made:
        folder = Path(made)
        (folder / "points.csv").write_text("".join(_csv()))
        (folder / "keys.json").write_text(
            json.dumps({"api_key": KEYS["DOGHOUSE_API_KEY"], "app_key": KEYS["DOGHOUSE_APP_KEY"]})
        )
        said = run("import", "points.csv", "--url", house.url, "--keys-file", "keys.json", folder=folder)
        if not said.startswith("exit 0"):
            raise RuntimeError(said)
    house.ok("POST", "/doghouse/simulated", {"metric": "my_metric", "from": NOW - PAST_S, "to": NOW - 3600})
    for host, tags in GIVEN["host_tags"].items():
        house.ok("POST", f"/api/v1/tags/hosts/{host}", {"tags": tags})
    run_ = {"check": "postgres.can_connect", "host_name": "db-1", "status": 0, "timestamp": NOW, "tags": ["db:shop"]}
    house.ok("POST", "/api/v1/check_run", [run_])
    body = msgspec.msgpack.encode(GIVEN["traces"])
    house.ok("PUT", "/v0.4/traces", content=body, headers={"Content-Type": "application/msgpack"})
    house.ok("POST", "/api/v2/logs", GIVEN["logs"])
    for event in GIVEN["events"]:
        house.ok("POST", "/api/v1/events", event)


def count_traces(house: Golden) -> None:
    """Let a minute pass, and wait until the requests of the traces are counted."""
    house.advance(1)
    house.wait("the counts of traces", lambda: _requests(house) == REQUESTS)


def watch(house: Golden) -> None:
    """The monitors, which are 1 to 4, and the downtimes of the first."""
    for body in GIVEN["monitors"]:
        house.ok("POST", "/api/v1/monitor", body)
    for body in GIVEN["downtimes"]:
        house.ok("POST", "/api/v2/downtime", body)


def boards(house: Golden) -> list[str]:
    """The dashboards: their ids."""
    return [house.ok("POST", "/api/v1/dashboard", body)["id"] for body in GIVEN["boards"]]


def _requests(house: Golden) -> float:
    query = f"/api/v1/query?from={NOW - 3600}&to={NOW + 60}&query=sum:trace.flask.request.hits{{*}}.as_count().rollup(sum,3600)"
    series = house.ok("GET", query)["series"]
    return sum(value or 0 for one in series for _, value in one["pointlist"])


def _csv() -> Iterator[str]:
    yield "timestamp,metric,value,tags\n"

    def rows(metric: str, tags: str, wave: Callable[[int], float], until: int = NOW + 3600) -> Iterator[str]:
        for ts in range(NOW - PAST_S, until, EVERY_S):
            yield f'{ts},{metric},{wave(ts):.3f},"{tags}"\n'

    yield from rows("my_metric", "host:web-1,env:prod", lambda t: 500 + 450 * math.sin(t / 90) * math.cos(t / 301))
    yield from rows("my_metric", "host:web-2,env:staging", lambda t: 400 + 300 * math.cos(t / 130), until=NOW - 720)
    yield from rows("my_metric", "host:db-1,env:prod", lambda t: 250 + 200 * math.sin(t / 200 + 1))
    yield from rows(
        "postgresql.commits", "host:db-1,db:shop", lambda t: 38 + 6 * math.sin(t / 600) + (60 if t % 3600 < 90 else 0)
    )
    for place, host in enumerate(("web-1", "web-2", "db-1")):
        yield from rows(
            "system.cpu.user", f"host:{host},env:prod", lambda t, p=place: 20 + 15 * p + 8 * math.sin(t / 240 + p)
        )  # type: ignore[misc]
