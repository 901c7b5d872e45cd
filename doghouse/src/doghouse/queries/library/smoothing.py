"""Averages over neighbouring points (dashboards/functions/smoothing, rollup, regression). Nulls are left out and stay null."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from doghouse.metrics.model import Floats, Ints
from doghouse.queries.frames import Frame, along_values
from doghouse.queries.library.nesting import summary


def ewma(frame: Frame, span: int) -> Frame:
    """The exponentially weighted average. GUESS: alpha = 2 / (span + 1), beginning with the first value."""
    kept = 1 - 2 / (span + 1)

    def work(values: Floats, _: Floats) -> Floats:
        summed = values * (1 - kept)
        summed[:, :1] = values[:, :1]
        step, weight = 1, kept
        while step < values.shape[1] and weight > 0:  # after k rounds each cell holds its last 2**k values, weighted
            summed[:, step:] = summed[:, step:] + weight * summed[:, :-step]
            step, weight = step * 2, weight * weight
        return summed

    return frame.with_values(along_values(frame.values, frame.ts, work), counts=False)


def median(frame: Frame, span: int) -> Frame:
    """The median of the last `span` points. GUESS: of fewer at the beginning."""
    return _trailing(frame, span, np.nanmedian)


def rolling_average(frame: Frame, span: int) -> Frame:
    """The mean of the last `span` points. GUESS: behind the point and not around it, of fewer at the beginning."""
    return _trailing(frame, span, np.nanmean)


def _trailing(frame: Frame, span: int, reduce: Callable[..., Floats]) -> Frame:
    def work(values: Floats, _: Floats) -> Floats:
        padded = np.concatenate([np.full((len(values), span - 1), np.nan), values], axis=1)
        windows = np.lib.stride_tricks.sliding_window_view(padded, span, axis=1)
        result = np.full_like(values, np.nan)
        wanted = ~np.isnan(values)
        if wanted.any():
            result[wanted] = reduce(windows[wanted], axis=1)
        return result

    return frame.with_values(along_values(frame.values, frame.ts, work), counts=False)


def moving_rollup(frame: Frame, seconds: int, method: str) -> Frame:
    """At each point of t, the points of the last `seconds` as one. GUESS: those in (t - seconds, t], nulls left out."""
    count = len(frame.ts)
    if count == 0:
        return frame
    first = np.searchsorted(frame.ts, frame.ts - seconds, side="right")
    edges = np.stack([first, np.arange(count) + 1], axis=1).ravel()
    real = ~np.isnan(frame.values)
    counts = _over(np.add, real.astype(np.float64), edges)
    values: Floats
    match method:
        case "min":
            values = _over(np.fmin, frame.values, edges)
        case "max":
            values = _over(np.fmax, frame.values, edges)
        case "count":
            values = counts
        case "sum" | "avg":
            values = _over(np.add, np.where(real, frame.values, 0.0), edges)
            if method == "avg":
                values = values / np.maximum(counts, 1)
        case _:
            windows = zip(first.tolist(), range(1, count + 1), strict=True)
            values = np.stack([summary(frame.values[:, low:high], method) for low, high in windows], axis=1)
    return frame.with_values(np.where(frame.points & (counts > 0), values, np.nan), counts=False)


def _over(function: np.ufunc, values: Floats, edges: Ints) -> Floats:
    """The function over the columns [edges[0], edges[1]), [edges[2], edges[3]), … of each row."""
    padded = np.concatenate([values, np.zeros((len(values), 1))], axis=1)  # reduceat wants every edge inside
    reduced: Floats = function.reduceat(padded, edges, axis=1)[:, ::2]
    return reduced


def trend_line(frame: Frame) -> Frame:
    """The least-squares line through each group's values."""

    def work(values: Floats, times: Floats) -> Floats:
        real = ~np.isnan(values)
        count = np.maximum(real.sum(axis=1, keepdims=True), 1)
        centre_x = np.where(real, times, 0).sum(axis=1, keepdims=True) / count
        centre_y = np.where(real, values, 0).sum(axis=1, keepdims=True) / count
        away = np.where(real, times - centre_x, 0.0)
        spread = (away * away).sum(axis=1, keepdims=True)
        slope = (away * np.where(real, values - centre_y, 0.0)).sum(axis=1, keepdims=True) / np.where(
            spread == 0, 1.0, spread
        )
        return centre_y + slope * away

    return frame.with_values(along_values(frame.values, frame.ts, work), counts=False)
