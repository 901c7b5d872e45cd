"""(c) The client's example programs, each run as it is against a doghouse of its own."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO

import httpx

from scripts.fidelity.client import Client, Scenario, load_yaml, slug
from scripts.fidelity.houses import Open, Target
from scripts.fidelity.outside import Outside
from scripts.fidelity.result import Result

from . import givens
from .environment import python, variables

SCENES = Path(__file__).with_name("scenes.yaml")
FOLDERS = {
    "v1": (
        *("authentication", "dashboards", "dashboard-lists", "downtimes", "events", "hosts", "logs", "metrics"),
        *("monitors", "service-checks", "service-level-objectives", "service-level-objective-corrections"),
        *("snapshots", "tags", "webhooks-integration"),
    ),
    "v2": (
        "dashboard-lists",
        "downtimes",
        "events",
        "logs",
        "metrics",
        "monitors",
        "service-level-objectives",
        "webhooks-integration",
    ),
}


class Example:
    """An example program, with the scenario that it was made from."""

    def __init__(self, file: Path, scenarios: Mapping[tuple[str, str], Scenario]) -> None:
        self.file = file
        self.version = file.parts[-3]
        self.text = file.read_text()
        title = self.text.strip('"\n').partition("\n")[0]
        self.scenario = scenarios.get((self.version, slug(title)))

    @property
    def name(self) -> str:
        """Its path in the client's examples."""
        return "/".join(self.file.parts[-3:])

    @property
    def operation(self) -> str:
        """The request that it makes."""
        return self.file.stem.partition("_")[0]

    @property
    def thing(self) -> str:
        """What the client's generator names after it: `Monitor` of an Example-Monitor."""
        return self.file.parent.name.removesuffix("s").title()

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """What must be done before: its scenario's steps, which say more than its own comments."""
        if self.scenario is not None:
            return self.scenario.steps
        return tuple(re.findall(r"^# (.* in the system)$", self.text, re.M))

    def outside(self, outside: Outside) -> str | None:
        """The product or past that it needs."""
        keys = set(re.findall(r'"(\w+)"', " ".join(step for step in self.steps if " in the system" in step)))
        asked = (
            outside.of_body("\n".join(self.steps))
            if self.operation in ("QueryScalarData", "QueryTimeseriesData")
            else None
        )
        past = outside.earlier_state_of(self.scenario) if self.scenario else None
        return outside.of_names(keys, [self.operation]) or asked or past


def check(client: Client, outside: Outside, open_one: Open) -> Iterator[Result]:
    """Every example of our products."""
    scenarios = {(scenario.feature.partition("/")[0], slug(scenario.name)): scenario for scenario in client.scenarios}
    scenes: dict[str, list[str]] = load_yaml(SCENES.read_text())
    with _runner() as (orders, reports):
        for file in _files(client):
            example = Example(file, scenarios)
            with open_one() as running:
                _set(scenes.get(example.name, ()), running)
                environment = givens.provide(client, running, example.version, example.steps, example.thing)
                keys = {"DD_API_KEY": running.api_key, "DD_APP_KEY": running.app_key, "DD_BEARER_TOKEN": "not-used"}
                order = {"url": running.url, "file": str(file), "environment": {**environment, **keys}}
                print(json.dumps(order), file=orders, flush=True)
                reason: str | None = json.loads(reports.readline())
            if reason and example.scenario is not None and "skip" in example.scenario.tags:
                reason += " (the client's own tests skip this scenario: what it names is made up)"
            yield Result(f"{example.version} {example.operation}", example.name, reason, example.outside(outside))


def _files(client: Client) -> Iterator[Path]:
    for version, folders in FOLDERS.items():
        for folder in folders:
            yield from sorted((client.path / "examples" / version / folder).glob("*.py"))


def _set(requests: Iterable[str], running: Target) -> None:
    """Make what an example speaks of: `POST /path {"json": …}` each, `$NOW` in it being the time (s UTC)."""
    for line in requests:
        method, path, body = line.replace("$NOW", str(int(time.time()))).split(" ", 2)
        headers = {**running.headers, "Content-Type": "application/json"}
        httpx.request(method, running.url + path, content=body, headers=headers).raise_for_status()


@contextmanager
def _runner() -> Iterator[tuple[IO[str], IO[str]]]:
    """A process of the client's environment that runs the examples which it is told to, a line of JSON each way."""
    program = Path(__file__).with_name("run_examples.py")
    process = subprocess.Popen(
        [python(), program],
        env=variables(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process.stdin, process.stdout
    finally:
        process.stdin.close()
        process.wait(30)
