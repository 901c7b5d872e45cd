"""When a downtime silences: its recurrences as windows of time. Pure; local wall times in, instants out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DURATION = re.compile(r"(\d+)([mhdw])")
UNIT_S = {"m": 60, "h": 3600, "d": 86400, "w": 604800}
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """From `start` to before `end`, both with a zone."""

    start: datetime
    end: datetime


def duration(text: str) -> timedelta:
    """`14h`, `90m`, `1d`, `2w` as a length of time: absolute, also over a change of the clocks. Raises ValueError."""
    match = DURATION.fullmatch(text)
    if not match:
        raise ValueError(f"'{text}' is not a number with m, h, d or w, such as 14h")
    return timedelta(seconds=int(match[1]) * UNIT_S[match[2]])


def rule_parts(rrule: str) -> dict[str, frozenset[str]]:
    """A rule as its parts, so that two ways to write one rule are equal: `FREQ=WEEKLY;BYDAY=SA,SU`."""
    parts = {}
    for part in rrule.upper().removeprefix("RRULE:").split(";"):
        name, _, value = part.partition("=")
        parts[name] = frozenset(value.split(","))
    if parts.get("INTERVAL") == frozenset({"1"}):
        del parts["INTERVAL"]
    return parts


def windows(schedule: Mapping[str, Any], since: datetime, until: datetime) -> list[Window]:
    """The windows of a recurring schedule that touch [since, until), sorted; each in the schedule's zone."""
    zone = ZoneInfo(schedule.get("timezone") or "UTC")
    found = []
    for recurrence in schedule["recurrences"]:
        length = duration(recurrence["duration"])
        for start in _starts(recurrence, zone, since - length, until):
            end = (start.astimezone(UTC) + length).astimezone(zone)
            if start < until and end > since:
                found.append(Window(start, end))
    return sorted(found)


def next_window(schedule: Mapping[str, Any], now: datetime) -> Window | None:
    """The window that holds now, or the first one after it, with those that follow without a gap joined on."""
    coming = windows(schedule, now, now + 5 * WEEK)
    if not coming:
        return None
    joined = coming[0]
    for window in coming[1:]:
        if window.start > joined.end:
            break
        joined = Window(joined.start, max(joined.end, window.end))
    return joined


def anchored(recurrence: Mapping[str, Any], timezone: str, now: datetime) -> dict[str, Any]:
    """The recurrence with `start` at the occurrence that holds now, or the next one.

    A start in the past is not always accepted on create (datadog-sync-cli#664), so it lies there only where the present is to be covered.
    """
    zone = ZoneInfo(timezone)
    length = duration(recurrence["duration"])
    for start in _starts(recurrence, zone, now - length, now + 60 * WEEK):
        if start.astimezone(UTC) + length > now:
            return {**recurrence, "start": start.replace(tzinfo=None).isoformat()}
    return dict(recurrence)


def in_the_words_of(held: Mapping[str, Any], wanted: Mapping[str, Any], timezone: str, now: datetime) -> dict[str, Any]:
    """`wanted` with each field written as in `held` where that means the same: a rule's parts in another order, `24h` and `1d`, a start
    weeks ago that leads to the same windows from now on."""
    told = dict(wanted)
    try:
        if rule_parts(wanted["rrule"]) == rule_parts(held["rrule"]):
            told["rrule"] = held["rrule"]
        if duration(wanted["duration"]) == duration(held["duration"]):
            told["duration"] = held["duration"]
        moved = {**wanted, "start": held["start"]}
        coming = [windows({"timezone": timezone, "recurrences": [one]}, now, now + 3 * WEEK) for one in (wanted, moved)]
        if coming[0] == coming[1]:
            told["start"] = held["start"]
    except (KeyError, TypeError, ValueError):
        return told
    return told


def _starts(recurrence: Mapping[str, Any], zone: ZoneInfo, since: datetime, until: datetime) -> list[datetime]:
    """The occurrences' starts in [since, until], as wall times of `zone`; one that the clocks skip moves forward."""
    from dateutil.rrule import rrulestr

    first = datetime.fromisoformat(recurrence["start"])
    rule = rrulestr(recurrence["rrule"], dtstart=first)
    day = timedelta(days=1)  # the zone's offset, and more
    since_wall = since.astimezone(zone).replace(tzinfo=None) - day
    until_wall = until.astimezone(zone).replace(tzinfo=None) + day
    starts = [
        wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
        for wall in rule.between(since_wall, until_wall, inc=True)
    ]
    return [start for start in starts if since <= start <= until]
