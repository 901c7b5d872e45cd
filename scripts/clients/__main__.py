"""`make clients`: programs that nobody here wrote, as their registries have them, against a doghouse each; what passed is written into docs/clients.md."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from scripts.fidelity import houses

from . import node, python
from .outcome import Outcome

DOCS = Path(__file__).resolve().parents[2] / "docs" / "clients.md"
CLIENTS = {**python.CLIENTS, **node.CLIENTS}


def main() -> None:
    """Run all of them, or those that are named; print a line a case, and write the page where all were run."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("only", nargs="*", metavar="CLIENT", help="clients to run; docs/clients.md stays")
    asked = arguments.parse_args().only or list(CLIENTS)
    outcomes: list[Outcome] = []
    for name in asked:
        print(f"clients: {name}", file=sys.stderr)
        if name in node.CLIENTS and shutil.which("npm") is None:
            outcomes.append(Outcome(name, "", "not run", "there is no npm here"))
            continue
        with houses.doghouse() as house:
            outcomes += CLIENTS[name](house)
    for outcome in outcomes:
        print(f"{outcome.client:40} {outcome.case:60} {outcome.result}{f': {outcome.why}' if outcome.why else ''}")
    if set(asked) == set(CLIENTS):
        DOCS.write_text("\n".join(page(outcomes)) + "\n")
    wrong = [outcome for outcome in outcomes if outcome.result == "failed" and not outcome.expected]
    sys.exit(1 if wrong else 0)


def page(outcomes: list[Outcome]) -> list[str]:
    """docs/clients.md: how many cases of each passed, and each that did not with its reason."""
    lines = [*INTRODUCTION, "| client | passed | failed | not run |", "|---|---|---|---|"]
    for name in dict.fromkeys(outcome.client for outcome in outcomes):
        counts = (
            sum(outcome.client == name and outcome.result == kind for outcome in outcomes)
            for kind in ("passed", "failed", "not run")
        )
        lines.append(f"| {name} | " + " | ".join(map(str, counts)) + " |")
    lines += ["", "| case | result | why |", "|---|---|---|"]
    lines += [
        f"| {outcome.client}: `{outcome.case}` | {outcome.result} | {outcome.why.replace('|', '/')} |"
        for outcome in outcomes
        if outcome.result != "passed"
    ]
    return [*lines, *ELSEWHERE]


INTRODUCTION = [
    "# Other people's clients", "",
    "`make clients` takes them from their registries (into `.cache/`, never into this repository) and runs them against a doghouse each. This page is what its",
    "last run wrote. Needs the network and, for the Node clients, `npm`.", "",
    "- **datadogpy**: the library's own integration suite, out of its source distribution, live: its recordings are thrown away first.",
    "- **hot-shots**, **the official Node client**, **dd-trace** for Node: their packages have no tests in them, so that each runs a program of ours with the",
    "  calls of its own README.", "",
]  # fmt: skip
ELSEWHERE = [
    "",
    "The official Python client's suite and examples are `make fidelity`; `dog` and `ddogctl` run in `make test` (`api/test_other_programs.py`), dd-trace for",
    "Python in the companion's tests of its app. datadog-sync-cli is not run: PyPI, npm and Debian have none (looked for last on 2026-12-01). A test makes",
    "the requests that its sources make, between two houses both ways (`api/test_between_two_houses.py`): dashboards, lists, monitors, downtimes, metric",
    "metadata, host tags. What its recordings say is in [evidence.md](evidence.md), and its files are read by `doghouse lint` and the like.",
]


if __name__ == "__main__":
    main()
