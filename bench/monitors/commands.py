"""What short commands take of processors: help, lint of 330 monitors, and unit tests of the examples in docs/monitor-tests."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, Row, p50
from bench.monitors.folder import MONITORS, write_monitors

ROUNDS = 7
TESTS = Path(__file__).parent.parent.parent / "docs" / "monitor-tests"
SEASONAL = ("anomalies-agile", "anomalies-robust")
ROWS = (
    Row("`doghouse --help` (s of processors)", ("help_cpu",), "< 0.15"),
    Row("`doghouse lint` of 330 monitors (s of processors)", ("lint_330_cpu",), "< 1"),
    Row("`doghouse test` of the examples but two (s of processors)", ("test_examples_cpu",), "< 1"),
    Row("the other two, seasonal anomalies (s of processors)", ("test_seasonal_cpu",)),
)


def run() -> Iterator[Figure]:
    """Medians of some rounds; the two seasonal anomaly monitors' tests stand by themselves."""
    with tempfile.TemporaryDirectory() as name:
        write_monitors(Path(name) / "monitors", MONITORS)
        seasonal = [str(path) for path in sorted(TESTS.glob("*.yaml")) if path.name.startswith(SEASONAL)]
        others = [str(path) for path in sorted(TESTS.glob("*.yaml")) if not path.name.startswith(SEASONAL)]
        yield Figure("help_cpu", _cpu("--help"), "s", "processors")
        yield Figure("lint_330_cpu", _cpu("lint", f"{name}/monitors"), "s", "processors")
        yield Figure("test_examples_cpu", _cpu("test", *others), "s", "processors")
        yield Figure("test_seasonal_cpu", _cpu("test", *seasonal), "s", "processors")


def _cpu(*words: str) -> float:
    return p50([_once([sys.executable, "-m", "doghouse", *words]) for _ in range(ROUNDS)])


def _once(command: list[str]) -> float:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime
