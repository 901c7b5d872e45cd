"""Whatever Datadog's own OpenAPI documents allow, and what they do not: schemathesis asks for it, and nothing ends in a fault of the server.

The documents come with the source distribution of the official client, which is got once, as for `make fidelity`; schemathesis is one of the tools of
`scripts/setup-tools`. Where either is missing, these tests are skipped.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route

from doghouse import running
from doghouse.running import House
from doghouse.web.operations import nameless
from scripts.fidelity.client import Client, fetch, load_yaml

pytestmark = pytest.mark.slow
TOOL = Path(__file__).parents[3] / ".venv-tools/bin/schemathesis"
EXAMPLES = os.environ.get("TORTURE_SCHEMAS", "1")  # of each operation, beside those that go to each bound of a schema
# Of these schemathesis makes no body within minutes: test_wrong_input.py has them.
LEFT_OUT = "/api/v1/(dashboard|monitor|slo)(/|$)"
METHODS = {"get", "post", "put", "patch", "delete"}
# A 501 says that doghouse does not evaluate something, and what: no fault.
CONFIG = """\
headers = {{ DD-API-KEY = "${{API_KEY}}", DD-APPLICATION-KEY = "${{APP_KEY}}" }}
request-timeout = 60
[phases.examples]
enabled = false
[phases.stateful]
enabled = false
[generation]
max-examples = {examples}
deterministic = true
database = "none"
[checks]
enabled = false
[checks.not_a_server_error]
enabled = true
expected-statuses = ["2xx", "3xx", "4xx", "501"]
"""


@pytest.fixture(scope="module")
def client() -> Client:
    if not TOOL.exists():
        pytest.skip(f"there is no {TOOL.name}: run scripts/setup-tools")
    try:
        return fetch()
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"the official client's source distribution cannot be got: {error}")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with running.serve(tmp_path / "data") as served:
        yield served


def served(document: dict[str, Any], house: House) -> dict[str, Any]:
    """The document with the operations alone that doghouse serves, and the kinds of body alone that schemathesis writes."""
    routes = {
        (method.lower(), nameless(route.path))
        for route in house.app.routes
        if isinstance(route, Route)
        for method in route.methods or ()
    }
    paths = {
        path: kept
        for path, item in document["paths"].items()
        if METHODS
        & (
            kept := {
                name: part for name, part in item.items() if name not in METHODS or (name, nameless(path)) in routes
            }
        ).keys()
    }
    for item in paths.values():
        for part in item.values():
            body = part.get("requestBody", {}) if isinstance(part, dict) else {}
            if "application/json" in body.get("content", {}):
                body["content"] = {"application/json": body["content"]["application/json"]}
    return {**document, "paths": paths}


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_what_the_official_documents_allow_ends_in_no_fault(
    client: Client, house: House, tmp_path: Path, version: str, record_property: Callable[[str, object], None]
) -> None:
    document = served(load_yaml((client.path / ".generator/schemas" / version / "openapi.yaml").read_text()), house)
    (tmp_path / "openapi.json").write_text(json.dumps(document, default=str))
    (tmp_path / "schemathesis.toml").write_text(CONFIG.format(examples=EXAMPLES))
    keys = {"API_KEY": house.api_key, "APP_KEY": house.app_key, "HOME": str(tmp_path), "PATH": ""}
    command = [
        TOOL,
        "--no-color",
        "run",
        "openapi.json",
        "--url",
        house.url,
        "--workers",
        "2",
        "--exclude-path-regex",
        LEFT_OUT,
    ]
    done = subprocess.run(command, cwd=tmp_path, env=keys, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    [cases] = re.findall(r"(\d+) generated", done.stdout)
    [operations] = re.findall(r"Tested: (\d+)", done.stdout)
    assert int(operations) > 20
    record_property("figure", f"{version}: {int(cases):,} cases of {operations} operations")
