"""Logs: lines a second at the intake, searches and counts over a million lines, against a scan of JSON in Python and grep over the same lines.

The lines are those of 20 web services: half a dozen attributes, three tags, one in a hundred refused, one in four of a trace.
"""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from bench.figures import Figure, in_turn, note, p50
from bench.servers import Server, doghouse
from doghouse.logs.model import Log
from doghouse.logs.search import record
from doghouse.logs.store.columns import LogColumns
from doghouse.search import matching
from doghouse.storage.manifest import LOG_COLUMNS, LOG_INBOX, MANIFEST, Manifest
from doghouse.storage.sqlite import Database

MILLION, BATCH = 1_000_000, 20_000
STEP_MS = 200  # from a line to the next
START_MS = 1_772_323_200_000
BODIES, PER_BODY = 50, 1000
ROUNDS = 5
WORDS = ("started", "finished", "retried", "cached", "validated", "queued")
QUERY = "refused @http.status_code:>=500 service:web-1*"
# What is asked: for the newest ten, for counts an hour, for counts by service and status, for a percentile by service.
SEARCHES: dict[str, tuple[str, dict[str, object]]] = {
    "search": ("/api/v2/logs/events/search", {"filter": {"query": QUERY}}),
    "search_page": ("/api/v2/logs/events/search", {"filter": {"query": "status:error"}, "page": {"limit": 1000}}),
    "count": ("/api/v2/logs/analytics/aggregate", {"filter": {"query": QUERY}}),
    "count_over_time": (
        "/api/v2/logs/analytics/aggregate",
        {"compute": [{"aggregation": "count", "type": "timeseries", "interval": "1h"}]},
    ),
    "grouped_count": (
        "/api/v2/logs/analytics/aggregate",
        {"group_by": [{"facet": "service", "limit": 20}, {"facet": "status"}]},
    ),
    "grouped_pc95": (
        "/api/v2/logs/analytics/aggregate",
        {
            "compute": [{"aggregation": "pc95", "metric": "@duration"}],
            "filter": {"query": "service:web-1*"},
            "group_by": [{"facet": "service", "limit": 20}],
        },
    ),
}


def lines(count: int, seed: int = 1) -> Iterator[Log]:
    """So many logs, STEP_MS apart."""
    chosen = random.Random(seed)
    for number in range(count):
        service = chosen.randrange(20)
        status = chosen.choice((200,) * 17 + (404, 500, 503))
        duration = round(chosen.lognormvariate(4, 1), 2)
        word = "refused" if chosen.random() < 0.01 else chosen.choice(WORDS)
        route = f"/api/v1/users/{chosen.randrange(100_000)}"
        attributes = {
            "http": {"status_code": status, "url": route, "method": chosen.choice(("GET", "POST"))},
            "duration": duration,
            "usr": {"id": f"u{chosen.randrange(10_000)}"},
            "network": {"client": {"ip": f"10.{chosen.randrange(256)}.{chosen.randrange(256)}.7"}},
        }
        if number % 4 == 0:
            attributes["dd"] = {"trace_id": f"{chosen.getrandbits(128):032x}"}
        yield Log(
            timestamp=(START_MS + number * STEP_MS) / 1000,
            message=f"GET {route} {word} in {duration} ms by worker {chosen.randrange(64)}",
            source="nginx",
            service=f"web-{service}",
            host=f"h{chosen.randrange(100)}",
            status="error" if status >= 500 else "warn" if status == 404 else "info",
            tags=("env:prod", f"version:1.{chosen.randrange(5)}", f"team:t{service % 7}"),
            attributes=attributes,
        )


def fill(folder: Path, millions: int) -> None:
    """A data folder with so many million lines: a million as the store takes them in, and the same ones at later times."""
    with doghouse(folder):
        pass  # the other files
    owner = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    columns = LogColumns(folder / LOG_COLUMNS, owner)
    batch: list[tuple[int, Log]] = []
    begin = time.perf_counter()
    for number, log in enumerate(lines(MILLION), 1):
        batch.append((number, log))
        if len(batch) == BATCH:
            columns.insert(batch, number)
            batch.clear()
    note(
        f"bench: logs: a million lines moved into columns in {time.perf_counter() - begin:.0f} s, their making included"
    )
    with columns.reading() as (cursor, _):
        for copy in range(1, millions):
            ids, times = copy * MILLION, copy * MILLION * STEP_MS
            cursor.execute(
                f"INSERT INTO logs SELECT * REPLACE (id + {ids} AS id, ts + {times} AS ts) FROM logs WHERE id <= {MILLION}"
            )
        cursor.execute(f"UPDATE moved SET id = {millions * MILLION}")
    columns.close()
    inbox = Database(folder / LOG_INBOX)
    with inbox.transaction() as connection:
        connection.execute("INSERT INTO logs (id, log) VALUES (?, '')", (millions * MILLION,))
        connection.execute("DELETE FROM logs")
    inbox.close()


