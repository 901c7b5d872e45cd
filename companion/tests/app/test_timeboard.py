"""The timeboard of app and infrastructure: what it asks about the app is there once the app had traffic."""

from __future__ import annotations

import json
import time

import httpx
import pytest

from companion.client import Account
from companion.queries import queries
from companion.resources import OWN
from doghouse.running import House

from .conftest import Command, Serve

BOARD = json.loads((OWN / "dashboards/apm.json").read_text())
ASKED = list(queries(BOARD))


def test_every_query_about_requests_has_points_after_requests(house: House, serve: Serve, account: Account) -> None:
    with serve() as url:
        for route in ("/", "/", "/api/apm", "/api/error"):
            httpx.get(url + route)
    now = int(time.time())
    house.app.state.trace_intake.give_out(now + 60)
    asked = [query for _, query in ASKED if "trace.flask.request" in query]
    assert len(asked) >= 8
    for query in asked:
        series = account.call("query_metrics", _from=now - 300, to=now + 60, query=query)["series"]
        assert any(value is not None for one in series for _, value in one["pointlist"]), query


@pytest.mark.parametrize("metric", ["postgresql.commits", "system.cpu.user", "my_metric", "trace.postgres.query.hits"])
def test_it_shows_what_the_app_depends_on(metric: str) -> None:
    assert any(f":{metric}{{" in query for _, query in ASKED)


def test_it_is_provisioned_beside_the_integrations_own(my_metric: Command) -> None:
    my_metric("apply", "--yes")
    rows = my_metric("plan", "--json").document["resources"]
    boards = {row["name"]: row["action"] for row in rows if row["kind"] == "timeboard"}
    assert boards == {"My Metric": "none", "My Metric: app and infrastructure": "none"}
