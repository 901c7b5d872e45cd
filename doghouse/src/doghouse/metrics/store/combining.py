"""Rows of points and of hours as one value a bucket and series: where they are few, sooner done here than planned and grouped by DuckDB.

Measured for a day of one host: 0.6 ms to read its 1,920 points, 1.6 ms to have them grouped; for a week of 50 hosts by the hour 5.5 against 9.5 ms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from doghouse.metrics.memory import reduce_at
from doghouse.metrics.model import Columns, Floats, Ints, Rollup, TimeAggregator

Rows = Mapping[str, Any]  # numpy columns `series`, `ts`, `value` and `n`: how many points the value stands for


def combined(parts: Sequence[Rows], rollup: Rollup) -> Columns:
    """The rows of all parts, one value a bucket and series. `value` is of the kind that `selection.AGGREGATES` takes of an hour."""
    series, ts, n = (np.concatenate([part[name] for part in parts]).astype(np.int64) for name in ("series", "ts", "n"))
    value = np.concatenate([part["value"] for part in parts]).astype(np.float64)
    key = (series << 32) | ts  # a second has 32 bits
    if (key[1:] < key[:-1]).any():
        order = np.argsort(key, kind="stable")
        series, ts, n, value = series[order], ts[order], n[order], value[order]
    bucket = ts // rollup.interval * rollup.interval
    first = np.flatnonzero(np.append(True, (np.diff(series) != 0) | (np.diff(bucket) != 0))) if len(ts) else ts
    return Columns(series[first], bucket[first], _reduced(value, n, first, rollup.aggregator))


def _reduced(value: Floats, n: Ints, first: Ints, aggregator: TimeAggregator) -> Floats:
    if not len(first):
        return value
    if aggregator not in ("count", "avg"):
        return reduce_at(value, first, aggregator)
    counts: Floats = np.add.reduceat(n, first).astype(np.float64)
    return counts if aggregator == "count" else reduce_at(value, first, "sum") / counts
