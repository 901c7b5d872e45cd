"""Calendar buckets (`.rollup(sum, daily, 6am, 'Europe/Berlin')`) and calendar shifts, in local time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from msgspec import Struct

from doghouse.metrics.model import Floats, Ints
from doghouse.queries.language.rollups import Calendar
from doghouse.time import zones
from doghouse.time.lengths import DAY, WEEK

NOMINAL = {"daily": DAY, "weekly": WEEK, "monthly": 30 * DAY}  # s; what an answer gives as its interval
QUARTER = 900  # s; every zone's offset since 1972 is a multiple, so that a quarter of an hour never lies across a bucket's edge


class CalendarBuckets(Struct, frozen=True):
    """The buckets of a calendar rollup. A bucket ends where the next begins.

    GUESS: days are local days, of 23 or 25 hours where the clocks change.
    """

    calendar: Calendar

    @property
    def interval(self) -> int:
        """The length that an answer names (s): 1, 7 or 30 days."""
        return NOMINAL[self.calendar.unit]

    def edges(self, start: int, end: int) -> Ints:
        """The starts of the buckets that touch [start, end), and the start of the one after (s)."""
        day = _first(self.calendar, zones.local(start, zones.zone(self.calendar.zone)).date() - timedelta(days=1))
        edges = [_instant(day, self.calendar)]
        while edges[-1] < end:
            day = _next(self.calendar, day)
            edges.append(_instant(day, self.calendar))
        # a day that the clocks skip as a whole has no bucket
        starts = [edge for edge, after in pairwise(edges) if after > max(start, edge)]
        return np.array([*starts, edges[-1]] if starts else edges[-1:], np.int64)

    def floor(self, ts: Ints) -> Ints:
        """The start of the bucket that holds each time."""
        if len(ts) == 0:
            return ts
        edges = self.edges(int(np.min(ts)), int(np.max(ts)) + 1)
        floored: Ints = edges[np.searchsorted(edges, ts, side="right") - 1]
        return floored

    def widths(self, starts: Ints) -> Floats:
        """The lengths of the buckets that start there (s)."""
        if len(starts) == 0:
            return np.empty(0)
        edges = self.edges(int(np.min(starts)), int(np.max(starts)) + 1)
        return (edges[np.searchsorted(edges, starts, side="right")] - starts).astype(np.float64)


def _first(calendar: Calendar, day: date) -> date:
    """The last day on or before `day` on which a bucket begins."""
    if calendar.unit == "weekly":
        return day - timedelta(days=(day.weekday() - calendar.start) % 7)
    if calendar.unit == "monthly":
        this = day.replace(day=calendar.start)
        return this if this <= day else (day.replace(day=1) - timedelta(days=1)).replace(day=calendar.start)
    return day


def _next(calendar: Calendar, day: date) -> date:
    if calendar.unit == "weekly":
        return day + timedelta(days=7)
    if calendar.unit == "monthly":
        return (day.replace(day=1) + timedelta(days=32)).replace(day=calendar.start)
    return day + timedelta(days=1)


@lru_cache(maxsize=8192)
def _instant(day: date, calendar: Calendar) -> int:
    """When the bucket that begins on this day begins (s UTC)."""
    hour = calendar.start if calendar.unit == "daily" else 0
    return int(zones.instant(datetime.combine(day, time(hour)), zones.zone(calendar.zone)))


def shifted(instant: int, months: int, days: int, zone: str) -> int:
    """The same local time so many months and days earlier (both 0 or more), seconds UTC. A day that the month lacks is its last."""
    here = zones.zone(zone)
    local = zones.local(instant, here)
    day = local.date()
    count = max(day.year * 12 + day.month - 1 - months, 24)  # not before the year 2: dates begin with the year 1
    year, month = divmod(count, 12)
    first = date(year, month + 1, 1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    target = first.replace(day=min(day.day, last.day)) - timedelta(days=days)
    return int(zones.instant(datetime.combine(target, local.time()), here))


def offsets(ts: Ints, zone: str) -> Ints:
    """How far the zone's clocks are ahead of UTC at each time (s UTC), in s."""
    quarters, place = np.unique(ts // QUARTER, return_inverse=True)
    here = zones.zone(zone)
    ahead = np.array([_offset(quarter, here) for quarter in quarters.tolist()], np.int64)
    return ahead[place] if len(ts) else ts


@lru_cache(maxsize=65_536)
def _offset(quarter: int, zone: ZoneInfo) -> int:
    """`zones.offset` in a quarter of an hour since 1970; kept, as the windows of a monitor's ticks share nearly all of theirs."""
    return zones.offset(quarter * QUARTER, zone)
