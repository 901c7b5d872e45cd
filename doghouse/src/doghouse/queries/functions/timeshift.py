"""Values of an earlier time (dashboards/functions/timeshift): so many seconds, or calendar days, weeks or months, earlier."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from doghouse.queries.functions.arguments import QUERY, Parameter, seconds
from doghouse.queries.functions.later import calendars, np
from doghouse.queries.functions.registry import Family, function
from doghouse.queries.language.spans import SHIFT, whole_seconds
from doghouse.time.lengths import DAY, HOUR, WEEK
from doghouse.time.zones import is_zone

if TYPE_CHECKING:
    from doghouse.metrics.model import Ints
    from doghouse.queries.evaluation.arithmetic import Value
    from doghouse.queries.evaluation.frames import Frame
    from doghouse.queries.functions.application import Application

TIMESHIFT = Family("timeshift", "dashboards/functions/timeshift")
CALENDAR_SHIFT = "calendar_shift"


def _moved(by: int, applied: Application) -> Value:
    return applied.value(0, applied.context.shifted(by))


for _name, _what, _by in (
    ("hour_before", "an hour earlier", -HOUR),
    ("day_before", "a day earlier", -DAY),
    ("week_before", "a week earlier", -WEEK),
    ("month_before", "four weeks earlier", -4 * WEEK),  # the page: a month is 28 days
):
    function(TIMESHIFT, _name, _what, takes="call")(partial(_moved, _by))


@function(TIMESHIFT, "timeshift", "moved by seconds (negative: earlier)", (QUERY, seconds(whole_seconds)), takes="call")
def timeshift(applied: Application) -> Value:
    """The values of so many seconds later (negative: earlier)."""
    return _moved(int(applied.number(1)), applied)


def _check_shift(function: str, value: float | str) -> str | None:
    fits = SHIFT.fullmatch(str(value))
    return None if fits else f"'{value}' is no shift of {function}(): it is -1d, -7d, -2w or -1mo"


def _check_zone(_: str, value: float | str) -> str | None:
    return None if is_zone(str(value)) else f"'{value}' is no time zone of the IANA database, as 'Europe/Paris' is"


def months_and_days(text: str) -> tuple[int, int]:
    """`-1mo` → (1, 0), `-2w` → (0, 14). The parser has checked the form."""
    match = SHIFT.fullmatch(text)
    assert match is not None
    count = int(match[1])
    return (count, 0) if match[2] == "mo" else (0, count * (7 if match[2] == "w" else 1))


@function(
    TIMESHIFT,
    CALENDAR_SHIFT,
    "moved by calendar days, weeks or months",
    (
        QUERY,
        Parameter("shift", "text", check=_check_shift),
        Parameter("time zone", "text", optional=True, check=_check_zone),
    ),
    takes="call",
)
def calendar_shift(applied: Application) -> Frame:
    """The value of each bucket is that of the bucket which holds the same local time so much earlier."""
    context, zone = applied.context, applied.text(2, "UTC")
    months, days = months_and_days(applied.text(1, ""))

    def earlier(instant: int) -> int:
        return calendars.shifted(instant, months, days, zone)

    start, end = _reach(context.start, context.end, earlier)
    # the clocks were changed in between: the first bucket asked for may begin a little before
    if (context.start - start) % context.interval:
        start -= context.interval
    frame = applied.frame(context.between(start, end))
    buckets = context.buckets(frame.interval, frame.calendar)
    if not frame.groups or len(buckets) == 0:
        return frame.rows([]).columns(slice(0))
    asked = np.array([earlier(int(bucket)) for bucket in buckets], np.int64)
    asked = asked // frame.interval * frame.interval if frame.calendar is None else frame.calendar.floor(asked)
    return _shifted(frame, buckets, asked)


def _reach(start: int, end: int, earlier: Callable[[int], int]) -> tuple[int, int]:
    """The first and the last time (s) that any time in [start, end) is read from, for clocks that change by an hour at most.

    Where they change, a later time may be read from an earlier one, so that the two ends alone do not tell. They change at whole quarters.
    """
    quarter = calendars.QUARTER
    first = start // quarter * quarter
    begins = [start, *range(first + quarter, min(start + HOUR, end - 1) + 1, quarter)]
    last = [max(at, start) for at in range(max(end - HOUR, first) // quarter * quarter, end, quarter)]
    ends = [earlier(at) + min(at // quarter * quarter + quarter, end) - at for at in last]
    return min(map(earlier, begins)), max(ends, default=earlier(end))


def _shifted(frame: Frame, buckets: Ints, asked: Ints) -> Frame:
    """The frame's values at `asked`, put at `buckets`; buckets without any are left out."""
    place = np.minimum(np.searchsorted(frame.ts, asked), len(frame.ts) - 1)
    exact = frame.ts[place] == asked
    moved = frame.columns(place[exact])
    return replace(moved, ts=buckets[exact])
