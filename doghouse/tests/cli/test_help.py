"""`doghouse --help` is there at once: it imports the commands, and not what they need."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("doghouse.monitors", "doghouse.queries", "doghouse.importing", "numpy", "http.client", "duckdb", "starlette")


def test_help_loads_no_room_of_the_house() -> None:
    program = f"import sys, doghouse.cli; doghouse.cli.application(); print([name for name in {HEAVY} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
