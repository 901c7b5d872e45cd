"""What an anomaly monitor reduces: the share of points outside the band (monitors/types/anomaly)."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from doghouse.metrics.model import Floats, Rollup, Source
from doghouse.monitors.windows.columns import Bools
from doghouse.queries import MonitorQuery, ResultSeries, anomaly_settings, metric_queries
from doghouse.queries.language.spans import length_seconds
from doghouse.time.iso import seconds as iso_time
from doghouse.time.lengths import HOUR

ENOUGH_JUDGED = (
    0.5  # GUESS: with a band for fewer of the window's points nothing is said, as at the beginning of a metric
)


class Reading(Struct, frozen=True):
    """How an anomaly monitor looks at the band: from which side, over how much of the window's end (s), in which buckets (s; None: the default)."""

    direction: str
    alert_window: int
    recovery_window: int
    interval: int | None = None

    def fractions(self, series: ResultSeries, end: int) -> tuple[float, float]:
        """The share of points outside the band in the alert window and in the recovery window that end at `end`; NaN where that cannot be told."""
        if series.bounds is None:
            return math.nan, math.nan
        outside, there = self.outside(series.values, *series.bounds), ~np.isnan(series.values)
        return self._share(series, outside, there, end - self.alert_window), self._share(
            series, outside, there, end - self.recovery_window
        )

    def outside(self, values: Floats, lower: Floats, upper: Floats) -> Floats:
        """Whether each point is outside the band, as 1 and 0; NaN where there is no point or no band."""
        beyond = np.zeros(len(values), np.bool_)
        if self.direction in ("above", "both"):
            beyond |= values > upper
        if self.direction in ("below", "both"):
            beyond |= values < lower
        return np.where(np.isnan(values) | np.isnan(lower) | np.isnan(upper), np.nan, beyond)

    @staticmethod
    def _share(series: ResultSeries, outside: Floats, there: Bools, start: int) -> float:
        within = series.ts >= start
        judged = within & ~np.isnan(outside)
        enough = ENOUGH_JUDGED * np.count_nonzero(within & there) <= np.count_nonzero(judged)
        return float(np.mean(outside[judged])) if judged.any() and enough else math.nan


def reading(query: MonitorQuery, recovery: str | None) -> Reading | None:
    """How the query looks at its band; None for what is no anomaly monitor. `recovery` is `threshold_windows.recovery_window`, the alert window without."""
    settings = anomaly_settings(query.expression)
    if settings is None:
        return None
    window = settings.alert_window
    return Reading(settings.direction, window, length_seconds(recovery) if recovery else window, settings.interval)


def remarks(query: MonitorQuery, source: Source, start: int, end: int) -> Iterator[str]:
    """What a person should know of an anomaly monitor's evaluations in (start, end] (s UTC): that they are approximations; until when there is no band."""
    settings = anomaly_settings(query.expression)
    if settings is None:
        return
    yield settings.approximation
    first = _first_point(query, source, start - settings.history, end) if settings.history else None
    if first is not None and first + settings.history > start:
        until = iso_time(first + settings.history)
        seasons = f"'{settings.algorithm}' needs {settings.needs} of points before what it judges"
        yield f"{seasons}; they begin at {iso_time(first)} here, so it says nothing before {until}"


def _first_point(query: MonitorQuery, source: Source, start: int, end: int) -> int | None:
    """The hour of the first point that the query's metrics have from `start` to `end` (s UTC)."""
    ids = [
        series.id for metric_query in metric_queries(query.expression) for series in source.find(metric_query.metric)
    ]
    read = source.read(np.unique(np.array(ids, np.int64)), start, end, Rollup(HOUR, "last"))
    return max(int(np.min(read.ts)), start) if len(read) else None
