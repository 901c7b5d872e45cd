"""Which buckets a query has: Datadog's default intervals, `.rollup()` with seconds or calendar units (dashboards/functions/rollup)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, cast

from msgspec import Struct

from doghouse.queries.language import tree
from doghouse.queries.language.names import ROLLUP_METHODS, unknown
from doghouse.queries.language.spans import SpanError, positive_seconds
from doghouse.time.lengths import DAY, WEEK
from doghouse.time.zones import is_zone

if TYPE_CHECKING:
    from doghouse.metrics.model import TimeAggregator

# The intervals (s) that reproduce every API cell of the documentation's table and the recorded answers; the smallest that gives fewer than 300 buckets.
LADDER = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
DEFAULT_POINTS = 300
# Bars have fewer and wider buckets: (longest span, interval), both s, by the documentation's table, whose last rows are a month, six months (a day each) and
# a year (a week). GUESS: calendar months are meant, which have up to 31 days, and six of them up to 184; the longest spans of the two rows are those.
BARS = (
    (60, 1),
    (300, 5),
    (900, 10),
    (1800, 30),
    (3600, 60),
    (14_400, 120),
    (86_400, 1200),
    (172_800, 1800),
    (604_800, 7200),
    (31 * DAY, 43_200),
    (184 * DAY, DAY),
)
LONGEST_BAR_S = WEEK

Unit = Literal["daily", "weekly", "monthly"]
UNITS = ("daily", "weekly", "monthly")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class RollupError(ValueError):
    """A `.rollup()` that is none, in one sentence, and which of its arguments is wrong."""

    def __init__(self, text: str, argument: int | None = None) -> None:
        super().__init__(text)
        self.argument = argument


class Calendar(Struct, frozen=True):
    """Calendar buckets: `start` is the hour of a day, the weekday (0: Monday) or the day of the month at which one begins, in the zone's local time."""

    unit: Unit
    start: int
    zone: str


class RollupSetting(Struct, frozen=True):
    """What `.rollup()` asks for; None leaves the default."""

    method: TimeAggregator | None
    interval: int | None
    calendar: Calendar | None = None


def default_interval(span: float, *, bars: bool = False) -> int:
    """The length of a bucket (s) that Datadog takes for a range of `span` seconds where the query says none; `bars`: in a bar graph."""
    if bars:
        return next((interval for longest, interval in BARS if span <= longest), LONGEST_BAR_S)
    return next((interval for interval in LADDER if span / interval < DEFAULT_POINTS), LADDER[-1])


def custom_interval(interval: int, span: float, max_points: int | None) -> int:
    """A `.rollup`'s own interval (s), raised where it would give more than `max_points` buckets.

    GUESS: raised to the next interval of the ladder; beyond the ladder to whole days.
    """
    if max_points is None or span / interval <= max_points:
        return interval
    for step in LADDER:
        if step > interval and span / step <= max_points:
            return step
    days = -(-span // (max_points * 86_400))
    return int(max(days, 1) * 86_400)


def rollup_setting(modifier: tree.Modifier) -> RollupSetting:
    """What a `.rollup()` asks for. Raises RollupError.

    GUESS: `.rollup(20)`, which the documentation has without a method, is an average.
    """
    arguments = modifier.arguments
    if not arguments:
        raise RollupError(".rollup() takes a method and seconds, as in .rollup(avg, 60)")
    if isinstance(arguments[0], tree.Number):
        if len(arguments) > 1:
            raise RollupError(".rollup() takes the method first, as in .rollup(avg, 60)", 0)
        return RollupSetting("avg", _seconds(arguments[0], 0))
    method = arguments[0].value.lower()
    if method not in ROLLUP_METHODS:
        raise RollupError(unknown("rollup method", method, ROLLUP_METHODS), 0)
    method = cast("TimeAggregator", method)
    if len(arguments) == 1:
        return RollupSetting(method, None)
    if isinstance(arguments[1], tree.Number):
        if len(arguments) > 2:
            raise RollupError(".rollup() takes nothing after the seconds", 2)
        return RollupSetting(method, _seconds(arguments[1], 1))
    return RollupSetting(method, None, _calendar(arguments))


def _seconds(argument: tree.Number, place: int) -> int:
    try:
        return positive_seconds(argument.value)
    except SpanError as error:
        raise RollupError(f".rollup() {error}", place) from None


def _calendar(arguments: tuple[tree.Argument, ...]) -> Calendar:
    """`daily, 6am, 'Europe/Berlin'`: the alignment and the zone may be left out (weeks begin on Sunday, the zone is UTC)."""
    unit = _text(arguments[1]).lower()
    if unit not in UNITS:
        raise RollupError(unknown("calendar unit", unit, UNITS) + "; or seconds", 1)
    options = list(enumerate(arguments[2:], start=2))
    zone = "UTC"
    if options and isinstance(options[-1][1], tree.Text) and is_zone(options[-1][1].value):
        zone = options.pop()[1].value  # type: ignore[assignment]  # a Text
    if len(options) > 1:
        place, last = options[-1]
        raise RollupError(f"'{_text(last)}' is no time zone of the IANA database, as 'Europe/Paris' is", place)
    unit = cast(Unit, unit)
    return Calendar(
        unit, _alignment(unit, *options[0]) if options else {"daily": 0, "weekly": 6, "monthly": 1}[unit], zone
    )


def _text(argument: tree.Argument) -> str:
    return f"{argument.value:g}" if isinstance(argument, tree.Number) else argument.value


def _alignment(unit: Unit, place: int, argument: tree.Argument) -> int:
    """Where a day, week or month begins. GUESS: the forms of a month's date (`1`, `1st`) are not documented; days 1 to 28."""
    text = _text(argument).lower()
    if unit == "weekly":
        if text not in DAYS:
            raise RollupError(unknown("day", text, DAYS), place)
        return DAYS.index(text)
    if unit == "monthly":
        match = re.fullmatch(r"([0-9]{1,2})(st|nd|rd|th)?", text)
        if match is None or not 1 <= int(match[1]) <= 28:
            raise RollupError(f"'{text}' is no day of the month from 1 to 28", place)
        return int(match[1])
    match = re.fullmatch(r"([0-9]{1,2})(am|pm)", text)
    if match is None or not 1 <= int(match[1]) <= 12:
        raise RollupError(f"'{text}' is no time of day, as 12am or 6pm is (nor a time zone)", place)
    return int(match[1]) % 12 + (12 if match[2] == "pm" else 0)
