"""When a monitor with a custom schedule is evaluated: at the moments of its recurrences' rules (monitors/guide/custom_schedules).

GUESS: a rule without a `start` begins at 1970-01-01T00:00 of its zone; moments are cut to whole minutes; each BYMINUTE is taken in each hour of the rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
from msgspec import Struct

from doghouse.downtimes.rrule import RruleError, occurrences, parts
from doghouse.metrics.model import Ints
from doghouse.numbers import whole_number
from doghouse.time import zones
from doghouse.time.lengths import DAY, MINUTE

BEGINNING = datetime(1970, 1, 1)
UTC_ZONE = zones.zone("UTC")


class ScheduleError(ValueError):
    """What is wrong with a schedule, in one sentence."""


class Recurrence(Struct, frozen=True):
    """One rule, the local time at which it begins, and the name of its time zone. `minutes` are those of BYMINUTE."""

    rule: str
    start: datetime
    zone: str
    minutes: tuple[int, ...] = ()


def read(scheduling: Mapping[str, Any] | None) -> tuple[Recurrence, ...]:
    """The recurrences of `scheduling_options.custom_schedule`; none: it has no such schedule. Raises ScheduleError."""
    schedule = (scheduling or {}).get("custom_schedule")
    if not schedule:
        return ()
    recurrences = schedule.get("recurrences") if isinstance(schedule, Mapping) else None
    if not isinstance(recurrences, Sequence) or not all(isinstance(recurrence, Mapping) for recurrence in recurrences):
        raise ScheduleError("a custom schedule has a list of recurrences, each with an rrule")
    return tuple(map(_recurrence, recurrences))


def _recurrence(recurrence: Mapping[str, Any]) -> Recurrence:
    zone = str(recurrence.get("timezone") or "UTC")
    try:
        zones.zone(zone)
        start = datetime.fromisoformat(str(recurrence.get("start") or BEGINNING.isoformat())).replace(tzinfo=None)
        rule, minutes = _by_minutes(str(recurrence.get("rrule") or ""))
        parts(rule)
    except (zones.UnknownZone, RruleError, ValueError) as error:
        raise ScheduleError(str(error)) from None
    return Recurrence(rule, start, zone, minutes)


def _by_minutes(rule: str) -> tuple[str, tuple[int, ...]]:
    """The rule without BYMINUTE and BYSECOND, which no other rule of Datadog's may have, and the minutes."""
    rule_parts = [part.strip() for part in rule.split(";")]
    by_minute = [part.partition("=")[2] for part in rule_parts if part.upper().startswith("BYMINUTE=")]
    numbers = [whole_number(number.strip()) for part in by_minute for number in part.split(",")]
    minutes = {number for number in numbers if number is not None and number < 60}
    if len(minutes) < len(set(numbers)):
        raise ScheduleError(f"BYMINUTE={','.join(by_minute)} is no minute from 0 to 59")
    remaining = [part for part in rule_parts if not part.upper().startswith(("BYMINUTE=", "BYSECOND="))]
    return ";".join(remaining), tuple(sorted(minutes))


def ticks(recurrences: Sequence[Recurrence], start: int, end: int) -> Ints:
    """The moments in (start, end] (s UTC). Raises ScheduleError."""
    years = range(zones.local(start - DAY, UTC_ZONE).year, zones.local(end + DAY, UTC_ZONE).year + 1)
    every = [_moments(recurrence, year) for recurrence in recurrences for year in years]
    return np.unique(np.concatenate([moments[(moments > start) & (moments <= end)] for moments in every]))


@lru_cache(maxsize=1024)
def _moments(recurrence: Recurrence, year: int) -> Ints:
    """Every moment of a year of its clocks (s UTC)."""
    begin, zone = recurrence.start, zones.zone(recurrence.zone)
    hour = begin.replace(minute=0) if recurrence.minutes else begin
    try:
        local = occurrences(
            recurrence.rule, hour, recurrence.zone, datetime(year, 1, 1), datetime(year, 12, 31, 23, 59, 59)
        )
    except RruleError as error:
        raise ScheduleError(str(error)) from None
    minutes = recurrence.minutes or (begin.minute,)
    walls = (wall.replace(minute=minute, second=0) for wall in local for minute in minutes)
    moments = [int(zones.instant(wall, zone)) // MINUTE * MINUTE for wall in walls if wall >= begin.replace(second=0)]
    return np.array(moments, np.int64)
