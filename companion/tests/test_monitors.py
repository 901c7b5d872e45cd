"""The unit tests of the shipped monitor run with the rest, and its downtimes are those that my-metric provisions."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent / "monitors"


def test_the_shipped_monitor_passes_its_unit_tests():
    files = sorted(str(path) for path in FOLDER.glob("*.test.yaml"))
    done = subprocess.run(
        [sys.executable, "-m", "doghouse", "test", *files], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed, 0 failed" in done.stdout
