#!/usr/bin/env python3
"""`make mutants`: changes doghouse's source at random places, a place at a time, and says which changes no test notices.

cosmic-ray (in an environment of its own, .venv-tools) makes the changes in a copy of the source, which the tests then import instead of the installed one;
they run in forks of a process that has imported all else (scripts/mutants/running.py). Before, they run once on the source as it is, to see which test
reaches which line and how long it takes; that is kept in .cache until source or tests change. A test that fails there is left out, and said.
A mutant is shown first to the tests that reach the changed line (where next to none does, those of its file and those that run whole commands), the quick ones
that reach the least first; what these let pass is shown to all tests of PACKAGES. With `--near` it is shown to those tests alone that reach the line and
stand in the package's own folder or in a file that PACKAGES names: what others would notice is then said to have survived. Laws try the same examples each
time.
A test that fails for a mutant must pass right after it without one: if it does not, the mutant is unclear, and is left out of the share. So is one that took
too long; how long is counted in seconds of processor, which other programs do not lengthen.
The same seed gives the same mutants of the same source. Example: make mutants ARGS="queries --count 40 --seed 1"
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from scripts.mutants.changes import SOURCE, Mutant, mutants

ROOT = SOURCE.parent.parent
TESTS = ROOT / "doghouse/tests"
PYTHON = ROOT / ".venv/bin/python"
KEPT = ROOT / ".cache/mutants"  # which tests reach which lines
# What is mutated, and the folders whose tests must notice, the likeliest first.
PACKAGES = {
    "monitors": (
        "monitors",
        "api/monitors/test_monitors.py",
        "api/monitors/test_search.py",
        "api/monitors/test_notification_rules.py",
        "backtest/test_run.py",
        "backtest/test_commands.py",
        "testing",
        "live",
    ),
    "queries": ("queries", "monitors"),
    "metrics": (
        "metrics",
        "files",
        "queries/evaluation/test_worked_examples.py",
        "api/test_metric_metadata.py",
        "server/test_backup.py",
        "exporting/test_export.py",
    ),
    "downtimes": ("downtimes", "backtest/test_run.py", "api/downtimes/test_downtimes.py", "testing"),
    "backtest": ("backtest", "live/agreement/test_metrics.py"),
    "agent": ("agent", "files"),
    "notifications": (
        "notifications",
        "downtimes/test_silencing.py",
        "api/test_webhooks.py",
        "ui/pages/test_notification.py",
        "live",
    ),
    "files": ("files", "metrics/files/test_partitions.py", "logs/test_partitions.py", "importing", "testing"),
    "logs": ("logs", "api/logs/test_logs.py", "api/logs/test_searches.py"),
    "live": ("live", "notifications", "downtimes/test_silencing.py"),
    "search": (
        "search",
        "monitors/records/test_record_queries.py",
        "api/logs/test_searches.py",
        "api/monitors/test_search.py",
    ),
    "slos": ("slos", "api/slos/test_slos.py", "monitors/test_slo_alerts.py"),
    "tags": (
        "tags",
        "hosts",
        "downtimes",
        "metrics/intake/test_intake.py",
        "search",
        "queries/language/test_parsing.py",
    ),
    "time": (
        "time",
        "downtimes",
        "cli",
        "api/downtimes/test_downtimes.py",
        "queries/evaluation/test_rollups.py",
        "testing",
    ),
}
FIRST = 20  # so many tests are tried first: most mutants end there
FEW = 3  # of a line that fewer tests reach, the tests of its file are tried too
# it took too long: more than so many times the seconds of the source as it is, and so many more
SLOWEST, PATIENCE_S = (6, 30)
COUNTED = ("noticed", "survived")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("packages", nargs="*", default=list(PACKAGES), metavar="PACKAGE", help=", ".join(PACKAGES))
    parser.add_argument("--count", type=int, default=40, help="mutants of each package (40)")
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--near", action="store_true", help="only tests that reach the line, of few files")
    parser.add_argument("--out", type=Path, help="append a JSON line for each mutant here")
    asked = parser.parse_args()
    if unknown := [name for name in asked.packages if name not in PACKAGES]:
        parser.error(f"there is no package {unknown[0]}: expected {', '.join(PACKAGES)}")
    for package in asked.packages:
        outcomes = Counter(
            mutant.outcome for mutant in _tried(package, asked.count, asked.seed, asked.out, near=asked.near)
        )
        share = 100 * outcomes["noticed"] / max(sum(outcomes[name] for name in COUNTED), 1)
        others = "".join(f", {count} {name}" for name, count in sorted(outcomes.items()) if name not in COUNTED)
        print(
            f"mutants: {package}: {outcomes.total()} tried, {outcomes['survived']} survived{others}, {share:.0f} % noticed",
            flush=True,
        )
    return 0


def _tried(package: str, count: int, seed: int, out: Path | None, *, near: bool) -> Iterator[Mutant]:
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        copy = Path(name) / "src"
        shutil.copytree(SOURCE, copy)
        with Tests(package, copy, near=near) as tests:
            for number, (mutant, text) in enumerate(mutants(package, count, seed)):
                path = copy / mutant.file
                original, times = path.read_text("utf-8"), path.stat()
                path.write_text(text, "utf-8")
                os.utime(path, (number, number))  # no other text of it has this time, which Python knows bytecode by
                outcome, failed = tests.say(mutant)
                path.write_text(original, "utf-8")
                os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
                if failed and tests.run(failed)["outcome"] != "survived":
                    outcome = "unclear"
                done = replace(mutant, outcome=outcome)
                print(f"{outcome:9} {done.file}:{done.line}  {done.before}  ->  {done.after}", flush=True)
                if out:
                    with out.open("a") as file:
                        file.write(json.dumps({**asdict(done), "failed": failed}) + "\n")
                yield done


class Tests:
    """The tests of a package, and the process that runs them on a copy of the source."""

    def __init__(self, package: str, copy: Path, *, near: bool) -> None:
        self.copy, self.near = copy, near
        own, *others = PACKAGES[package]
        folders = [own, *(other for other in others if not near or other.endswith(".py"))]
        self.everything = [str((TESTS / folder).relative_to(ROOT)) for folder in folders]
        self.output = (copy.parent / "output").open("wb")
        environment = {**os.environ, "CI": "true", "PYTHONPATH": str(copy)}
        command = [str(PYTHON), "-m", "scripts.mutants.running"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.output
        )
        watched = self.watched(package)
        self.left_out = [test for test in watched["failed"] if "::" in test]
        self.tests = {test: took for test, took in watched["tests"].items() if test not in watched["failed"]}
        self.reaching = self.lines_reached()
        self.elsewhere = [test for test, took in self.tests.items() if not took["lines"]]  # they run whole commands
        self.ask(imports=watched["modules"])
        for test in self.left_out:
            print(f"mutants: left out, as it fails as it is: {test}", file=sys.stderr)

    def __enter__(self) -> Tests:
        return self

    def __exit__(self, *problem: object) -> None:
        self.process.communicate()
        self.output.close()

    def ask(self, **request: object) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def watched(self, package: str) -> Any:
        """What the tests took and reached of the source as it is; read from where it was kept, if neither has changed since."""
        files = [SOURCE, *(ROOT / folder for folder in self.everything), TESTS / "shared", TESTS / "conftest.py"]
        texts = sorted(path for file in files for path in ([file] if file.is_file() else file.rglob("*.py")))
        digest = hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in texts)).hexdigest()
        cache = KEPT / f"{package}{'-near' * self.near}-{digest[:16]}.json"
        if not cache.exists():
            answer = self.ask(tests=self.everything, watch=str(self.copy / "doghouse" / package), seconds=3600)
            if not answer.get("tests"):
                raise SystemExit(f"mutants: the tests of {package} do not run as they are: {self.output_so_far()}")
            KEPT.mkdir(parents=True, exist_ok=True)
            cache.write_text(json.dumps(answer).replace(str(self.copy) + "/", ""))
        return json.loads(cache.read_text())

    def output_so_far(self) -> str:
        return (self.copy.parent / "output").read_text(errors="replace")[-2000:]

    def lines_reached(self) -> dict[str, dict[int, list[str]]]:
        """The tests that ran each line of each file: quick ones first, of these the ones that ran the fewest lines."""
        reached: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        order = {test: (int(took["seconds"]), len(took["lines"])) for test, took in self.tests.items()}
        for test in sorted(order, key=order.__getitem__):
            for file, line in self.tests[test]["lines"]:
                reached[file][line].append(test)
        return reached

    def say(self, mutant: Mutant) -> tuple[str, list[str]]:
        """What the tests say of the source as it is changed now, and the test that failed for it."""
        lines = self.reaching.get(mutant.file, {})
        tests = lines.get(mutant.line, [])
        if len(tests) < FEW:  # what runs once in a process, as a parser is made, was reached by its first test alone
            tests = list(dict.fromkeys([*tests, *(test for some in lines.values() for test in some), *self.elsewhere]))
        answer = {"outcome": "survived", "failed": []}
        for some in (tests[:FIRST], tests[FIRST:], [] if self.near else self.everything):
            if some and answer["outcome"] == "survived":
                answer = self.run(some)
                if answer["outcome"] == "not found":  # the change gave a test's parameters other names
                    answer = self.run(list(dict.fromkeys(test.partition("[")[0] for test in some)))
        outcome = answer["outcome"].replace("not found", "noticed")
        return outcome, answer["failed"] if outcome == "noticed" else []

    def run(self, tests: list[str]) -> Any:
        seconds = sum(took["seconds"] for test, took in self.tests.items() if test.startswith(tuple(tests)))
        without = [f"--deselect={test}" for test in self.left_out]
        return self.ask(tests=[*without, *tests], watch=None, seconds=SLOWEST * seconds + PATIENCE_S)


if __name__ == "__main__":
    sys.exit(main())
