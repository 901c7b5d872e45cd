"""Lengths of time as monitors write them: `last_5m`, `current_1d`, `30m_ago`, `last_1mo`."""

from __future__ import annotations

import re

from doghouse.queries.language.tree import TimeWindow
from doghouse.time import lengths
from doghouse.time.lengths import DAY, HOUR

MONTH = 730 * HOUR  # monitors/types/metric: the longest window is one month (730 h)
LONGEST = 36_525 * DAY  # a hundred years: no number of seconds in a query is larger
UNITS = {**lengths.UNITS, "mo": MONTH}

# calendar_shift: dashboards/functions/timeshift allows negative ones alone.
SHIFT = re.compile(r"-([0-9]{1,4})(mo|d|w)")
_LENGTH = r"([1-9][0-9]{0,6})(mo|s|m|h|d|w)"
_LAST = re.compile(f"last_{_LENGTH}")
_WINDOW = re.compile(f"(?:last|next)_{_LENGTH}")
_AGO = re.compile(f"{_LENGTH}_ago")
_CURRENT = {"current_1h": HOUR, "current_1d": DAY, "current_1mo": MONTH}


class SpanError(ValueError):
    """A length of time that is not one, in one sentence."""


def monitor_window(text: str) -> TimeWindow:
    """`last_5m`, `current_1d`, a forecast monitor's `next_1w`. Raises SpanError.

    The last are 1 minute to 1 month (730 h), as monitors/types/metric says; the API's schema stops at a week.
    """
    if text in _CURRENT:
        return TimeWindow(text, _CURRENT[text], cumulative=True)
    match = _WINDOW.fullmatch(text)
    if match is None or match[2] == "s":
        raise SpanError(
            f"'{text}' is no window: it is last_5m, last_4h, last_1d, last_1w, last_1mo or current_1h, current_1d, current_1mo"
        )
    seconds = int(match[1]) * UNITS[match[2]]
    if text.startswith("next_"):
        return TimeWindow(text, seconds, ahead=True)
    if seconds > MONTH:
        raise SpanError(f"'{text}' is longer than a month (730 h), the longest window of a metric monitor")
    return TimeWindow(text, seconds)


def shift_seconds(text: str) -> int:
    """`last_30m` or `30m_ago`: how far back a change monitor compares (s). Raises SpanError."""
    match = _LAST.fullmatch(text) or _AGO.fullmatch(text)
    if match is None or match[2] == "s":
        raise SpanError(f"'{text}' is no shift: it is last_30m or 30m_ago, 1h_ago, 1d_ago")
    return int(match[1]) * UNITS[match[2]]


def whole_seconds(value: float) -> int:
    """A number of seconds as functions and modifiers take it, negative ones too. Raises SpanError."""
    if value != int(value):
        raise SpanError(f"takes whole seconds; {value:g} given")
    if abs(value) > LONGEST:
        raise SpanError(f"takes at most {LONGEST} seconds (a hundred years); {value:g} given")
    return int(value)


def positive_seconds(value: float) -> int:
    """A length in whole seconds. Raises SpanError."""
    if value < 1 or value != int(value):
        raise SpanError(f"takes whole seconds, 1 or more; {value:g} given")
    return whole_seconds(value)


def length_seconds(text: str) -> int:
    """`15m`, `last_15m`, `60`: a length as functions take it (s). Raises SpanError."""
    match = re.fullmatch(rf"(?:last_)?{_LENGTH}", text)
    if match is None and not re.fullmatch(r"[1-9][0-9]{0,8}", text):
        raise SpanError(f"'{text}' is no length of time: it is 15m, 4h, 1d or seconds")
    seconds = int(match[1]) * UNITS[match[2]] if match else int(text)
    if seconds > MONTH:
        raise SpanError(f"'{text}' is longer than a month (730 h)")
    return seconds
