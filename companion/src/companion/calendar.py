"""The next seven days as a small table: which downtime silences when. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from companion.schedule import Window, next_window, windows

DAYS = 7
MINUTES = 24 * 60
SHADES = "░▒▓█"  # one for each downtime
NOTIFIED = "·"


def week(downtimes: Mapping[str, Mapping[str, Any]], timezone: str, now: datetime) -> list[str]:
    """Lines for a terminal: a column a day from today on, a row wherever a day changes, in `timezone`.

    `downtimes` are recurring schedules by a short name; where two cover the same time, the later one is shown.
    """
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=number) for number in range(DAYS)]
    since, until = _at(days[0], 0, zone), _at(days[-1] + timedelta(days=1), 0, zone)
    silences = {name: windows(schedule, since, until) for name, schedule in downtimes.items()}
    edges = _edges([window for listed in silences.values() for window in listed], zone)
    lines = [" " * 9 + "".join(f"{day:%a}"[:2] + "  " for day in days)]
    for start, end in pairwise(edges):
        cells = [_shade(silences, _at(day, (start + end) // 2, zone)) * 2 for day in days]
        lines.append(f"{_clock(start, end)}–{_clock(end, start):<6}" + "  ".join(cells))
    return _with_legend(lines, list(downtimes))


def when(schedule: Mapping[str, Any], now: datetime) -> str:
    """The window that holds now or comes next, in a person's words: `today 19:00 to tomorrow 09:00 Europe/Berlin`."""
    zone = ZoneInfo(schedule["timezone"])
    window = next_window(schedule, now)
    if window is None:
        return "never again"
    today = now.astimezone(zone).date()
    start, end = window.start.astimezone(zone), window.end.astimezone(zone)
    until = f"{_day(end.date(), today)} {end:%H:%M} {schedule['timezone']}"
    return f"now, until {until}" if window.start <= now else f"{_day(start.date(), today)} {start:%H:%M} to {until}"


def _day(day: date, today: date) -> str:
    names = {0: "today", 1: "tomorrow"}
    away = (day - today).days
    return names.get(away) or (f"{day:%a}" if away < DAYS else f"{day:%a %d %b}")


def _at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone) + timedelta(minutes=minute)  # wall time: the zone is applied afterwards


def _edges(listed: Sequence[Window], zone: ZoneInfo) -> list[int]:
    """The minutes of the day at which something begins or ends on any day."""
    instants = [instant.astimezone(zone) for window in listed for instant in (window.start, window.end)]
    return sorted({0, MINUTES, *(instant.hour * 60 + instant.minute for instant in instants)})


def _shade(silences: Mapping[str, Sequence[Window]], instant: datetime) -> str:
    covering = [
        number for number, spans in enumerate(silences.values()) if any(start <= instant < end for start, end in spans)
    ]
    return SHADES[covering[-1] % len(SHADES)] if covering else NOTIFIED


def _clock(minute: int, other: int) -> str:
    return f"{minute // 60:02}" if minute % 60 == 0 == other % 60 else f"{minute // 60:02}:{minute % 60:02}"


def _with_legend(lines: list[str], names: Sequence[str]) -> list[str]:
    shades = "   ".join(f"{SHADES[number % len(SHADES)]} {name}" for number, name in enumerate(names))
    legend = ["", shades, f"{NOTIFIED} you are notified"]
    return [f"{line:<40}{legend[number] if number < len(legend) else ''}".rstrip() for number, line in enumerate(lines)]
