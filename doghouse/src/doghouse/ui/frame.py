"""The range of time that a page shows, as its URL has it: `from_ts` and `to_ts` (ms) and `live`, as Datadog's own links do."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from doghouse.dashboards.vocabulary import CALENDAR_SPANS
from doghouse.time import lengths

UNIT_S = {**lengths.UNITS, "mo": 30 * lengths.DAY, "y": 365 * lengths.DAY}
WORDS = {"s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week", "mo": "month", "y": "year"}
SPANS = ("1m", "5m", "10m", "15m", "30m", "1h", "4h", "1d", "2d", "1w", "1mo", "3mo", "6mo", "1y")  # WidgetLiveSpan
TO_DATE = {"week_to_date": "weekly", "month_to_date": "monthly"}
DEFAULT_SPAN_S = 3600  # Datadog opens a timeboard on the past hour
SHORTEST_S = 1
LONGEST_S = 20 * UNIT_S["y"]  # a longer range is cut to its end; js/time/ranges.mjs knows it too
LAST = calendar.timegm((9999, 12, 31, 0, 0, 0))  # the last day that has a date
MOST_OF_A_UNIT = 120  # '90 minutes', but not '899 seconds'


class Frame(Struct, frozen=True):
    """[start, end) in seconds UTC. A live frame ends now and slides; one that is not stands still."""

    start: int
    end: int
    live: bool

    @property
    def span(self) -> int:
        """The frame's length (s)."""
        return self.end - self.start

    @property
    def words(self) -> str:
        """The frame for people: 'the past 5 minutes', or its two ends in UTC."""
        if self.live:
            return f"the past {duration_words(self.span)}"
        return f"{utc(self.start)} to {utc(self.end)} UTC"

    @property
    def document(self) -> dict[str, Any]:
        """The frame as pages' scripts are told it."""
        return {"from": self.start, "to": self.end, "live": self.live}

    def query(self) -> dict[str, str]:
        """The frame as a URL has it."""
        return {"from_ts": str(self.start * 1000), "to_ts": str(self.end * 1000), "live": str(self.live).lower()}


def from_url(params: Mapping[str, str], now: float, default_span: int = DEFAULT_SPAN_S) -> Frame:
    """The frame that a URL asks for; what is missing or makes no sense gives the default, live.

    A live one keeps the length that its two ends have and ends now (GUESS: how Datadog slides a link that is live).
    """
    start, end = instant(params.get("from_ts")), instant(params.get("to_ts"))
    live = params.get("live", "true") != "false"
    if start is None or end is None or end - start < SHORTEST_S or not 0 < end <= LAST:
        return past(default_span, now)
    return past(end - start, now) if live else still(start, end)


def instant(text: str | None) -> int | None:
    """A URL's milliseconds as seconds; None where it is no such number."""
    return int(text) // 1000 if text and re.fullmatch(r"-?[0-9]{1,15}", text) else None


def since(params: Mapping[str, str]) -> int | None:
    """`since` (s UTC): from when on buckets are wanted; None for all of them."""
    text = params.get("since", "")
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else None


def past(span: int, now: float) -> Frame:
    """The live frame of `span` seconds. It ends a second after now, so that a point of this very second is in it."""
    end = int(now) + 1
    return Frame(end - min(max(span, SHORTEST_S), LONGEST_S), end, True)


def still(start: int, end: int) -> Frame:
    """A frame that stands still, at least SHORTEST_S and at most LONGEST_S long, between 1970 and LAST."""
    end = min(max(end, start + SHORTEST_S, SHORTEST_S), LAST)
    return Frame(min(max(start, end - LONGEST_S, 0), end - SHORTEST_S), end, False)


def of_widget(time: Mapping[str, Any] | None, page: Frame, now: float) -> Frame | None:
    """A widget's own frame (WidgetTime, all three forms), or None where it follows the page.

    A page that stands still holds every widget still: what was zoomed into is seen on all graphs (GUESS: Datadog leaves such widgets alone).
    """
    if not time or not page.live:
        return None
    if time.get("type") == "fixed":
        return fixed(time)
    if time.get("type") == "live":
        return past(int(time["value"]) * unit_seconds(str(time.get("unit", "minute"))), now)
    if time.get("type") in CALENDAR_SPANS:
        return of_calendar(time["type"], int(time.get("offset") or 0), now)
    span = str(time.get("live_span") or "")
    if span in TO_DATE:
        return of_calendar(TO_DATE[span], 0, now)
    seconds = span_seconds(span)
    return past(seconds, now) if seconds else None


def fixed(time: Mapping[str, Any]) -> Frame:
    """`{"type": "fixed", "from", "to"}`: in seconds, or in milliseconds as the schema's example is."""
    start, end = (int(value) // (1000 if int(value) > 10**11 else 1) for value in (time["from"], time["to"]))
    return still(start, end)


def of_calendar(unit: str, offset: int, now: float) -> Frame:
    """The running day, week (from Sunday, GUESS) or month so far, in UTC; with an offset the whole one that many before it."""
    today = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    back = min(offset, LONGEST_S // lengths.DAY)
    if unit == "monthly":
        month = max(today.year * 12 + today.month - 1 - back, 1970 * 12)
        first, following = (
            today.replace(year=number // 12, month=number % 12 + 1, day=1) for number in (month, month + 1)
        )
    else:
        days = 7 if unit == "weekly" else 1
        first = today - timedelta(days=(today.weekday() + 1) % days + back * days)
        following = first + timedelta(days=days)
    start = calendar.timegm(first.timetuple())
    if offset:
        return still(start, calendar.timegm(following.timetuple()))
    return Frame(start, max(int(now) + 1, start + SHORTEST_S), True)


def unit_seconds(unit: str) -> int:
    """`minute` → 60."""
    return next((UNIT_S[short] for short, word in WORDS.items() if word == unit), 60)


def span_seconds(text: str) -> int | None:
    """`5m` → 300; None where it is no span."""
    return lengths.seconds(text.strip(), UNIT_S) or None


def duration_words(seconds: int) -> str:
    """`300` → '5 minutes', `3600` → 'hour', `5400` → '1 hour 30 minutes'; 'past' goes before it."""
    for short in ("y", "mo", "w", "d", "h", "m", "s"):
        count, remainder = divmod(seconds, UNIT_S[short])
        if 0 < count <= MOST_OF_A_UNIT and not remainder:
            return WORDS[short] if count == 1 else f"{count} {WORDS[short]}s"
    return " ".join(_parts(seconds)[:2])


def short_duration(seconds: int) -> str:
    """`3600` → '1 h', `5400` → '90 min', `45` → '45 s'."""
    for size, name in ((UNIT_S["d"], "d"), (UNIT_S["h"], "h"), (UNIT_S["m"], "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {name}"
    return f"{seconds} s"


def _parts(seconds: int) -> list[str]:
    parts = []
    for short in ("d", "h", "m", "s"):
        count, seconds = divmod(seconds, UNIT_S[short])
        if count:
            parts.append(f"{count} {WORDS[short]}{'s' if count > 1 else ''}")
    return parts


def ago(seconds: float) -> str:
    """How long ago, for people: '12 min ago'."""
    for short, name in (("d", "d"), ("h", "h"), ("m", "min")):
        if seconds >= UNIT_S[short]:
            return f"{int(seconds // UNIT_S[short])} {name} ago"
    return f"{max(0, int(seconds))} s ago"


def utc(ts: float) -> str:
    """A time as `2026-03-02 10:05:00`, in UTC."""
    return f"{datetime.fromtimestamp(ts, UTC):%Y-%m-%d %H:%M:%S}"
