"""When a downtime is active: recurrences on local clocks, as stretches of UTC."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from doghouse.downtimes import rrule
from doghouse.downtimes.model import Downtime, OneTime, Recurrence, Recurring
from doghouse.time.lengths import DAY
from doghouse.time.zones import instant, local

YEAR_S = 366 * DAY
LOOK_AHEAD_YEARS = (1, 5, 30)  # how far the next occurrence is looked for
AHEAD_S = LOOK_AHEAD_YEARS[-1] * YEAR_S
KEPT_S = 7 * DAY  # for no longer are stretches kept
LONGEST_S = 10 * YEAR_S  # occurrences that overlap without end are one stretch of at least so much (s)
OVERLAPPED_S = 30 * YEAR_S  # what has overlapped for so long (s) has done so since its start
# How far the last occurrence is looked for; after 400 years every date falls on the same weekday again.
LOOK_BACK_YEARS = (1, 5, 30, 400)


class Stretch(Struct, frozen=True):
    """A stretch of time [start, end), s UTC; `end` is infinity where it has none. `ended_by` is how it ends: `expired`, or `canceled` before its time."""

    start: float
    end: float
    ended_by: str = "expired"


def stretches(downtime: Downtime, start: float, end: float) -> list[Stretch]:
    """Every stretch of the downtime that touches [start, end], in order, in full length. Strictly overlapping ones are one; touching ones are two."""
    cut = (_cut(stretch, downtime.canceled) for stretch in _planned(downtime.schedule, start, end))
    return [stretch for stretch in cut if stretch is not None and stretch.end >= start and stretch.start <= end]


def _planned(schedule: OneTime | Recurring, start: float, end: float) -> list[Stretch]:
    """The stretches as they were planned, cancellation aside."""
    if isinstance(schedule, OneTime):
        return [Stretch(schedule.start, schedule.end)]
    if end - start > KEPT_S:
        return _recurring(schedule, start, end)
    planned = _of_days(schedule, start // DAY * DAY, -(-end // DAY) * DAY)
    return [stretch for stretch in planned if stretch.end >= start and stretch.start <= end]


@lru_cache(maxsize=16384)
def _of_days(schedule: Recurring, start: float, end: float) -> list[Stretch]:
    """The stretches that touch whole days: every minute asks for them again, and a rule takes some 4 ms to be worked out."""
    return _recurring(schedule, start, end)


def _cut(stretch: Stretch, canceled: float | None) -> Stretch | None:
    """The stretch as far as a cancellation lets it be."""
    if canceled is None or stretch.end <= canceled:
        return stretch
    return replace(stretch, end=canceled, ended_by="canceled") if stretch.start < canceled else None


def _recurring(schedule: Recurring, start: float, end: float) -> list[Stretch]:
    """The merged stretches of all recurrences that touch [start, end]. What is looked at grows until the first and the last of them are whole."""
    longest = max(recurrence.duration for recurrence in schedule.recurrences)
    begins, limit = _begins(schedule), end + LONGEST_S
    earliest = start - longest - OVERLAPPED_S
    low, high = start - longest, end
    while True:
        merged = merge(_occurrences(schedule, low, high))
        touching = [stretch for stretch in merged if stretch.end >= start and stretch.start <= end]
        if not touching:
            return []
        whole_before = low <= max(begins, touching[0].start - longest)
        whole_after = high >= min(limit, touching[-1].end)
        if whole_after and whole_before:
            return touching
        if whole_after and low <= earliest:
            return [replace(touching[0], start=min(_first(schedule), touching[0].start)), *touching[1:]]
        step = high - low + longest
        low = low if whole_before else max(touching[0].start - longest - step, earliest)
        high = high if whole_after else min(touching[-1].end + step, limit)


def _first(schedule: Recurring) -> float:
    """When the first occurrence begins (s UTC); infinity where none does for long."""
    begins = _begins(schedule)
    return min((start for start, _ in _occurrences(schedule, begins, begins + AHEAD_S)), default=math.inf)


def _begins(schedule: Recurring) -> float:
    """No occurrence starts before (s UTC)."""
    zone = ZoneInfo(schedule.timezone)
    return min(instant(recurrence.start, zone) for recurrence in schedule.recurrences)


def occurrences(schedule: Recurring, start: float, end: float) -> list[Stretch]:
    """Each occurrence that begins in [start, end] (s UTC), by its start: those that overlap stay by themselves."""
    return [Stretch(*pair) for pair in _occurrences(schedule, start, end)]


def _occurrences(schedule: Recurring, low: float, high: float) -> list[tuple[float, float]]:
    """The occurrences of all recurrences that start in [low, high]: start and end, s UTC, by start."""
    zone = ZoneInfo(schedule.timezone)
    return sorted(
        pair for recurrence in schedule.recurrences for pair in _of(recurrence, schedule.timezone, zone, low, high)
    )


def _of(recurrence: Recurrence, name: str, zone: ZoneInfo, low: float, high: float) -> Iterator[tuple[float, float]]:
    """One recurrence's occurrences. GUESS: a duration is absolute time, days and weeks too (a day is 24 hours on the night of a DST change)."""
    first, last = local(low, zone) - timedelta(days=1), local(high, zone) + timedelta(days=1)
    for wall in rrule.occurrences(recurrence.rrule, recurrence.start, name, first, last):
        start = instant(wall, zone)
        if low <= start <= high:
            yield start, start + recurrence.duration


