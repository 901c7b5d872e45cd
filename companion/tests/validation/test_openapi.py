"""The bodies that are sent, and the permissions that are named, under the official OpenAPI documents.

They come with the source distribution of the official client, which is got once, as for `make fidelity`; where the package index cannot be
reached, these tests are skipped.
"""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from companion import resources
from companion.client import OPERATIONS
from companion.settings import Settings
from scripts.fidelity.client import fetch

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
SETTINGS = Settings(
    email="a@example.org", host="web-1", timezone="Europe/Berlin", tags=("env:lab",), extras=("bakery",)
)
SENT = {
    "timeboard": ("v1", "Dashboard", lambda body: body),
    "monitor": ("v1", "Monitor", lambda body: body),
    "slo": ("v1", "ServiceLevelObjectiveRequest", lambda body: body),
    "downtime": ("v2", "DowntimeCreateRequest", lambda body: {"data": {"type": "downtime", "attributes": body}}),
    "host tags": ("v1", "HostTags", lambda body: body),
}


@pytest.fixture(scope="module", autouse=True)
def source() -> Path:
    """The source distribution, unpacked."""
    try:
        return fetch().path
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"the official client's source distribution cannot be got: {error}")


@cache
def document(version: str) -> dict[str, Any]:
    text = (fetch().path / ".generator/schemas" / version / "openapi.yaml").read_text()
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


@pytest.mark.parametrize("wanted", resources.read(SETTINGS, NOW), ids=lambda wanted: wanted.name)
def test_a_body_that_is_sent_is_valid(wanted: resources.Resource) -> None:
    version, name, sent = SENT[wanted.kind.name]
    assert faults(version, name, sent(dict(wanted.body))) == []


def test_a_body_that_is_wrong_is_not() -> None:
    board = next(one for one in resources.read(SETTINGS, NOW) if one.kind.name == "timeboard")
    assert faults("v1", "Dashboard", {**board.body, "layout_type": "sideways"})
    widget = {"definition": {"type": "timeseries", "requests": [{"display_type": "zigzag", "q": "avg:a{*}"}]}}
    assert faults("v1", "Dashboard", {**board.body, "widgets": [widget]})


def operations() -> dict[str, dict[str, Any]]:
    """Each operation that the companion calls, by the client's name for it, from the version of the API that it calls."""
    found = {}
    for name, called in OPERATIONS.items():
        version = called.api.partition(".")[0]
        wanted = name.replace("_", "")
        for path in document(version)["paths"].values():
            for one in path.values():
                if isinstance(one, dict) and str(one.get("operationId", "")).lower() == wanted:
                    found[name] = one
    return found


def test_the_permission_that_is_named_is_the_one_that_is_needed() -> None:
    for name, operation in operations().items():
        needed = operation.get("x-permission", {}).get("permissions", [])
        permission = OPERATIONS[name].permission
        assert (permission in needed) if needed else permission is None, name
        keys = {key for one in operation.get("security", []) for key in one}
        assert OPERATIONS[name].app_key == (keys != {"apiKeyAuth"}), name
    assert set(OPERATIONS) == set(operations())
