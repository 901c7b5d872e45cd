"""How many calls plan makes does not depend on what else the account holds."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import urllib3

from doghouse.running import House

from ..conftest import MyMetric


def fill(house: House, number: int) -> None:
    """Put that many dashboards, monitors, downtimes and tagged hosts of others into the account."""
    pool = urllib3.PoolManager(maxsize=4, retries=False)

    def post(path: str, body: Mapping[str, Any]) -> None:
        answer = pool.request("POST", house.url + path, body=json.dumps(body), headers=house.headers)
        assert answer.status in (200, 201), answer.data

    def one(index: int) -> None:
        post(
            "/api/v1/dashboard",
            {"title": f"{index}", "layout_type": "ordered", "widgets": [], "description": "others'"},
        )
        query = f"avg(last_5m):avg:m{{*}} > {index}"
        post(
            "/api/v1/monitor",
            {"type": "metric alert", "query": query, "name": f"{index}", "tags": ["managed-by:others"]},
        )
        attributes = {
            "scope": f"env:e{index}",
            "monitor_identifier": {"monitor_tags": [f"a:{index}"]},
            "message": "others'",
        }
        post("/api/v2/downtime", {"data": {"type": "downtime", "attributes": attributes}})
        post(f"/api/v1/tags/hosts/h{index}", {"tags": [f"env:{index % 10}"]})

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(one, range(number)))


def calls(my_metric: MyMetric) -> tuple[dict[str, int], dict[str, int]]:
    """The calls of plan before an apply, and after it."""
    before = my_metric("plan", "--json").document["calls"]
    assert my_metric("apply", "--yes").code == 0
    after = my_metric("plan", "--json")
    assert after.code == 0
    my_metric("destroy", "--yes")
    return before, after.document["calls"]


LARGE = pytest.mark.skipif(not os.environ.get("LARGE_ACCOUNT"), reason="takes minutes: LARGE_ACCOUNT=1 make test")


@pytest.mark.parametrize("others", [1, 10, 300, pytest.param(10_000, marks=LARGE)])
def test_plan_reads_as_often_in_a_full_account_as_in_an_empty_one(
    my_metric: MyMetric, house: House, others: int
) -> None:
    fill(house, others)
    assert calls(my_metric) == (
        {"read": 5, "write": 0},
        {"read": 7, "write": 0},
    )  # each timeboard that is there is read whole
