"""Points as bytes: their three columns, one after another. So they are in the journal, and in what `doghouse import` sends; and sketches as bytes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from doghouse.metrics.distributions.sketches import LARGEST_KEY, Sketches, no_sketches
from doghouse.metrics.model import Columns

POINT_BYTES = 4 + 8 + 8
SKETCH_WHOLE = ("group", "ts", "sketch", "key")  # columns of whole numbers
SKETCH_BUCKETS = ("sketch", "key", "n")  # columns with a value a bucket; the others have one a sketch


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


def pack_sketches(sketches: Sketches) -> list[bytes]:
    """Sketches as bytes, column by column."""
    return [getattr(sketches, name).astype(_kind(name)).tobytes() for name in Sketches.__struct_fields__]


def unpack_sketches(packed: Sequence[bytes]) -> Sketches:
    """The sketches that `pack_sketches` made bytes of; none of nothing. Raises ValueError where they are no sketches."""
    if not packed:
        return no_sketches()
    names = Sketches.__struct_fields__
    columns = {name: np.frombuffer(buffer, _kind(name)) for name, buffer in zip(names, packed, strict=True)}
    for together in (SKETCH_BUCKETS, tuple(name for name in names if name not in SKETCH_BUCKETS)):
        if len({len(columns[name]) for name in together}) > 1:
            raise ValueError("columns of sketches differ in length")
    sketch, key = columns["sketch"], columns["key"]
    if len(sketch) and not (np.all(np.diff(sketch) >= 0) and sketch[0] >= 0 and sketch[-1] < len(columns["ts"])):
        raise ValueError("a bucket belongs to no sketch")
    if len(key) and np.max(np.abs(key)) > LARGEST_KEY:
        raise ValueError("there is no such bucket")
    return Sketches(**columns)


def _kind(name: str) -> str:
    return "<i8" if name in SKETCH_WHOLE else "<f8"


def joined(parts: Sequence[Columns]) -> Columns:
    """Columns one after another."""
    if len(parts) == 1:
        return parts[0]
    return Columns(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("series", "ts", "value")))