def merge(occurrences: Iterable[tuple[float, float]]) -> list[Stretch]:
    """Occurrences (by start) as stretches: those that strictly overlap are one, those that only touch are not.

    Recorded: the Terraform provider's TestAccDowntimeScheduleBasicRecurring.
    """
    merged: list[Stretch] = []
    for start, end in occurrences:
        if merged and start < merged[-1].end:
            merged[-1] = Stretch(merged[-1].start, max(merged[-1].end, end))
        else:
            merged.append(Stretch(start, end))
    return merged


def status(downtime: Downtime, now: float) -> str:
    """`scheduled`, `active`, `ended` or `canceled` at `now` (s UTC). A recurring one is scheduled between its occurrences."""
    if downtime.canceled is not None and downtime.canceled <= now:
        return "canceled"
    if _at(downtime, now) is not None:
        return "active"
    return "ended" if _next(downtime, now) is None else "scheduled"


def idle(downtime: Downtime) -> list[int]:
    """The places of its recurrences that never occur, as on the 30th of February: not once in the 30 years from their start."""
    if not isinstance(schedule := downtime.schedule, Recurring):
        return []
    alone = [
        replace(downtime, schedule=replace(schedule, recurrences=(recurrence,))) for recurrence in schedule.recurrences
    ]
    return [place for place, single in enumerate(alone) if _next(single, _begins(schedule) - 1) is None]


def current(downtime: Downtime, now: float) -> Stretch | None:
    """`current_downtime`: the running stretch, else the next, else (ended or canceled) the last one."""
    canceled = downtime.canceled is not None and downtime.canceled <= now
    stretch = None if canceled else _at(downtime, now) or _next(downtime, now)
    return stretch or _last(downtime, now)


def _at(downtime: Downtime, now: float) -> Stretch | None:
    return next((stretch for stretch in stretches(downtime, now, now) if stretch.start <= now < stretch.end), None)


def _next(downtime: Downtime, now: float) -> Stretch | None:
    """The first stretch after `now`: a rule may come round once in some years, or begin long after."""
    recurs = isinstance(downtime.schedule, Recurring)
    begins = max(now, _begins(downtime.schedule)) if isinstance(downtime.schedule, Recurring) else now
    for years in LOOK_AHEAD_YEARS if recurs else (LOOK_AHEAD_YEARS[-1],):
        later = (stretch for stretch in stretches(downtime, now, begins + years * YEAR_S) if stretch.start > now)
        if (upcoming := next(later, None)) is not None:
            return upcoming
    return None


def _last(downtime: Downtime, now: float) -> Stretch | None:
    """The last stretch up to `now`; of one that was canceled before its first, that one as it was planned."""
    schedule = downtime.schedule
    if isinstance(schedule, OneTime):
        begins = end = schedule.start
    else:
        begins, end = _begins(schedule), min(_last_start(schedule, now), now)
    for years in LOOK_BACK_YEARS if begins <= now else ():
        start = max(end - years * YEAR_S, begins)
        begun = [stretch for stretch in stretches(downtime, start, max(start, end)) if stretch.start <= now]
        if begun:
            return begun[-1]
    return _next(replace(downtime, canceled=None), now)


def _last_start(schedule: Recurring, now: float) -> float:
    """Between this time and `now` (s UTC) none of the recurrences begins, for all of them have come to their end."""
    zone = ZoneInfo(schedule.timezone)
    moment = local(now, zone)
    lasts = (
        rrule.last_by(recurrence.rrule, recurrence.start, schedule.timezone, moment)
        for recurrence in schedule.recurrences
    )
    return instant(max(lasts), zone)
