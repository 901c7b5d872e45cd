"""The queries of `query` over 100 million points: minutes of loading and some gigabytes of memory, so it runs only when it is named."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.data.history import History
from bench.data.query import ROWS as ROWS
from bench.data.query import measure
from bench.figures import Figure

ONLY_WHEN_NAMED = True


def run() -> Iterator[Figure]:
    """The figures of one size."""
    with tempfile.TemporaryDirectory() as folder:
        yield from measure(Path(folder), History(100_000_000), "100m")
