"""Functions of each value by itself (dashboards/functions/arithmetic, exclusion), and running sums."""

from __future__ import annotations

import numpy as np

from doghouse.metrics.model import Floats
from doghouse.queries.frames import Bools, Frame, along_values


def absolute(frame: Frame) -> Frame:
    """|v|."""
    return frame.with_values(np.abs(frame.values))


def log2(frame: Frame) -> Frame:
    """Logarithm to base 2. GUESS: null for 0 and below."""
    return frame.with_values(_logarithm(frame.values) / np.log(2))


def log10(frame: Frame) -> Frame:
    """Logarithm to base 10. GUESS: null for 0 and below."""
    with np.errstate(all="ignore"):
        return frame.with_values(np.where(frame.values > 0, np.log10(frame.values), np.nan))


def _logarithm(values: Floats) -> Floats:
    with np.errstate(all="ignore"):
        return np.where(values > 0, np.log(values), np.nan)


def clamp_min(frame: Frame, limit: float) -> Frame:
    """Values below the limit become the limit, and so do nulls (the page says so)."""
    return frame.with_values(np.where(frame.points, np.fmax(frame.values, limit), np.nan))


def clamp_max(frame: Frame, limit: float) -> Frame:
    """Values above the limit become the limit, and so do nulls (the page says so)."""
    return frame.with_values(np.where(frame.points, np.fmin(frame.values, limit), np.nan))


def cutoff_min(frame: Frame, limit: float) -> Frame:
    """Values below the limit become null; the limit itself stays."""
    with np.errstate(invalid="ignore"):
        return frame.with_values(np.where(frame.values < limit, np.nan, frame.values))


def cutoff_max(frame: Frame, limit: float) -> Frame:
    """Values above the limit become null; the limit itself stays."""
    with np.errstate(invalid="ignore"):
        return frame.with_values(np.where(frame.values > limit, np.nan, frame.values))


def is_greater(frame: Frame, limit: float) -> Frame:
    """1 where a value is greater than the limit, else 0 (metrics/nested_queries). GUESS: null stays null."""
    return _flags(frame, frame.values > limit)


def is_less(frame: Frame, limit: float) -> Frame:
    """1 where a value is less than the limit, else 0."""
    return _flags(frame, frame.values < limit)


def is_between(frame: Frame, lower: float, upper: float) -> Frame:
    """1 where a value is between the limits, neither included, else 0."""
    return _flags(frame, (frame.values > lower) & (frame.values < upper))


def _flags(frame: Frame, true: Bools) -> Frame:
    return frame.with_values(np.where(np.isnan(frame.values), np.nan, true.astype(np.float64)), counts=False)


def throughput(frame: Frame) -> Frame:
    """Each value divided by the seconds of its bucket."""
    return frame.with_values(frame.values / frame.widths(), counts=False)


def cumsum(frame: Frame) -> Frame:
    """The running sum over the window. GUESS: a null adds 0."""
    return frame.with_values(np.where(frame.points, np.nancumsum(frame.values, axis=1), np.nan), counts=False)


def integral(frame: Frame) -> Frame:
    """The running sum of seconds since the point before times value, 0 at the first point.

    GUESS: the page's words, time delta times value delta, cannot be meant: their sum is no integral.
    """
    return frame.with_values(along_values(frame.values, frame.ts, _integral), counts=False)


def _integral(values: Floats, times: Floats) -> Floats:
    steps = np.zeros_like(values)
    steps[:, 1:] = np.diff(times, axis=1) * values[:, 1:]
    return np.cumsum(steps, axis=1)
