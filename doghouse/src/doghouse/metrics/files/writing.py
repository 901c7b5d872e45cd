"""Writes series and their points as a Parquet file that `series_files` reads: a row a point, sorted by series and time."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np

from doghouse.metrics.model import Columns, Series

COPY = "(FORMAT parquet, COMPRESSION zstd)"


def parquet(series: Sequence[Series], columns: Columns) -> bytes:
    """The file's content. `columns.series` are places in `series`; the tags of these are the effective ones, their host among them."""
    texts = [(number, one.metric, one.type, str(one.interval), ",".join(one.tags)) for number, one in enumerate(series)]
    points = {"number": columns.series, "timestamp": columns.ts, "value": columns.value}
    with tempfile.TemporaryDirectory(prefix="doghouse-export-") as name, duckdb.connect() as connection:
        path = Path(name) / "points.parquet"
        connection.execute(
            "CREATE TABLE series (number BIGINT, metric VARCHAR, type VARCHAR, interval VARCHAR, tags VARCHAR)"
        )
        connection.executemany("INSERT INTO series VALUES (?, ?, ?, ?, ?)", texts)
        connection.register("points", {key: np.ascontiguousarray(column) for key, column in points.items()})
        connection.execute(
            f"COPY (SELECT timestamp, metric, value, type, interval, tags FROM points JOIN series USING (number) ORDER BY tags, type, interval, timestamp) "
            f"TO '{path}' {COPY}"
        )
        return path.read_bytes()
