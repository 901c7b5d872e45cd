"""A doghouse whose clock stands still, and traces as a tracer sends them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from served import Server

from doghouse import running
from doghouse.time.clock import Clock

NOW = 1_772_445_609.0  # 9 s into a bucket
TRACER = {"Content-Type": "application/msgpack", "Datadog-Client-Computed-Top-Level": "yes"}


def span(**over: Any) -> dict[str, Any]:
    """A request to `/` of the service shop, at NOW, that took 200 ms."""
    return {
        "service": "shop",
        "name": "flask.request",
        "resource": "GET /",
        "trace_id": 7,
        "span_id": 1,
        "parent_id": 0,
        "start": int(NOW * 1e9),
        "duration": 200_000_000,
        "error": 0,
        "type": "web",
        "meta": {"env": "lab", "version": "1.2.3", "http.status_code": "200"},
        "metrics": {"_dd.top_level": 1.0, "_sampling_priority_v1": 1.0},
    } | over


class Tracer(Server):
    """Sends traces to a doghouse, and asks it for points."""

    def send(
        self, *chunks: list[dict[str, Any]], path: str = "/v0.4/traces", headers: dict[str, str] | None = None
    ) -> httpx.Response:
        body = msgspec.msgpack.encode(list(chunks))
        return httpx.put(self.url + path, content=body, headers=TRACER if headers is None else headers)

    def totals(self, query: str, at: float = NOW + 60) -> dict[int, float]:
        """What a query gives, by second, once every bucket before `at` is given out."""
        self.clock.set(at)
        self.house.app.state.trace_intake.give_out(at)
        asked = {"from": int(NOW) - 60, "to": int(at), "query": query}
        answer = self.ok("GET", "/api/v1/query", params=asked)
        return {
            int(ts / 1000): value for one in answer["series"] for ts, value in one["pointlist"] if value is not None
        }


@pytest.fixture
def tracer(tmp_path: Path) -> Iterator[Tracer]:
    with running.serve(tmp_path / "doghouse", clock=Clock(NOW)) as house:
        yield Tracer(house)
