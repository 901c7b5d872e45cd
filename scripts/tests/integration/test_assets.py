"""The dashboard and the monitor of my_metric against the official client's models, which are the schema of what Datadog accepts.

Not among my_metric's own tests: there the client is no dependency.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from datadog_api_client import ApiClient, Configuration
from datadog_api_client.v1.model.dashboard import Dashboard
from datadog_api_client.v1.model.monitor import Monitor

ASSETS = Path(__file__).resolve().parent.parent.parent.parent / "my_metric/assets"


def dashboard() -> dict[str, Any]:
    return json.loads((ASSETS / "dashboards/my_metric.json").read_text())


def monitor() -> dict[str, Any]:
    return json.loads((ASSETS / "monitors/my_metric_high.json").read_text())["definition"]


def parsed(body: dict[str, Any], model: type) -> Any:
    """The body as the client reads it; it marks the whole as unparsed where a part of it fits no model."""
    return ApiClient(Configuration()).deserialize(json.dumps(body), (model,), check_type=True)


def test_the_timeboard_is_one_that_the_client_understands_to_the_last_widget() -> None:
    model = parsed(dashboard(), Dashboard)

    assert not model._unparsed
    assert model.to_dict() == dashboard()


def test_the_monitor_is_one_that_the_client_understands() -> None:
    model = parsed(monitor(), Monitor)

    assert not model._unparsed
    assert model.to_dict() == monitor()


@pytest.mark.parametrize(
    ("place", "key", "wrong"),
    [
        ([], "layout_type", "ordred"),
        (["widgets", 0, "definition", "requests", 0], "display_type", "lnie"),
        (["widgets", 1, "definition", "requests", 0, "queries", 0], "data_source", "metricks"),
    ],
)
def test_a_wrong_value_anywhere_in_the_timeboard_would_be_found(place: list[Any], key: str, wrong: str) -> None:
    body = part = dashboard()
    for step in place:
        part = part[step]
    part[key] = wrong

    assert parsed(body, Dashboard)._unparsed


def test_a_wrong_type_of_monitor_would_be_found() -> None:
    assert parsed(monitor() | {"type": "query alarm"}, Monitor)._unparsed
