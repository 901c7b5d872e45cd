"""What follows from a metric monitor's query: its windows, how often it is evaluated, its text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import numpy as np
from msgspec import Struct

from doghouse.metrics.model import Floats, Ints
from doghouse.monitors.model import MonitorError, Options
from doghouse.queries import Expression, MonitorQuery, function_names, metric_queries
from doghouse.queries.language.printing import number_text
from doghouse.queries.language.tree import Change, TimeWindow
from doghouse.time import zones
from doghouse.time.lengths import DAY, HOUR, MINUTE

# Buckets of `require_full_window` by the window's unit (monitors/types/metric): at least one point in the first, at most three empty.
FULL_BUCKETS_S = {"m": MINUTE, "h": 10 * MINUTE, "d": HOUR, "w": HOUR, "mo": 4 * HOUR}
MAY_MISS = 3


class Windows(Struct, frozen=True, eq=False):
    """The windows [start, end) of some ticks (s UTC, one entry a tick). With an evaluation delay, ticks are later than ends."""

    ticks: Ints
    starts: Ints
    ends: Ints

    @property
    def late(self) -> int:
        """How long after a window's end there are points at its tick (s): the last bucket that begins in it holds them."""
        return max(int(self.ticks[0] - self.ends[0]), 0) if len(self.ticks) else 0

    def last_point(self, interval: int) -> int:
        """Before when the points lie that buckets of this length hold (s UTC)."""
        end = int(self.ends[-1])
        return min(-(-end // interval) * interval, end + self.late)


def fills_missing(expression: Expression) -> bool:
    """Whether missing data is always evaluated as 0, because of a default_zero() (monitors/configuration, since August 2026)."""
    return "default_zero" in function_names(expression)


def is_count_query(query: MonitorQuery) -> bool:
    """Whether missing data counts as 0 by default. GUESS: any `.as_count()`, or a sum or count over time or space (monitors/guide/on_missing_data)."""
    spatial = any(
        (metric_query.aggregator or "").partition("(")[0] in ("sum", "count")
        for metric_query in metric_queries(query.expression)
    )
    counts = query.aggregator in ("sum", "count") or spatial or "as_count" in function_names(query.expression)
    return counts or fills_missing(query.expression)


class Windowed(Protocol):
    """A monitor's query: whatever it asks, it asks it of a window."""

    @property
    def window(self) -> TimeWindow:
        """The window."""


def frequency(query: Windowed) -> int:
    """How often the monitor is evaluated (s): by its window (monitors/configuration). GUESS: cumulative windows by their longest span."""
    window = query.window
    if window.cumulative:
        return {HOUR: MINUTE, DAY: 10 * MINUTE}.get(window.seconds, 30 * MINUTE)
    if window.seconds < DAY:
        return MINUTE
    return 10 * MINUTE if window.seconds < 2 * DAY else 30 * MINUTE


def windows(options: Options, query: Windowed, ticks: Ints) -> Windows:
    """The windows that these ticks look at: the evaluation delay before the tick, back to the window's length or its calendar start."""
    ends = ticks - (options.evaluation_delay or 0)
    if not query.window.cumulative:
        return Windows(ticks, ends - query.window.seconds, ends)
    begin = _beginning(query.window.text, options.scheduling_options or {})
    return Windows(ticks, np.array([begin(end) for end in ends.tolist()], np.int64), ends)


def evaluation_window(settings: Mapping[str, Any]) -> tuple[ZoneInfo, int, int, int, int]:
    """`scheduling_options.evaluation_window`: zone, hour and minute at which days start, minute of hours, day of months (the API's schema: only the first).

    Raises MonitorError.
    """
    place = "options.scheduling_options.evaluation_window"
    if not isinstance(settings, Mapping):
        raise MonitorError(place, f"'{settings}' is no object")
    name = str(settings.get("timezone") or "UTC")
    try:
        zone = zones.zone(name)
    except zones.UnknownZone as error:
        raise MonitorError(f"{place}.timezone", str(error)) from None
    day = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", str(settings.get("day_starts") or "00:00"))
    if day is None:
        raise MonitorError(f"{place}.day_starts", f"'{settings['day_starts']}' is no time of day, as 04:00 is")
    hour, month = settings.get("hour_starts") or 0, settings.get("month_starts") or 1
    if type(hour) is not int or not 0 <= hour <= 59:
        raise MonitorError(f"{place}.hour_starts", f"'{hour}' is no minute from 0 to 59")
    if type(month) is not int or not 1 <= month <= 28:
        raise MonitorError(f"{place}.month_starts", f"'{month}' is no day that every month has, from 1 to 28")
    return zone, int(day[1]), int(day[2]), hour, month


def _beginning(text: str, scheduling: Any) -> Callable[[int], int]:
    """When the running hour, day or month began, for an end: by `scheduling_options.evaluation_window`. At its very start it is the whole one before.

    Hours have 60 minutes; days and months begin at a local time, also where the clocks change (`doghouse.time.zones`).
    """
    settings = scheduling.get("evaluation_window") or {}
    zone, hours, minutes, hour_starts, month_starts = evaluation_window(settings)
    starts = time(hours, minutes)

    @lru_cache(maxsize=4096)
    def begin(end: int) -> int:
        last = zones.local(end - 1, zone)
        if text == "current_1h":
            return end - 1 - (last.minute - hour_starts) % 60 * MINUTE - last.second
        days = [last.date() - timedelta(days=back) for back in range(3)]  # the clocks may skip a whole day
        if text == "current_1mo":
            first = last.date().replace(day=month_starts)
            days = [first, (first.replace(day=1) - timedelta(days=1)).replace(day=month_starts)]
        begins = (int(zones.instant(datetime.combine(day, starts), zone)) for day in days)
        return next(begun for begun in begins if begun < end)

    return begin


def query_text(query: MonitorQuery) -> str:
    """A metric monitor's query as text, for people and for the API."""
    head = f"{query.aggregator}({query.window.text})"
    if query.change is not None:
        head = f"{'pct_change' if query.change.percent else 'change'}({head},{query.change.text})"
    threshold = "threshold" if query.threshold is None else number_text(query.threshold)
    return f"{head}:{query.text} {query.comparator} {threshold}"


def full_bucket(query: MonitorQuery) -> int:
    """The length (s) of the buckets in which a full window must have points."""
    unit = re.sub(r"(last|current)_[0-9]+", "", query.window.text)
    return FULL_BUCKETS_S[unit]


def difference(change: Change | None, now: Floats, then: Floats) -> Floats:
    """What a change monitor compares: now - then, or that in percent of then (nothing where then is 0)."""
    if change is None or not change.percent:
        return now - then
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(then == 0, np.nan, (now - then) / then * 100)
