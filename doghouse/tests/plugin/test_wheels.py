"""What is built has the files that it needs, without the packages and folders that they come from."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("room", "names"),
    [
        (
            "doghouse",
            {
                f"doghouse/ui/static/{name}"
                for name in ("uplot/uPlot.iife.js", "uplot/uPlot.min.css", "svgmap/world.svg")
            },
        ),
        ("companion", {"companion/assets/dashboards/my_metric.json", "companion/assets/monitors/my_metric_high.json"}),
    ],
)
def test_a_wheel_has_what_lies_elsewhere_in_the_repository(tmp_path, room, names):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT / room, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert names <= set(ZipFile(wheel).namelist())
