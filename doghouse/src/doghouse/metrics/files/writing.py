"""Writes series and what was recorded of them as a Parquet file that `series_files` reads: a row a point, sorted by series and time.

A row of a distribution has its sketch in columns of its own, and as `value` the average of its values.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from doghouse.metrics.distributions.sketches import Sketches
from doghouse.metrics.model import Columns, Series

COPY = "(FORMAT parquet, COMPRESSION zstd)"
SKETCH = ("count", "sum", "min", "max", "keys", "counts")  # the last two are lists: buckets, and the values in each
SKETCHES = """
UNION ALL BY NAME SELECT number, timestamp, sum / count AS value, count, sum, min, max, keys, counts FROM sketches JOIN
(SELECT place, list(key ORDER BY key) AS keys, list(n ORDER BY key) AS counts FROM buckets GROUP BY place) USING (place)
"""


def parquet(series: Sequence[Series], columns: Columns, sketches: Sketches | None = None) -> bytes:
    """The file's content. `columns.series` are places in `series`, and so are the groups of `sketches`; the tags of series are the effective ones, their host
    among them."""
    texts = [
        (number, timeseries.metric, timeseries.type, str(timeseries.interval), ",".join(timeseries.tags))
        for number, timeseries in enumerate(series)
    ]
    tables = {"points": {"number": columns.series, "timestamp": columns.ts, "value": columns.value}}
    more, rows = "", "FROM points"
    if sketches is not None and len(sketches):
        tables["sketches"] = {"number": sketches.group, "timestamp": sketches.ts, "place": np.arange(len(sketches))}
        tables["sketches"] |= {name: getattr(sketches, name) for name in SKETCH[:4]}
        tables["buckets"] = {"place": sketches.sketch, "key": sketches.key, "n": sketches.n}
        more, rows = f", {', '.join(SKETCH)}", f"FROM (FROM points {SKETCHES})"
    with tempfile.TemporaryDirectory(prefix="doghouse-export-") as name, duckdb.connect() as connection:
        path = Path(name) / "points.parquet"
        connection.execute(
            "CREATE TABLE series (number BIGINT, metric VARCHAR, type VARCHAR, interval VARCHAR, tags VARCHAR)"
        )
        connection.executemany("INSERT INTO series VALUES (?, ?, ?, ?, ?)", texts)
        for table, arrays in tables.items():
            connection.register(table, _contiguous(arrays))
        connection.execute(
            f"COPY (SELECT timestamp, metric, value, type, interval, tags{more} {rows} JOIN series USING (number) ORDER BY tags, type, interval, timestamp) "
            f"TO '{path}' {COPY}"
        )
        return path.read_bytes()


def _contiguous(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: np.ascontiguousarray(column) for name, column in columns.items()}
