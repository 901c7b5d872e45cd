"""Submitted series as columns: what every intake format is turned into, whatever its shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from doghouse.metrics.door import SeriesList
from doghouse.metrics.model import NO_SERIES, Columns, Floats, Ints, Sent, no_columns

PAST_LIMIT_S = 3600  # older points are not taken (metrics/custom_metrics: historical ingestion is another product)
FUTURE_LIMIT_S = 600  # nor are points from further ahead
LATEST_TS = 2**32 - 1
# In MessagePack a float is a byte that says so and its eight bytes; a pair of them, a byte before both.
FLOAT = np.dtype({"names": ["value"], "formats": [">f8"], "offsets": [1], "itemsize": 9})
PAIR = np.dtype({"names": ["ts", "value"], "formats": [">f8", ">f8"], "offsets": [2, 11], "itemsize": 19})
_packed = msgspec.msgpack.Encoder()


class Batch(msgspec.Struct, frozen=True, eq=False):
    """Series as they were sent, how many points each has, and all points one after another: `ts` in s, possibly fractional."""

    sent: Sequence[Sent]
    counts: Sequence[int]
    ts: Floats
    value: Floats


class Numbered(msgspec.Struct, frozen=True, eq=False):
    """A batch whose series have their numbers (NO_SERIES: one that cannot be kept)."""

    series: Ints
    counts: Ints
    ts: Floats
    value: Floats


def split(pairs: list[tuple[float, float]]) -> tuple[Floats, Floats]:
    """Pairs of floats as two columns."""
    rows = _read(pairs, PAIR)
    return rows["ts"].astype(np.float64), rows["value"].astype(np.float64)


def split_flat(numbers: list[float]) -> tuple[Floats, Floats]:
    """Floats, in turn of one column and of another."""
    flat = _read(numbers, FLOAT)["value"]
    return flat[::2].astype(np.float64), flat[1::2].astype(np.float64)


def _read(listed: list[Any], form: np.dtype[np.void]) -> NDArray[np.void]:
    """A list of floats (none may be an int) or of pairs: by way of MessagePack, in a third of the time that numpy takes to read objects."""
    encoded = _packed.encode(listed)
    return np.frombuffer(encoded, form, len(listed), len(encoded) - form.itemsize * len(listed))


def numbered(batch: Batch, series: SeriesList) -> Numbered:
    """The batch with its series' numbers."""
    return Numbered(series.numbers(batch.sent), np.array(batch.counts, np.int64), batch.ts, batch.value)


def columns(batch: Numbered, now: float | None) -> Columns:
    """The points as the store takes them, in whole seconds.

    Dropped are points from outside the time that Datadog takes at `now` (None: any time), points that are not finite (GUESS),
    and those of a series that has no name.
    """
    if not len(batch.ts):
        return no_columns()
    series = np.repeat(batch.series, batch.counts)
    keep = (series != NO_SERIES) & np.isfinite(batch.value) & in_time(batch.ts, now)
    if keep.all():
        return Columns(series, batch.ts.astype(np.int64), batch.value)
    return Columns(series[keep], batch.ts[keep].astype(np.int64), batch.value[keep])


def in_time(ts: Floats, now: float | None) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of these seconds Datadog takes at `now`: none older than an hour or further ahead than ten minutes."""
    low, high = (0.0, float(LATEST_TS)) if now is None else (now - PAST_LIMIT_S, now + FUTURE_LIMIT_S)
    return (ts >= low) & (ts <= high)
