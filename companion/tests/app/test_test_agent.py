"""Datadog's own test agent stands between the app and doghouse, checks what the tracer sends, and finds nothing wrong."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from companion.demo.children import free_port, program
from doghouse.running import House
from doghouse.traces.store import Search

from .conftest import Serve

START_S = 60
CHECKS = (  # each check that it has but of peer.service, which is off by default in tracers
    "trace_count_header", "meta_tracer_version_header", "trace_content_length", "trace_stall", "trace_dd_service",
)  # fmt: skip


@pytest.fixture
def test_agent(house: House, tmp_path: Path) -> Iterator[str]:
    port = free_port()
    command = [str(program("ddapm-test-agent")), "--port", str(port), "--agent-url", house.url]
    with (tmp_path / "test-agent.out").open("w") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, cwd=tmp_path, env={**os.environ, "ENABLED_CHECKS": ",".join(CHECKS)}
        )
        try:
            url, until = f"http://127.0.0.1:{port}", time.monotonic() + START_S
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    httpx.get(f"{url}/info")
                    break
                assert time.monotonic() < until, (tmp_path / "test-agent.out").read_text()
                time.sleep(0.1)
            yield url
        finally:
            process.terminate()
            process.wait(START_S)


def test_the_test_agent_finds_nothing_wrong_and_doghouse_has_the_traces(
    house: House, serve: Serve, test_agent: str
) -> None:
    with serve("--agent-url", test_agent) as url:
        for route in ("/", "/api/apm", "/api/trace", "/api/background", "/api/error"):
            httpx.get(url + route)
    failures = httpx.get(f"{test_agent}/test/trace_check/failures")
    assert failures.status_code == 200, failures.text  # 400, with a list, where a check failed
    checked = httpx.get(f"{test_agent}/test/trace_check/summary?return_all=true").json()
    assert {name: one["Failed_Checks"] for name, one in checked.items() if one["Failed_Checks"]} == {}
    assert checked["trace_count_header"]["Passed_Checks"] > 0
    seen = httpx.get(f"{test_agent}/test/traces").json()
    roots = {span["resource"] for trace in seen for span in trace if not span.get("parent_id")}
    kept = {one.resource for one in house.app.state.traces.find(Search(name="flask.request"), 0, 1e11)}
    assert {"GET /", "GET /api/error"} <= kept == {name for name in roots if name.startswith("GET")}
