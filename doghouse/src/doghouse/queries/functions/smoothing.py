"""Averages over neighbouring points (dashboards/functions/smoothing). Nulls are left out and stay null."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from doghouse.queries.functions.later import frames, np
from doghouse.queries.functions.registry import Family, function

if TYPE_CHECKING:
    from doghouse.metrics.model import Floats
    from doghouse.queries.evaluation.frames import Frame

SMOOTHING = Family("smoothing", "dashboards/functions/smoothing")


@function(SMOOTHING, "ewma", "the same as ewma_20")
def ewma(frame: Frame, span: int = 20) -> Frame:
    """The exponentially weighted average. GUESS: alpha = 2 / (span + 1), beginning with the first value."""
    decay = 1 - 2 / (span + 1)

    def work(values: Floats, _: Floats) -> Floats:
        summed = values * (1 - decay)
        summed[:, :1] = values[:, :1]
        step, weight = 1, decay
        while step < values.shape[1] and weight > 0:  # after k rounds each cell holds its last 2**k values, weighted
            summed[:, step:] = summed[:, step:] + weight * summed[:, :-step]
            step, weight = step * 2, weight * weight
        return summed

    return frame.with_values(frames.along_values(frame.values, frame.ts, work), counts=False)


@function(SMOOTHING, "median", "the same as median_3")
def median(frame: Frame, span: int = 3) -> Frame:
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
        present = ~np.isnan(values)
        if present.any():
            result[present] = reduce(windows[present], axis=1)
        return result

    return frame.with_values(frames.along_values(frame.values, frame.ts, work), counts=False)


for _span in (1, 3, 5, 7, 10, 20):
    function(SMOOTHING, f"ewma_{_span}", f"exponential average over {_span} points")(partial(ewma, span=_span))
for _span in (3, 5, 7, 9):
    function(SMOOTHING, f"median_{_span}", f"median of the last {_span} points")(partial(median, span=_span))
for _span in (5, 13, 21, 29):
    function(SMOOTHING, f"rollingavg_{_span}", f"mean of the last {_span} points")(partial(rolling_average, span=_span))


@function(
    SMOOTHING,
    "autosmooth",
    "smoothing that chooses its span",
    partly="an approximation: Datadog's algorithm is inspired by ASAP, and this is ASAP",
    in_monitors=False,
)
def autosmooth(frame: Frame) -> Frame:
    """The moving average whose span leaves the values least rough and no less peaked: the search that ASAP (Rong and Bailis, 2017) makes quicker.

    All groups have the same span. GUESS: the shortest of those that suit each of them; at most a tenth of the points.
    """
    spans = [_smoothest(row[there]) for row in frame.values if (there := ~np.isnan(row)).any()]
    return rolling_average(frame, min(spans)) if spans else frame


def _smoothest(values: Floats) -> int:
    """The span that leaves the least rough of averages that are no less peaked than the values; 1: none."""
    best, least, peaked = 1, _roughness(values), _kurtosis(values)
    sums = np.append(0.0, np.cumsum(values - np.mean(values)))
    for span in range(2, len(values) // 10 + 1):
        averages = (sums[span:] - sums[:-span]) / span  # but for their level, which plays no part
        if (rough := _roughness(averages)) < least and _kurtosis(averages) >= peaked:
            best, least = span, rough
    return best


def _roughness(values: Floats) -> float:
    return float(np.std(np.diff(values))) if len(values) > 1 else 0.0


def _kurtosis(values: Floats) -> float:
    """How peaked a distribution is: its fourth moment over its variance squared; 0 of values that are all alike."""
    away = values - np.mean(values)
    variance = float(np.mean(away**2))
    return float(np.mean(away**4)) / variance**2 if variance > 0 else 0.0
