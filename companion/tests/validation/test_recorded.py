"""`my-metric validate` against what Datadog itself has said: each create call that the official client has recorded."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from companion.validation.command import check
from scripts.fidelity.client import fetch

CREATED = (
    ("timeboard", "v1", "dashboard"),
    ("monitor", "v1", "monitor"),
    ("downtime", "v2", "downtime"),
)  # kind, version of the API, last part of the path
DONE, REFUSED = (200, 201), (400,)


@pytest.fixture(scope="module")
def recordings() -> Path:
    try:
        return fetch().path / "tests"
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"the official client's source distribution cannot be got: {error}")


def recorded(folder: Path, version: str, noun: str) -> Iterator[tuple[str, Any, int]]:
    """Name, body sent and status answered, of each create call."""
    for file in sorted((folder / version / "cassettes/test_scenarios").glob(f"*{noun}*.yaml")):
        for one in yaml.load(file.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["interactions"]:
            request = one["request"]
            if request["method"] == "POST" and request["uri"].rstrip("/").endswith(f"/api/{version}/{noun}"):
                yield file.stem, json.loads(request["body"]), one["response"]["status"]["code"]


@pytest.mark.parametrize(("kind", "version", "noun"), CREATED)
def test_what_datadog_took_is_valid_and_what_it_refused_is_not(
    recordings: Path, kind: str, version: str, noun: str
) -> None:
    cases = list(recorded(recordings, version, noun))
    assert {status for _, _, status in cases} >= {200, 400}
    for name, body, status in cases:
        wrong = [fault for fault in check(kind, body) if not fault.warning]
        if status in DONE:
            assert wrong == [], name
        if status in REFUSED:
            assert wrong, name
