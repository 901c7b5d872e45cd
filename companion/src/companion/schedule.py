"""When a downtime silences: its recurrences as windows of time. Pure; local wall times in, instants out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from doghouse.downtimes import Recurring

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """From `start` to before `end`, both with a zone."""

    start: datetime
    end: datetime


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
    """The windows of a recurring schedule that touch [since, until), sorted; each in the schedule's zone. Raises ValueError."""
    recurring = _recurring(schedule)
    longest = timedelta(seconds=max(one.duration for one in recurring.recurrences))
    return [one for one in _windows(recurring, since - longest, until) if one.start < until and one.end > since]


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
    recurring = _recurring({"timezone": timezone, "recurrences": [recurrence]})
    length = timedelta(seconds=recurring.recurrences[0].duration)
    for window in _windows(recurring, now - length, now + 60 * WEEK):
        if window.end > now:
            return {**recurrence, "start": window.start.replace(tzinfo=None).isoformat()}
    return dict(recurrence)


def in_the_words_of(held: Mapping[str, Any], wanted: Mapping[str, Any], timezone: str, now: datetime) -> dict[str, Any]:
    """`wanted` with each field written as in `held` where that means the same: a rule's parts in another order, `24h` and `1d`, a start
    weeks ago that leads to the same windows from now on."""
    told = dict(wanted)
    try:
        if rule_parts(wanted["rrule"]) == rule_parts(held["rrule"]):
            told["rrule"] = held["rrule"]
        ours, theirs = (
            _recurring({"timezone": timezone, "recurrences": [one]}).recurrences[0] for one in (wanted, held)
        )
        if ours.duration == theirs.duration:
            told["duration"] = held["duration"]
        moved = {**wanted, "start": held["start"]}
        coming = [windows({"timezone": timezone, "recurrences": [one]}, now, now + 3 * WEEK) for one in (wanted, moved)]
        if coming[0] == coming[1]:
            told["start"] = held["start"]
    except (KeyError, TypeError, ValueError):
        return told
    return told


def _recurring(schedule: Mapping[str, Any]) -> Recurring:
    from doghouse.downtimes import Recurring, parse

    parsed = parse({"scope": "*", "schedule": schedule}, 0).schedule
    if not isinstance(parsed, Recurring):
        raise ValueError("the schedule has no recurrences")
    return parsed


def _windows(recurring: Recurring, since: datetime, until: datetime) -> list[Window]:
    """The windows that begin in [since, until], by their start."""
    from doghouse.downtimes import occurrences

    zone = ZoneInfo(recurring.timezone)
    stretches = occurrences(recurring, since.timestamp(), until.timestamp())
    return [Window(datetime.fromtimestamp(one.start, zone), datetime.fromtimestamp(one.end, zone)) for one in stretches]
