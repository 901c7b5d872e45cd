"""The searches of `logs` over ten million lines: minutes of loading and gigabytes of disk, so it runs only when it is named."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.data.logs import measure
from bench.figures import Figure

ONLY_WHEN_NAMED = True


def run() -> Iterator[Figure]:
    """The figures of one size."""
    with tempfile.TemporaryDirectory() as folder:
        yield from measure(Path(folder) / "data", 10)
