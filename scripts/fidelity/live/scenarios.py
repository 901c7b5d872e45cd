"""(b) The client's own scenarios, live: its test suite and its code as they are, its requests sent to doghouse."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.fidelity.client import FEATURES, Client, Scenario
from scripts.fidelity.houses import Open, Target
from scripts.fidelity.outside import Outside
from scripts.fidelity.result import Result

from .environment import python, variables

TIMEOUT_S = 1800  # a minute on a machine of its own, many on one that is shared


def check(client: Client, outside: Outside, open_one: Open) -> Iterator[Result]:
    """Every scenario of our features that the client's suite runs against a server: one server, as in its own test runs."""
    known = {(scenario.feature, scenario.name): scenario for scenario in client.scenarios}
    with tempfile.TemporaryDirectory(prefix="fidelity-") as folder, open_one() as running:
        rows = _run(client, running, Path(folder))
    for row in rows:
        if row["outcome"] == "skipped":
            continue
        scenario = known[row["feature"], row["scenario"]]
        reason = None if row["outcome"] == "passed" else _reason(row["detail"])
        yield Result(_operation(scenario), f"{scenario.feature}: {scenario.name}", reason, _outside(scenario, outside))


def _run(client: Client, running: Target, folder: Path) -> list[dict[str, Any]]:
    report = folder / "scenarios.jsonl"
    report.touch()
    (folder / "fidelity_plugin.py").write_text(Path(__file__).with_name("plugin.py").read_text())
    keys = {"DD_TEST_CLIENT_API_KEY": running.api_key, "DD_TEST_CLIENT_APP_KEY": running.app_key}
    environment = variables(
        **keys,
        RECORD="none",
        FIDELITY_URL=running.url,
        FIDELITY_FEATURES=" ".join(FEATURES),
        FIDELITY_REPORT=str(report),
        PYTHONPATH=str(folder),
        PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
    )
    options = ["-q", "--no-header", "--tb=short", "-W", "ignore", "-p", "no:cacheprovider"]
    for plugin in ("fidelity_plugin", "pytest_bdd.plugin", "pytest_recording.plugin"):
        options += ["-p", plugin]
    tests = [f"tests/{version}/test_scenarios.py" for version in ("v1", "v2")]
    with (folder / "scenarios.log").open("w") as log:
        subprocess.run(
            [python(), "-m", "pytest", *options, *tests],
            cwd=client.path,
            env=environment,
            stdout=log,
            stderr=log,
            timeout=TIMEOUT_S,
            check=False,
        )
    rows = [json.loads(line) for line in report.read_text().splitlines()]
    if not rows:
        sys.exit(f"fidelity: the client's scenarios did not run:\n{(folder / 'scenarios.log').read_text()[-2000:]}")
    # A scenario that fails while it is set up and again while it ends is one miss.
    return list({(row["feature"], row["scenario"]): row for row in reversed(rows)}.values())


def _operation(scenario: Scenario) -> str:
    return f"{scenario.feature.partition('/')[0]} {' '.join(sorted(scenario.operations))}"


def _outside(scenario: Scenario, outside: Outside) -> str | None:
    past = outside.earlier_state_of(scenario)
    asks = scenario.operations & {"QueryScalarData", "QueryTimeseriesData"}
    asked = outside.of_body("\n".join(scenario.steps)) if asks else None
    return outside.of_names(scenario.givens, scenario.operations) or asked or past


def _reason(detail: str) -> str:
    lines = [line.strip() for line in detail.splitlines() if line.strip()]
    return " ".join(lines)[:300] or "failed"
