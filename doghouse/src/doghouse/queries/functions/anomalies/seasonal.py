"""'agile' and 'robust': what is expected is what the same time was in the seasons before (monitors/types/anomaly).

Datadog says of 'agile' that it is a robust version of SARIMA which takes in the immediate past, and of 'robust' that it decomposes into season and trend.
GUESS, and named an approximation in every answer: it is done with medians, so that what was anomalous before moves them little. Of each of the six days or
weeks, or twelve hours, before:

- robust: the value at the same time, moved along the trend, which is the median slope between what these seasons had around that time;
- agile: the value at the same time, moved by how far the immediate past is from what was just before that time.

The expected value is the median of these, smoothed. The spread is the median of how far the values themselves were from it, looked at around that time
(agile: before it), times 1.4826; bounds are so many spreads. Agile's is never less than a 100th of the expected value: its documentation shows that it
minds a series' scale. What the bands are worth is measured (docs/fidelity-anomalies.md, which also says why statsmodels is not used).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from doghouse.queries.functions.anomalies.medians import MAD_TO_SIGMA, SAMPLES, across, sliding
from doghouse.queries.functions.anomalies.seasons import Reach, seasons
from doghouse.queries.functions.anomalies.settings import LEAST_SEASONS, Settings
from doghouse.queries.functions.later import np

if TYPE_CHECKING:
    from doghouse.metrics.model import Floats
    from doghouse.queries.evaluation.context import Context
    from doghouse.queries.evaluation.frames import Frame
    from doghouse.queries.functions.application import Application

LEAST_SHARE = 0.01  # GUESS: of the expected value agile's spread is never less
MOST_CELLS = 5_000_000  # of samples looked at in one step: 40 MB


def banded(applied: Application, context: Context, settings: Settings) -> Frame:
    """The query's frame with its band; without one where fewer than three seasons have values."""
    seen = seasons(applied, context, settings)
    rows, length, reach = len(seen.frame.groups), len(seen.frame.ts), seen.reach
    lower, upper = np.full((rows, length), np.nan), np.full((rows, length), np.nan)
    margin = seen.first + reach.after
    room = MOST_CELLS // (len(seen.values) * SAMPLES)
    height = max(1, room // (length + margin))
    width = max(margin, room // height, 1)
    for row in range(0, rows, height):
        for left in range(0, length, width):
            there = slice(row, row + height), slice(left, left + width)
            part = seen.values[:, there[0], left : left + width + margin]
            shown = slice(seen.first, seen.first + len(seen.frame.ts[there[1]]))
            low, high = band(part, reach, settings)
            lower[there], upper[there] = low[:, shown], high[:, shown]
    return replace(seen.frame, bounds=(lower, upper))


def band(values: Floats, reach: Reach, settings: Settings) -> tuple[Floats, Floats]:
    """The lower and upper bound of each column, from values as `Seasons` has them. At the edges, where less is looked at, they are others."""
    agile = settings.algorithm == "agile"
    moved = _by_the_immediate_past(values, reach) if agile else _along_the_trend(values[1:], reach)
    smooth, own = sliding(values[1:], -reach.near, reach.near) + moved, values[1:] + moved
    expected = across(smooth)
    away = across(np.abs(own - expected))
    spread = MAD_TO_SIGMA * (
        sliding(away, -2 * reach.around, 0) if agile else sliding(away, -reach.around, reach.around)
    )
    if agile:
        spread = np.maximum(spread, LEAST_SHARE * np.abs(expected))
    enough = np.count_nonzero(~np.isnan(smooth), axis=0) >= LEAST_SEASONS
    expected = np.where(enough, expected, np.nan)
    return expected - settings.bounds * spread, expected + settings.bounds * spread


def _by_the_immediate_past(values: Floats, reach: Reach) -> Floats:
    """How far what was just before now is from what was just before the same time in each season before."""
    return sliding(values[0] - values[1:], -reach.recent, -1)


def _along_the_trend(past: Floats, reach: Reach) -> Floats:
    """How far the trend through the seasons before has moved each of them by now."""
    around = sliding(past, -reach.around, reach.around)
    later, sooner = np.triu_indices(len(past), 1)
    slope = across((around[later] - around[sooner]) / (sooner - later)[:, None, None])
    moved: Floats = np.arange(1, len(past) + 1)[:, None, None] * slope
    return moved
