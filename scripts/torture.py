"""`make torture`: what is done to doghouse, a line a part: the cases, the faults that were made, how long it took. It writes the lines of docs/reliability.md.

Without names all parts run; `ARGS="files clocks"` runs these alone, and leaves the lines of others. `--long` makes more faults: an hour.
Its last line is `torture: N passed, N failed`.
"""

from __future__ import annotations

import argparse
import datetime
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/reliability.md"
BEGIN, END = "<!-- torture: written by make torture -->", "<!-- end of torture -->"


@dataclass(frozen=True)
class Part:
    """What is done, the tests that do it, and variables that make the long run longer."""

    words: str
    tests: tuple[str, ...]
    long: dict[str, str] = field(default_factory=dict)


PARTS = {
    "kills": Part(
        "kill -9 at random moments of what writes: points, a whole server under load, states and mails, the Agent's queue",
        ("doghouse/tests/metrics/store/test_kill.py", "doghouse/tests/server/test_kills.py", "doghouse/tests/live/test_crashes.py",
         "doghouse/tests/logs/test_durability.py"),
        {"TORTURE_KILLS": "200"},
    ),
    "disk": Part(
        "a full disk, a damaged block of each store, files that are missing, foreign or newer, backups beside writing",
        ("doghouse/tests/metrics/store/test_full_disk.py", "doghouse/tests/storage", "doghouse/tests/server/test_backup.py"),
        {"TORTURE_BLOCKS": "all"},
    ),
    "clocks": Part(
        "clocks that jump forward and back, a machine that slept, both changes of the clocks",
        ("doghouse/tests/live/test_clocks.py", "doghouse/tests/downtimes/test_schedule.py", "companion/tests/test_schedule.py"),
        {"TORTURE_JUMPS": "2000"},
    ),
    "files": Part(
        "each file that a command reads: cut, damaged, endless, a pipe, a folder, nested, aliases; hostile wheels and commits",
        ("doghouse/tests/files", "doghouse/tests/agent/commands/test_integration.py", "doghouse/tests/review/test_hostile_revisions.py"),
        {"FUZZ_CASES": "2000"},
    ),
    "requests": Part(
        "anything in any place of a body or an address, bodies cut at every byte, wildcards that backtrack",
        ("doghouse/tests/api/test_wrong_input.py", "doghouse/tests/ui/test_wrong_input.py", "doghouse/tests/web", "doghouse/tests/server/test_wildcards.py"),
    ),
    "pages": Part(
        "hostile names, tags, messages and mails in Chromium (in the long run the Big List of Naughty Strings too); requests of foreign pages; logging in",
        ("doghouse/tests/ui/test_hostile.py", "doghouse/tests/ui/test_guard.py", "doghouse/tests/ui/pages/test_login.py"),
        {"TORTURE_PAYLOADS": "all"},
    ),
    "connections": Part(
        "connections that say nothing, stop half-way, drip, or are too many, also at the limit of open files",
        ("doghouse/tests/server/test_connections.py",),
    ),
    "schemas": Part(
        "schemathesis with the official OpenAPI documents, but for dashboards, monitors and SLOs: what they allow and what they do not",
        ("doghouse/tests/api/test_official_documents.py",),
        {"TORTURE_SCHEMAS": "1300"},  # 100,000 cases: some 70 operations
    ),
    "hosts": Part(
        "200 hosts whose Agents send series, checks and logs each 15 s; 20 monitors with a group for each host",
        ("doghouse/tests/server/test_many_hosts.py",),
        {"TORTURE_HOSTS_S": "600"},
    ),
    "faults": Part(
        "connections cut before and after, 429 and 500 on purpose, an intake that is away",
        ("doghouse/tests/server/test_faults.py", "doghouse/tests/agent/forwarder/test_forwarder.py", "doghouse/tests/agent/test_with_doghouse.py"),
    ),
    "applies": Part(
        "each call of my-metric's apply and destroy made to fail in turn, in four ways, and run again; calls that fail at random; the demo's processes killed",
        ("companion/tests/provisioning/test_failures.py", "companion/tests/demo/test_demo.py"),
        {"TORTURE_APPLIES": "1000"},
    ),
}  # fmt: skip


class Count:
    """How many tests passed, failed and were skipped, the faults that they say they made (`record_property("faults", n)`), and their figures."""

    def __init__(self) -> None:
        self.passed = self.failed = self.skipped = self.faults = 0
        self.figures: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.passed += report.when == "call" and report.passed
        self.failed += report.failed  # one that fails in its fixtures failed
        self.skipped += report.skipped
        if report.when == "call":
            self.faults += sum(int(str(value)) for name, value in report.user_properties if name == "faults")
            self.figures += [str(value) for name, value in report.user_properties if name == "figure"]


@dataclass(frozen=True)
class Line:
    """What a part came to."""

    name: str
    count: Count
    seconds: float

    def text(self) -> str:
        faults = f", {self.count.faults:,} faults counted" if self.count.faults else ""
        skipped = f", {self.count.skipped} skipped" if self.count.skipped else ""
        figures = "".join(f"; {figure}" for figure in self.count.figures)
        return f"{self.count.passed} cases, {self.count.failed} failed{skipped}{faults}, {self.seconds:.0f} s{figures}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--long", action="store_true", help="more of each")
    asked, more = parser.parse_known_args()
    if unknown := [name for name in asked.parts if name not in PARTS]:
        parser.error(f"there is no part {unknown[0]}: expected {', '.join(PARTS)}")
    lines = []
    for name in asked.parts or PARTS:
        part = PARTS[name]
        if asked.long:
            os.environ.update(part.long)
        count, began = Count(), time.monotonic()
        pytest.main([*(str(ROOT / test) for test in part.tests), *more], plugins=[count])
        lines.append(Line(name, count, time.monotonic() - began))
        print(f"torture: {name}: {lines[-1].text()}", flush=True)
        _write(lines[-1], long=asked.long)
    passed, failed = (sum(getattr(line.count, name) for line in lines) for name in ("passed", "failed"))
    print(f"torture: {passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def _write(line: Line, *, long: bool) -> None:
    """Put a part's line into the table between its marks in docs/reliability.md; those of others stay."""
    day = datetime.datetime.now(datetime.UTC).date()
    git = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    run = f"{'long' if long else 'plain'}, {day}, {git.stdout.strip() or 'no commit'}"
    before, tail = PAGE.read_text("utf-8").split(BEGIN, 1)
    table, after = tail.split(END, 1)
    rows = {row.split(" ", 2)[1]: row for row in table.splitlines() if row.startswith("| ")}
    rows[line.name] = f"| {line.name} | {PARTS[line.name].words} | {run} | {line.text()} |"
    head = ["| part | what is done | run | what it came to |", "|---|---|---|---|"]
    table = "\n".join(head + [rows[name] for name in PARTS if name in rows])
    PAGE.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
