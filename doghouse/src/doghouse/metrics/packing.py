"""Points as bytes: their three columns, one after another. So they are in the journal, and in what `doghouse import` sends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from doghouse.metrics.model import Columns

POINT_BYTES = 4 + 8 + 8


def packed(columns: Columns) -> list[memoryview]:
    """The three columns as bytes."""
    kinds = ((columns.series, "<i4"), (columns.ts, "<i8"), (columns.value, "<f8"))
    return [np.ascontiguousarray(column, kind).data for column, kind in kinds]


def pack(columns: Columns) -> bytes:
    """Points as bytes: the three columns, one after another."""
    return b"".join(packed(columns))


def unpack(packed: bytes | memoryview) -> Columns:
    """The points that `pack` made bytes of."""
    count = len(packed) // POINT_BYTES
    series, ts, value = (
        np.frombuffer(packed, kind, count, offset)
        for kind, offset in (("<i4", 0), ("<i8", 4 * count), ("<f8", 12 * count))
    )
    return Columns(series.astype(np.int64), ts.astype(np.int64), value.astype(np.float64))


def joined(parts: Sequence[Columns]) -> Columns:
    """Columns one after another."""
    if len(parts) == 1:
        return parts[0]
    return Columns(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("series", "ts", "value")))
