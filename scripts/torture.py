"""The reliability tests: kills, full disks, lost connections, failing calls, everything that must lose nothing (make torture).

Its last line is `torture: N passed, N failed`.
"""

from __future__ import annotations

import sys

import pytest

TESTS = (
    "doghouse/tests/metrics/test_kill.py",
    "doghouse/tests/metrics/test_full_disk.py",
    "doghouse/tests/server/test_kills.py",
    "doghouse/tests/server/test_backup.py",
    "doghouse/tests/server/test_faults.py",
    "doghouse/tests/live/test_crashes.py",
    "doghouse/tests/agent/test_forwarder.py",
    "doghouse/tests/agent/test_with_doghouse.py",
    "companion/tests/test_failures.py",
    "companion/tests/test_demo.py",
)


class Count:
    """How many tests passed and failed; one that fails in its fixtures failed."""

    def __init__(self) -> None:
        self.passed, self.failed = 0, 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.passed += report.when == "call" and report.passed
        self.failed += report.failed


def main() -> int:
    count = Count()
    code = pytest.main([*TESTS, *sys.argv[1:]], plugins=[count])
    print(f"torture: {count.passed} passed, {count.failed} failed")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
