"""The bodies that are sent, under the official OpenAPI documents (`make fidelity` fetches them; without them this is skipped)."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from companion import resources
from companion.settings import Settings

SCHEMAS = sorted((Path(__file__).parents[2] / ".cache/fidelity").glob("datadog_api_client-*/.generator/schemas"))
NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
SETTINGS = Settings(email="a@example.org", host="web-1", timezone="Europe/Berlin", tags=("env:lab",))
SENT = {
    "timeboard": ("v1", "Dashboard", lambda body: body),
    "monitor": ("v1", "Monitor", lambda body: body),
    "downtime": ("v2", "DowntimeCreateRequest", lambda body: {"data": {"type": "downtime", "attributes": body}}),
    "host tags": ("v1", "HostTags", lambda body: body),
}

pytestmark = pytest.mark.skipif(not SCHEMAS, reason="the OpenAPI documents are not here; make fidelity fetches them")


@cache
def document(version: str) -> dict[str, Any]:
    text = (SCHEMAS[-1] / version / "openapi.yaml").read_text()
    loaded = as_json_schema(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    assert isinstance(loaded, dict)
    return loaded


def as_json_schema(part: Any) -> Any:
    """OpenAPI 3.0's `nullable` in the words of JSON Schema."""
    if isinstance(part, list):
        return [as_json_schema(item) for item in part]
    if not isinstance(part, dict):
        return part
    told = {key: as_json_schema(value) for key, value in part.items()}
    if told.pop("nullable", False) is True:
        return {"anyOf": [told, {"type": "null"}]}
    return told


def faults(version: str, name: str, body: Any) -> list[str]:
    schema = {**document(version), "$ref": f"#/components/schemas/{name}"}
    return [f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(schema).iter_errors(body)]


@pytest.mark.parametrize("wanted", resources.wanted(SETTINGS, NOW), ids=lambda wanted: wanted.name)
def test_a_body_that_is_sent_is_valid(wanted: resources.Wanted) -> None:
    version, name, sent = SENT[wanted.kind.name]
    assert faults(version, name, sent(dict(wanted.body))) == []


def test_a_body_that_is_wrong_is_not() -> None:
    board = next(one for one in resources.wanted(SETTINGS, NOW) if one.kind.name == "timeboard")
    assert faults("v1", "Dashboard", {**board.body, "layout_type": "sideways"})
    widget = {"definition": {"type": "timeseries", "requests": [{"display_type": "zigzag", "q": "avg:a{*}"}]}}
    assert faults("v1", "Dashboard", {**board.body, "widgets": [widget]})
