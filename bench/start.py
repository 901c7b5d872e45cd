"""How long `doghouse up` takes until it says that requests are accepted: a new process over an empty folder, and over one that it left."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, Row, p50
from bench.servers import doghouse

ROUNDS = 7
ROWS = (
    Row("start over an empty folder (s)", ("serve_ready",)),
    Row("start over a folder that was left (s)", ("serve_ready_again",)),
)


def run() -> Iterator[Figure]:
    """The median of some starts."""
    with tempfile.TemporaryDirectory() as folder:
        until_ready(Path(folder) / "left")
        fresh = [until_ready(Path(folder) / f"fresh{place}") for place in range(ROUNDS)]
        again = [until_ready(Path(folder) / "left") for _ in range(ROUNDS)]
    yield Figure("serve_ready", p50(fresh), "s", "start")
    yield Figure("serve_ready_again", p50(again), "s", "start")


def until_ready(data: Path) -> float:
    """How long a start takes (s); stopping it afterwards is not in it."""
    start = time.perf_counter()
    with doghouse(data):
        return time.perf_counter() - start
