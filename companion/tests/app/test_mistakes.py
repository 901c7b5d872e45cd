"""The four mistakes for which people find no ids in their logs, or no span in their trace: each failing, each mended. docs/apm.md tells them."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from companion.demo.children import program
from doghouse.logs.correlation import canonical_id
from doghouse.running import House
from doghouse.traces.store import Search

PROGRAM = Path(__file__).parent / "mistakes/program.py"


@dataclass(frozen=True)
class Ran:
    """What the program logged, and the spans that were received of it."""

    lines: list[dict[str, Any]]
    spans: dict[str, set[str]]  # names by trace

    def inside(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["message"] == "inside the handler"]

    def correlated(self) -> list[dict[str, Any]]:
        """The lines whose trace was received."""
        return [line for line in self.lines if canonical_id(str(line.get("dd.trace_id"))) in self.spans]


@dataclass(frozen=True)
class Runner:
    house: House

    def __call__(self, *words: str, **environment: str) -> Ran:
        command = [str(program("ddtrace-run")), "python", str(PROGRAM), *words]
        path = f"{program('ddtrace-run').parent}{os.pathsep}{os.environ['PATH']}"
        own = {**os.environ, "PATH": path, "DD_TRACE_AGENT_URL": self.house.url, "DD_SERVICE": "program", **environment}
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=own, check=True)
        store = self.house.app.state.traces
        found = store.find(Search(), 0, 1e11)
        spans = {one.trace_id: {span.name for span in store.spans(one.trace_id)} for one in found}
        return Ran([json.loads(line) for line in done.stdout.splitlines()], spans)


@pytest.fixture
def run(house: House) -> Runner:
    return Runner(house)


def test_done_right_the_line_of_the_handler_leads_to_its_trace(run: Runner) -> None:
    ran = run()
    assert ran.correlated() == ran.inside()
    assert len(ran.inside()) == 1
    (names,) = ran.spans.values()
    assert {"flask.request", "greet"} <= names


def test_mistake_1_a_variable_after_the_scripts_name_is_an_argument_and_changes_nothing(run: Runner) -> None:
    """Shown where injection is off, as an image's ENV may have it; since ddtrace 3.11 it is on where nothing is said."""
    ran = run("DD_LOGS_INJECTION=true", DD_LOGS_INJECTION="false")
    assert len(ran.inside()) == 1
    assert ran.correlated() == []


def test_mistake_1_mended_the_variable_stands_before_the_command(run: Runner) -> None:
    ran = run(DD_LOGS_INJECTION="true")
    assert ran.correlated() == ran.inside()
    assert len(ran.inside()) == 1


def test_mistake_2_a_formatter_without_the_ids_writes_none(run: Runner) -> None:
    ran = run("formatter")
    assert len(ran.inside()) == 1
    assert ran.correlated() == []
    assert all("dd.trace_id" not in line for line in ran.lines)


def test_mistake_3_without_a_log_call_in_the_handler_no_line_is_inside_a_span(run: Runner) -> None:
    ran = run("no-log-call")
    assert [line["dd.trace_id"] for line in ran.lines] == ["0"]
    assert len(ran.spans) == 1


def test_mistake_4_a_wrap_above_the_route_wraps_what_nobody_calls(run: Runner) -> None:
    ran = run("decorator-order")
    (names,) = ran.spans.values()
    assert "flask.request" in names
    assert "greet" not in names
