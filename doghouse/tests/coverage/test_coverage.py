"""What doghouse says that it does: read off the code, and true of it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from doghouse.coverage import endpoints, listing, page
from doghouse.coverage.model import STATES, Coverage
from doghouse.monitors import parse
from doghouse.monitors.kinds.metric import metric_query
from doghouse.queries import NotEvaluated
from doghouse.web.operations import of_request, operations

PAGE = Path(__file__).parents[3] / "docs" / "coverage.md"


@pytest.fixture(scope="module")
def found() -> Coverage:
    return listing.coverage()


def run(*words: str) -> str:
    done = subprocess.run([sys.executable, "-m", "doghouse", "coverage", *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_page_is_what_the_code_says(found: Coverage) -> None:
    assert PAGE.read_text() == page.page(found), "doghouse coverage --markdown > docs/coverage.md"


def test_json_is_one_document_of_four_lists() -> None:
    said = json.loads(run("--json"))
    assert list(said) == ["endpoints", "functions", "widgets", "monitor_types"]
    for items in said.values():
        assert items
        assert {one["state"] for one in items} <= set(STATES)
        assert len({one["name"] for one in items}) == len(items)


def test_people_get_the_counts_of_each_section(found: Coverage) -> None:
    done, partly, missing = page.count(found.widgets)
    assert f"widgets: {done} done, {partly} partly, {missing} not" in run()


def test_each_operation_is_listed_once_and_served_or_not(found: Coverage) -> None:
    states: dict[str, Any] = {one.name: one.state for one in found.endpoints}
    assert len(states) == len(found.endpoints)
    assert {f"{one.method} {one.path}" for one in operations()} <= states.keys()
    assert states["POST /api/v1/monitor/validate"] == "done"
    assert states["GET /api/v1/query"] == "partly"
    assert states["POST /api/v2/metrics/config/bulk-tags"] == "not"
    assert states["POST /api/beta/sketches"] == "done"


def test_what_is_said_to_be_partly_done_is_an_operation_that_is_served(found: Coverage) -> None:
    named = {one.operation for one in operations()}
    assert endpoints.PARTLY.keys() <= named
    partly = {one.name for one in found.endpoints if one.state == "partly"}
    assert partly == {f"{one.method} {one.path}" for one in operations() if one.operation in endpoints.PARTLY}


def test_a_request_is_the_operation_whose_path_it_has() -> None:
    assert [getattr(of_request("GET", path), "operation", None) for path in ("/api/v1/monitor/search", "/nowhere")] == [
        "SearchMonitors",
        None,
    ]
    assert getattr(of_request("POST", "/api/v1/dashboard/public"), "operation", None) == "CreatePublicDashboard"


@pytest.mark.parametrize(
    "said",
    [
        {"query": "avg(last_5m):avg:a{*} > 1", "options": {"scheduling_options": {"custom_schedule": {"x": 1}}}},
    ],
)
def test_what_metric_monitors_are_said_to_lack_they_lack(said: dict[str, Any]) -> None:
    with pytest.raises(NotEvaluated):
        metric_query(parse({"type": "query alert", **said}))
