"""An endpoint is written once, in the routes of its product: the server serves it, and keys, rate limits and coverage know it."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from doghouse import running
from doghouse.coverage.endpoints import endpoints
from doghouse.monitors.api import routes as monitor_routes
from doghouse.web.http import Call, Reply, endpoint

PATH = "/api/v2/monitor/policy"  # an operation of Datadog's that doghouse leaves out


def states() -> list[str]:
    """What coverage says of the operation."""
    return [item.state for item in endpoints() if item.name == f"GET {PATH}"]


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    """The endpoint among the monitors' routes, for as long as a test lasts."""
    own = monitor_routes.routes

    def policies(_: Call) -> Reply:
        """List the policies."""
        return Reply({"data": ["one policy"]})

    monkeypatch.setattr(monitor_routes, "routes", lambda *given: [*own(*given), endpoint("GET", PATH, policies)])


def test_recipe_endpoint(added: None, tmp_path: Path) -> None:
    with running.serve(tmp_path / "data") as house:
        answer = httpx.get(house.url + PATH, headers=house.headers)
        keyless = httpx.get(house.url + PATH)
    assert (answer.status_code, answer.json()) == (200, {"data": ["one policy"]})
    assert answer.headers["X-RateLimit-Name"] == "monitors"
    assert answer.headers["X-RateLimit-Remaining"] == "999"
    assert keyless.status_code == 403
    assert states() == ["done"]


def test_without_its_route_an_operation_is_neither_served_nor_covered(tmp_path: Path) -> None:
    with running.serve(tmp_path / "data") as house:
        answer = httpx.get(house.url + PATH, headers=house.headers)
    assert answer.status_code == 501
    assert states() == ["not"]
