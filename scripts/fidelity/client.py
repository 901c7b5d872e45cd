"""The official client's source distribution: taken from the package registry into .cache, never committed; and what its files say."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "fidelity"
VERSION = "2.62.0"  # also pinned in requirements.in
KEY_STEP = 'a valid "apiKeyAuth" key in the system'
# What doghouse stands in for; the client keeps its cases by feature.
FEATURES = (
    *(
        f"v1/{name}"
        for name in ("authentication", "dashboards", "dashboard_lists", "downtimes", "events", "hosts", "logs")
    ),
    *(f"v1/{name}" for name in ("metrics", "monitors", "service_checks", "snapshots", "tags", "webhooks_integration")),
    *("v1/service_level_objectives", "v1/service_level_objective_corrections", "v2/service_level_objectives"),
    *(f"v2/{name}" for name in ("dashboard_lists", "downtimes", "events", "logs", "metrics", "monitors")),
    "v2/webhooks_integration",
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A case in words: the steps of its feature's background, and its own."""

    feature: str
    name: str
    steps: tuple[str, ...]
    tags: frozenset[str]

    @property
    def givens(self) -> set[str]:
        """What must be there before: `monitor`, `slo`, …"""
        return set(
            re.findall(
                r'"(\w+)"', " ".join(step for step in self.steps if " in the system" in step or " for a " in step)
            )
        )

    @property
    def operations(self) -> set[str]:
        """The requests that it makes."""
        return {match[1] for step in self.steps if (match := re.search(r'new "(\w+)" request', step))}


@dataclass(frozen=True, slots=True)
class Exchange:
    """One recorded request and its answer."""

    method: str
    url: str
    body: str | None
    content_type: str
    status: int
    answer: str


@dataclass(frozen=True)
class Case:
    """A recorded scenario. `time` is when it was recorded (ISO 8601)."""

    name: str
    feature: str
    time: str
    file: Path
    keys: bool
    exchanges: tuple[Exchange, ...] = field(repr=False)


@dataclass(frozen=True)
class Client:
    """The unpacked source distribution."""

    path: Path

    @cached_property
    def scenarios(self) -> list[Scenario]:
        """The scenarios of our features."""
        return [scenario for feature in FEATURES for scenario in _scenarios(self.path, feature)]

    def cases(self) -> Iterator[Case]:
        """The recorded cases of our features, in their files' order."""
        known = {(s.feature.partition("/")[0], slug(s.name)): s for s in self.scenarios}
        for version in ("v1", "v2"):
            folder = self.path / "tests" / version / "cassettes" / "test_scenarios"
            for file in sorted(folder.glob("*.yaml")):
                scenario = known.get((version, slug(file.stem.removeprefix("test_"))))
                if scenario is not None:
                    yield _case(version, file, scenario)

    def operation(self, version: str, operation_id: str) -> tuple[str, str]:
        """The method and path of an operation; one of the other version where this has none."""
        operations = self._operations
        return operations.get((version, operation_id)) or operations["v1" if version == "v2" else "v2", operation_id]

    @cached_property
    def _operations(self) -> dict[tuple[str, str], tuple[str, str]]:
        operations = {}
        for version in ("v1", "v2"):
            text = (self.path / ".generator" / "schemas" / version / "openapi.yaml").read_text()
            for path, methods in load_yaml(text)["paths"].items():
                for method, operation in methods.items():
                    if isinstance(operation, dict) and "operationId" in operation:
                        operations[version, operation["operationId"]] = (method.upper(), path)
        return operations


def fetch(version: str = VERSION) -> Client:
    """The client's source distribution, downloaded once."""
    folder = CACHE / f"datadog_api_client-{version}"
    if not folder.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        print(f"fidelity: getting the source distribution of datadog-api-client {version}", file=sys.stderr)
        with tempfile.TemporaryDirectory() as pip:  # Debian's own Python has venv, and no pip of its own
            subprocess.run([base_python(), "-m", "venv", pip], check=True, stdout=sys.stderr)
            download = [f"{pip}/bin/python", "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps"]
            subprocess.run(
                [*download, "--no-binary", "datadog-api-client", "-d", str(CACHE), f"datadog-api-client=={version}"],
                check=True,
                stdout=sys.stderr,
            )
        with tarfile.open(CACHE / f"datadog_api_client-{version}.tar.gz") as archive:
            archive.extractall(CACHE, filter="data")
    return Client(folder)


def base_python() -> str:
    """The Python that our environment was made from: it has venv."""
    return os.path.realpath(Path(sys.base_prefix) / "bin" / "python3")


def load_yaml(text: str) -> Any:
    """YAML, with libyaml where it is there: the recordings are large."""
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def slug(name: str) -> str:
    """A scenario's name as its recording's file has it."""
    return re.sub(r"_+", "_", re.sub(r"\W", "", name.replace(" ", "_"))).lower()[:180]


def _scenarios(client: Path, feature: str) -> Iterator[Scenario]:
    version, name = feature.split("/")
    background: list[str] = []
    steps, title, tags, pending = background, "", frozenset[str](), frozenset[str]()
    read: list[tuple[str, frozenset[str], list[str]]] = []
    for line in (client / "tests" / version / "features" / f"{name}.feature").read_text().splitlines():
        text = line.strip()
        if text.startswith("@"):
            pending = frozenset(text.replace("@", "").split())
        elif text.startswith("Scenario:"):
            title, tags, pending, steps = text.removeprefix("Scenario:").strip(), pending, frozenset(), []
            read.append((title, tags, steps))
        elif match := re.match(r"(?:Given|And|When|Then|But)\s+(.*)", text):
            steps.append(match[1])
        elif text.startswith(("Feature:", "Background:")):
            pending = frozenset()
    for title, tags, own in read:
        yield Scenario(feature, title, (*background, *own), tags)


def _case(version: str, file: Path, scenario: Scenario) -> Case:
    exchanges = tuple(_exchange(interaction) for interaction in load_yaml(file.read_text())["interactions"])
    time = file.with_suffix(".frozen").read_text().strip()
    keys = any(KEY_STEP in step for step in scenario.steps)
    return Case(f"{version}/{file.stem}", scenario.feature, time, file, keys, exchanges)


def _exchange(interaction: dict[str, Any]) -> Exchange:
    request, response = interaction["request"], interaction["response"]
    body = request.get("body")
    if isinstance(body, bytes):
        body = body.decode("utf-8", "replace")
    kinds = (request.get("headers") or {}).get("content-type") or ["application/json"]
    answer = response["body"].get("string") or ""
    if isinstance(answer, bytes):
        answer = answer.decode("utf-8", "replace")
    return Exchange(request["method"], request["uri"], body, kinds[0], response["status"]["code"], answer)


@lru_cache
def _given_steps(file: Path) -> list[dict[str, Any]]:
    return list(json.loads(file.read_text()))


def given_steps(client: Client, version: str) -> list[dict[str, Any]]:
    """What each `given` step does, and with which version of the API: of both versions, those of `version` last."""
    order = sorted(("v1", "v2"), key=lambda name: name == version)
    files = {name: client.path / "tests" / name / "features" / "given.json" for name in order}
    return [{**step, "version": name} for name, file in files.items() for step in _given_steps(file)]
