"""Medians of what stands around a place: what the bands are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doghouse.queries.functions.later import np

if TYPE_CHECKING:
    from doghouse.metrics.model import Floats

MAD_TO_SIGMA = 1.4826  # makes the median absolute deviation of a normal distribution its standard deviation
SAMPLES = 31  # of a longer stretch as many, evenly spaced, are looked at


def median(windows: Floats) -> Floats:
    """The median along the last axis, NaN left out; NaN where there is nothing else."""
    ordered = np.sort(windows, axis=-1)  # NaN sorts last
    count = np.count_nonzero(~np.isnan(windows), axis=-1)[..., None]
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=-1)
    high = np.take_along_axis(ordered, np.minimum(count // 2, ordered.shape[-1] - 1), axis=-1)
    middle: Floats = np.where(count > 0, (low + high) / 2, np.nan)[..., 0]
    return middle


def sliding(values: Floats, first: int, last: int) -> Floats:
    """For each place along the last axis the median of the places from `first` to `last` beside it (negative: before it; `first` is not above 0)."""
    step = -(-(last - first) // (SAMPLES - 1)) or 1
    edges = [(0, 0)] * (values.ndim - 1) + [(-first, max(last, 0))]
    padded = np.pad(values, edges, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, last - first + 1, axis=-1)
    return median(windows[..., : values.shape[-1], ::step])


def across(values: Floats) -> Floats:
    """The median along the first axis, NaN left out."""
    return median(np.moveaxis(values, 0, -1))
