"""A process that is killed at any place: nothing is forgotten, and nothing is sent twice but under the same Message-ID."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from live_house import living
from post_office import PostOffice, post_office

CRASHING = Path(__file__).with_name("crashing.py")
SIGKILLED = -9
KILLS = int(os.environ.get("TORTURE_KILLS", "8"))


def run(folder: Path, office: PostOffice, place: str) -> int:
    """Run a house until it is done, or dead."""
    return subprocess.run(
        [sys.executable, str(CRASHING), str(folder), str(office.port), place], timeout=60, check=False
    ).returncode


def kept(folder: Path) -> list[str]:
    with living(folder) as house:
        return house.told


@pytest.mark.parametrize(
    ("place", "most"),
    [
        ("within the transaction", 1),
        ("before the commit", 1),
        ("after the commit", 1),
        ("before the file", 1),
        ("after the file", 1),
        (
            "after it was accepted",
            2,
        ),  # the server took it and we could not note that: it goes again, under the same Message-ID
        ("after it was noted", 1),
    ],
)
def test_after_a_kill_nothing_is_forgotten_or_unknowingly_twice(tmp_path: Path, place: str, most: int) -> None:
    with post_office() as office:
        assert run(tmp_path, office, place) == SIGKILLED
        assert run(tmp_path, office, "nowhere") == 0

        assert kept(tmp_path) == ["10:05 Triggered", "10:08 Recovered"]
        assert len(set(office.ids)) == 2
        assert max(Counter(office.ids).values()) == most


@pytest.mark.slow
def test_after_kills_at_any_time_nothing_is_forgotten(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(7)
    with post_office() as office:
        for _ in range(KILLS):
            process = subprocess.Popen([sys.executable, str(CRASHING), str(tmp_path), str(office.port), "nowhere"])
            time.sleep(chance.uniform(0.3, 1.2))
            process.kill()
            process.wait()
        assert run(tmp_path, office, "nowhere") == 0

        assert kept(tmp_path) == ["10:05 Triggered", "10:08 Recovered"]
        assert len(set(office.ids)) == 2
    record_property("faults", KILLS)
