"""The unit tests of the shipped monitor run with the rest, and its downtimes are those that my-metric provisions."""

import json
import subprocess
import sys
from pathlib import Path

from companion.settings import EXTRAS

FOLDER = Path(__file__).parent / "monitors"


def test_the_shipped_monitor_passes_its_unit_tests():
    files = sorted(str(path) for path in FOLDER.glob("*.test.yaml"))
    done = subprocess.run(
        [sys.executable, "-m", "doghouse", "test", *files], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed, 0 failed" in done.stdout


def test_the_bakerys_closing_hours_are_those_that_are_set_up():
    [tested] = json.loads((FOLDER / "bakery_closed.json").read_text())
    shipped = json.loads((EXTRAS / "bakery/downtimes/bakery-closed.json").read_text())
    assert (tested["name"], tested["schedule"]) == (shipped["name"], shipped["schedule"])
