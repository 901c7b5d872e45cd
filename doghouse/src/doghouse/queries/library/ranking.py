"""Which groups are shown, and in which order (dashboards/functions/rank, exclusion); how many there are (count)."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np

from doghouse.metrics.model import Floats
from doghouse.queries.frames import Frame
from doghouse.queries.grouping import NOT_AVAILABLE


def top(frame: Frame, count: int, by: str, order: str) -> Frame:
    """The first `count` groups ranked by max, mean, min, sum, last, l2norm or area of their values, in that order; ties as their tags sort."""
    scores = score(frame, by)
    keys = -scores if order == "desc" else scores
    ranked = np.argsort(np.where(np.isnan(keys), np.inf, keys), kind="stable")
    return replace(frame.rows(ranked[:count]), ranked=True)


def score(frame: Frame, by: str) -> Floats:
    """One number a group, NaN where it has no values. `area` is signed. GUESS: it is the sum of value times the bucket's seconds."""
    values = frame.values
    if values.shape[1] == 0:
        return np.full(len(values), np.nan)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)  # numpy warns of rows without values; their score is NaN
        scores: Floats
        match by:
            case "max":
                scores = np.nanmax(values, axis=1)
            case "min":
                scores = np.nanmin(values, axis=1)
            case "mean":
                scores = np.nanmean(values, axis=1)
            case "last":
                scores = _last(values)
            case "l2norm":
                scores = np.sqrt(np.nansum(values * values, axis=1))
            case "area":
                scores = np.nansum(values * frame.widths(), axis=1)
            case _:
                scores = np.nansum(values, axis=1)
    return np.where(np.isnan(values).all(axis=1), np.nan, scores)


def _last(values: Floats) -> Floats:
    real = ~np.isnan(values)
    column = values.shape[1] - 1 - np.argmax(real[:, ::-1], axis=1)
    last: Floats = values[np.arange(len(values)), column]
    return last


def exclude_null(frame: Frame) -> Frame:
    """Without the groups that have N/A as the value of any tag."""
    return frame.rows([row for row, group in enumerate(frame.groups) if NOT_AVAILABLE not in dict(group).values()])


def count_nonzero(frame: Frame) -> Frame:
    """How many groups have a value other than 0: one series."""
    return _counted(frame, ~np.isnan(frame.values) & (frame.values != 0))


def count_not_null(frame: Frame) -> Frame:
    """How many groups have a value: one series."""
    return _counted(frame, ~np.isnan(frame.values))


def _counted(frame: Frame, wanted: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Frame:
    if not frame.groups:
        return frame
    values = wanted.sum(axis=0, dtype=np.float64)[None, :]
    return replace(
        frame, values=values, points=np.ones(values.shape, np.bool_), groups=((),), counts=False, ranked=False
    )
