"""Node clients: a program of ours each, with the calls of their own READMEs, for their packages hold no tests."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx

from doghouse.agent.dogstatsd import messages
from scripts.fidelity.client import CACHE
from scripts.fidelity.houses import Target
from scripts.fidelity.live.environment import variables

from .outcome import Outcome

HERE = Path(__file__).parent
OFFICIAL = ("@datadog/datadog-api-client", "1.64.0")
HOT_SHOTS = ("hot-shots", "17.1.1")
DD_TRACE = ("dd-trace", "5.132.0")
TIMEOUT_S = 120


def official(house: Target) -> Iterator[Outcome]:
    """The official client: each call of `official.cjs`, which prints a line of JSON a case."""
    yield from _program(
        OFFICIAL, "official.cjs", DOGHOUSE_URL=house.url, DD_API_KEY=house.api_key, DD_APP_KEY=house.app_key
    )


def hot_shots(house: Target) -> Iterator[Outcome]:
    """What hot-shots sends over UDP, read by the reader of the Agent's part."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(10)
        yield from _program(HOT_SHOTS, "hot-shots.cjs", DOGSTATSD_PORT=str(listening.getsockname()[1]))
        yield from map(_read, _received(listening))


# Each span that dd-trace.cjs makes: operation, service, resource, and whether it failed. The last two are dd-trace's own, of Node's http.
SPANS = {
    ("web.request", "shop", "GET /cart", "ok"),
    ("db.query", "shop-db", "SELECT 1", "ok"),
    ("failing", "shop", "POST /pay", "error"),
    ("job", "shop", "nightly", "ok"),
    ("step", "shop", "step", "ok"),
    ("wrapped", "shop", "a function", "ok"),
    ("web.request", "shop", "GET", "ok"),
    ("http.request", "shop", "GET", "ok"),
}


def dd_trace(house: Target) -> Iterator[Outcome]:
    """What dd-trace sends to the Agent's part: each span that its program makes is found again by a search."""
    yield from _program(DD_TRACE, "dd-trace.cjs", DD_TRACE_AGENT_URL=house.url, DD_TRACE_ENABLED="true")
    seen = _spans(house)
    for span in sorted(SPANS):
        missing = "" if span in seen else f"not found among {sorted(seen)}"
        yield Outcome(" ".join(DD_TRACE), " ".join(span), "failed" if missing else "passed", missing)


def _spans(house: Target) -> set[tuple[str, ...]]:
    """The spans of the last hour by operation, service, resource and status."""
    facets = ("operation_name", "service", "resource_name", "status")
    query = {
        "data_source": "spans",
        "name": "a",
        "compute": {"aggregation": "count"},
        "search": {"query": "*"},
        "group_by": [{"facet": facet, "limit": 50} for facet in facets],
    }
    now_ms = int(house.clock.now() * 1000)
    asked = {"from": now_ms - 3_600_000, "to": now_ms + 60_000, "queries": [query], "formulas": [{"formula": "a"}]}
    body = {"data": {"type": "scalar_request", "attributes": asked}}
    answer = httpx.post(f"{house.url}/api/v2/query/scalar", json=body, headers=house.headers, timeout=60)
    columns = answer.raise_for_status().json()["data"]["attributes"]["columns"]
    groups = [[str(value[0]) for value in column["values"]] for column in columns if column["type"] == "group"]
    return set(zip(*groups, strict=True))


def _received(listening: socket.socket) -> Iterator[bytes]:
    """Every line of every packet that has come, until none comes for a second."""
    with suppress(TimeoutError):
        while True:
            yield from messages.lines(listening.recv(65_536))
            listening.settimeout(1)


def _read(line: bytes) -> Outcome:
    name, case = f"{HOT_SHOTS[0]} {HOT_SHOTS[1]}", line.decode()
    try:
        messages.parse(line)
    except messages.BadMessage as error:
        return Outcome(name, case, "failed", str(error))
    return Outcome(name, case, "passed")


def _program(package: tuple[str, str], script: str, **environment: str) -> Iterator[Outcome]:
    name = f"{package[0]} {package[1]}"
    command = ["node", str(HERE / script)]
    own = variables(NODE_PATH=str(_installed(package) / "node_modules"), **environment)
    done = subprocess.run(command, env=own, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    for line in done.stdout.splitlines():
        case = json.loads(line)
        yield Outcome(name, case["case"], "passed" if case["passed"] else "failed", case.get("why", ""))
    if done.returncode:
        yield Outcome(name, "the program", "failed", done.stderr.strip()[-300:])


def _installed(package: tuple[str, str]) -> Path:
    """A folder with the package in it."""
    folder = CACHE / "node" / package[0].replace("/", "_")
    if not (folder / "node_modules" / package[0]).is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text("{}")
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "@".join(package)]
        subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr)
    return folder


CLIENTS = {"datadog-api-client (Node)": official, "hot-shots": hot_shots, "dd-trace (Node)": dd_trace}