def asked(server: Server, name: str, millions: int) -> Callable[[], object]:
    """One of SEARCHES over all lines."""
    path, body = SEARCHES[name]
    span = {"from": START_MS, "to": START_MS + millions * MILLION * STEP_MS}
    whole = {**body, "filter": {**body.get("filter", {}), **span}}  # type: ignore[dict-item]
    return lambda: post(server, path, whole)


def post(server: Server, path: str, body: object) -> bytes:
    """The body of a good answer."""
    connection = server.connection()
    connection.request("POST", path, json.dumps(body), {**server.headers, "Content-Type": "application/json"})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status >= 300:
        raise RuntimeError(f"POST {path} answered {answer.status}: {content[:300]!r}")
    return content


def intake(folder: Path) -> Iterator[Figure]:
    """Bodies of a thousand lines over one connection, and the time until the last of them is in an answer."""
    sent = [msgspec.to_builtins(log) for log in lines(BODIES * PER_BODY)]
    now = time.time()
    for number, line in enumerate(sent):
        line |= {
            "timestamp": round((now - 60) * 1000) + number,
            "ddtags": ",".join(line.pop("tags")),
            **line.pop("attributes"),
        }
    bodies = [msgspec.json.encode(sent[at : at + PER_BODY]) for at in range(0, len(sent), PER_BODY)]
    with doghouse(folder) as server:
        connection = server.connection()
        begin = time.perf_counter()
        for body in bodies:
            connection.request("POST", "/api/v2/logs", body, {**server.headers, "Content-Type": "application/json"})
            connection.getresponse().read()
        acknowledged = time.perf_counter() - begin
        answer = json.loads(
            post(server, "/api/v2/logs/analytics/aggregate", {"filter": {"from": "now-1h", "to": "now+1h"}})
        )
        searchable = time.perf_counter() - begin
        if answer["data"]["buckets"][0]["computes"]["c0"] != len(sent):
            raise RuntimeError(f"{len(sent)} lines were sent: {answer}")
    yield Figure("logs_intake", len(sent) / acknowledged, "lines/s", "acknowledged")
    yield Figure("logs_intake_searchable", len(sent) / searchable, "lines/s", "searchable")


def measure(folder: Path, millions: int) -> Iterator[Figure]:
    """Every search over so many million lines, each in each round, and what they take of disk and memory."""
    fill(folder, millions)
    with doghouse(folder) as server:
        at_rest = server.resident()
        works = {name: asked(server, name, millions) for name in SEARCHES}
        for name, took in in_turn(works, ROUNDS).items():
            yield Figure(f"logs_{name}", 1000 * p50(took), "ms", f"{millions}m")
        yield Figure("logs_memory", at_rest / 2**20, "MiB", f"{millions}m at rest")
        yield Figure("logs_memory", server.peak() / 2**20, "MiB", f"{millions}m at its peak")
    size = sum((folder / name).stat().st_size for name in (LOG_COLUMNS, LOG_INBOX))
    yield Figure("logs_disk", size / millions / MILLION, "bytes/line", f"{millions}m")


def others(folder: Path) -> Iterator[Figure]:
    """The same search over a million lines as a scan in Python over JSON in SQLite, as the store was before; and a word of it with grep."""
    database = Database(folder / "plain.sqlite", ("synchronous=OFF",))
    database.connection().execute("CREATE TABLE logs (log BLOB)")
    rows = ((msgspec.json.encode(log),) for log in lines(MILLION))
    with database.transaction() as connection:
        connection.executemany("INSERT INTO logs VALUES (?)", rows)
    path = folder / "plain.json"
    with path.open("wb") as file:
        file.writelines(row[0] + b"\n" for row in database.connection().execute("SELECT log FROM logs"))
    matches = matching.compile_search(QUERY)

    def scan() -> int:
        stored = database.connection().execute("SELECT log FROM logs")
        return sum(matches(record(msgspec.json.decode(row[0], type=Log))) for row in stored)

    def grep() -> bytes:
        return subprocess.run(["grep", "-c", "refused", path], check=True, capture_output=True).stdout

    took = in_turn({"scan": scan, "grep": grep}, 2)
    database.close()
    yield Figure("logs_count_by_scan", 1000 * min(took["scan"]), "ms", "1m")
    yield Figure("logs_word_by_grep", 1000 * min(took["grep"]), "ms", "1m")
    yield Figure("logs_json", path.stat().st_size / MILLION, "bytes/line", "1m")


def run() -> Iterator[Figure]:
    """All of them over a million lines."""
    with tempfile.TemporaryDirectory() as folder:
        yield from intake(Path(folder) / "intake")
        yield from measure(Path(folder) / "data", 1)
        yield from others(Path(folder))
