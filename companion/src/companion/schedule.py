"""When a downtime silences: its recurrences as windows of time. Pure; local wall times in, instants out."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from doghouse.downtimes import Recurring

Recurrence = Mapping[str, Any]  # as a downtime's body has it: start, duration, rrule
WEEK = timedelta(days=7)


class Window(NamedTuple):
    """From `start` to before `end`, both with a zone."""

    start: datetime
    end: datetime


def windows(schedule: Mapping[str, Any], since: datetime, until: datetime) -> list[Window]:
    """The windows of a recurring schedule that touch [since, until), sorted; each in the schedule's zone. Raises ValueError."""
    from doghouse.downtimes import occurrences

    recurring = _recurring(schedule)
    zone = ZoneInfo(recurring.timezone)
    longest = max(recurrence.duration for recurrence in recurring.recurrences)
    stretches = occurrences(recurring, since.timestamp() - longest, until.timestamp())
    every = (Window(*(datetime.fromtimestamp(at, zone) for at in (span.start, span.end))) for span in stretches)
    return [window for window in every if window.start < until and window.end > since]


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


def anchored(recurrence: Recurrence, timezone: str, now: datetime) -> dict[str, Any]:
    """The recurrence with `start` at the occurrence that holds now, or the next one.

    A start in the past is not always accepted on create (datadog-sync-cli#664), so it lies there only where the present is to be covered.
    """
    coming = windows(_alone(recurrence, timezone), now, now + 60 * WEEK)
    return {**recurrence, **({"start": coming[0].start.replace(tzinfo=None).isoformat()} if coming else {})}


def in_the_words_of(actual: Recurrence, expected: Recurrence, timezone: str, now: datetime) -> dict[str, Any]:
    """`expected` with each field written as in `actual` where that means the same: a rule's parts in another order, `24h` and `1d`, a start
    weeks ago that leads to the same windows from now on."""
    from doghouse.downtimes import same_rule

    reworded = dict(expected)
    with contextlib.suppress(KeyError, TypeError, ValueError):
        if same_rule(expected["rrule"], actual["rrule"]):
            reworded["rrule"] = actual["rrule"]
        ours, theirs = (_recurring(_alone(rule, timezone)).recurrences[0] for rule in (expected, actual))
        if ours.duration == theirs.duration:
            reworded["duration"] = actual["duration"]
        moved = {**expected, "start": actual["start"]}
        ahead, moved_ahead = (windows(_alone(rule, timezone), now, now + 3 * WEEK) for rule in (expected, moved))
        if ahead == moved_ahead:
            reworded["start"] = actual["start"]
    return reworded


def _alone(recurrence: Recurrence, timezone: str) -> dict[str, Any]:
    return {"timezone": timezone, "recurrences": [recurrence]}


def _recurring(schedule: Mapping[str, Any]) -> Recurring:
    from doghouse.downtimes import Recurring, parse

    parsed = parse({"scope": "*", "schedule": schedule}, 0).schedule
    if not isinstance(parsed, Recurring):
        raise ValueError("the schedule has no recurrences")
    return parsed
