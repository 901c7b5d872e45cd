"""Interpolation of missing buckets, each row by itself (metrics/guide/interpolation-the-fill-modifier-explained)."""

from __future__ import annotations

import numpy as np

from doghouse.metrics.model import Floats, Ints
from doghouse.queries.evaluation.frames import Fill

LIMIT_S = 300  # Datadog interpolates at most this far behind a real point where the query says nothing


def interpolate(values: Floats, ts: Ints, fill: Fill) -> Floats:
    """The matrix with its gaps filled, up to `fill.limit` seconds after a real value (the limit itself included).

    Nothing is filled before a row's first value. `linear` goes straight to the next value.
    GUESS: in a gap longer than the limit it does so for the limit and then stops; behind the last value it holds that value for the limit.
    """
    if fill.method == "null" or values.size == 0:
        return values
    real = ~np.isnan(values)
    if real.all():
        return values
    before = last_index(real)
    has_before = before >= 0
    before = np.maximum(before, 0)
    elapsed = ts - ts[before]
    gaps = ~real & has_before & (elapsed <= fill.limit)
    if fill.method == "zero":
        return np.where(gaps, 0.0, values)
    filled = np.take_along_axis(values, before, axis=1)
    if fill.method == "linear":
        filled = filled + _rise(values, ts, real, before, filled)
    return np.where(gaps, filled, values)


def _rise(
    values: Floats, ts: Ints, real: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], before: Ints, start: Floats
) -> Floats:
    """What each bucket of a gap has risen by since the value before the gap, 0 where none follows. Halfway it is half of the rise, to the last digit."""
    after = next_index(real)
    has_after = after < len(ts)
    after = np.minimum(after, len(ts) - 1)
    span = np.where(has_after, ts[after] - ts[before], 1)
    rise = np.where(has_after, np.take_along_axis(values, after, axis=1) - start, 0.0)
    risen: Floats = rise * ((ts - ts[before]) / np.maximum(span, 1))
    return risen


def last_index(real: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Ints:
    """For each cell the column of the last true one at or before it in its row, -1 where there is none."""
    columns = np.arange(real.shape[1])
    index: Ints = np.maximum.accumulate(np.where(real, columns, -1), axis=1)
    return index


def next_index(real: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Ints:
    """For each cell the column of the first true one at or behind it in its row, the number of columns where there is none."""
    count = real.shape[1]
    index: Ints = np.minimum.accumulate(np.where(real, np.arange(count), count)[:, ::-1], axis=1)[:, ::-1]
    return index
