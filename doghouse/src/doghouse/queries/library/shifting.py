"""Values of earlier calendar days, weeks or months (dashboards/functions/timeshift)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from doghouse.metrics.model import Ints
from doghouse.queries.calendars import QUARTER, shifted
from doghouse.queries.frames import Frame
from doghouse.queries.scene import Scene
from doghouse.queries.spans import SHIFT
from doghouse.time.lengths import HOUR


def months_and_days(text: str) -> tuple[int, int]:
    """`-1mo` → (1, 0), `-2w` → (0, 14). The parser has checked the form."""
    match = SHIFT.fullmatch(text)
    assert match is not None
    count = int(match[1])
    return (count, 0) if match[2] == "mo" else (0, count * (7 if match[2] == "w" else 1))


def calendar_shift(evaluate: Callable[[Scene], Frame], scene: Scene, text: str, zone: str) -> Frame:
    """The value of each bucket is that of the bucket which holds the same local time so much earlier; `evaluate` gives those of a window."""
    months, days = months_and_days(text)

    def earlier(instant: int) -> int:
        return shifted(instant, months, days, zone)

    start, end = _reach(scene.start, scene.end, earlier)
    if (
        scene.start - start
    ) % scene.interval:  # the clocks were changed in between: the first bucket asked for may begin a little before
        start -= scene.interval
    frame = evaluate(scene.between(start, end))
    buckets = scene.buckets(frame.interval, frame.calendar)
    if not frame.groups or len(buckets) == 0:
        return replace(frame, ts=buckets[:0], values=frame.values[:0, :0], points=frame.points[:0, :0], groups=())
    asked = np.array([earlier(int(bucket)) for bucket in buckets], np.int64)
    asked = asked // frame.interval * frame.interval if frame.calendar is None else frame.calendar.floor(asked)
    return _taken(frame, buckets, asked)


def _reach(start: int, end: int, earlier: Callable[[int], int]) -> tuple[int, int]:
    """The first and the last time (s) that any time in [start, end) is read from, for clocks that change by an hour at most.

    Where they change, a later time may be read from an earlier one, so that the two ends alone do not tell. They change at whole quarters.
    """
    first = start // QUARTER * QUARTER
    begins = [start, *range(first + QUARTER, min(start + HOUR, end - 1) + 1, QUARTER)]
    last = [max(quarter, start) for quarter in range(max(end - HOUR, first) // QUARTER * QUARTER, end, QUARTER)]
    ends = [earlier(at) + min(at // QUARTER * QUARTER + QUARTER, end) - at for at in last]
    return min(map(earlier, begins)), max(ends, default=earlier(end))


def _taken(frame: Frame, buckets: Ints, asked: Ints) -> Frame:
    """The frame's values at `asked`, put at `buckets`; buckets without any are left out."""
    place = np.minimum(np.searchsorted(frame.ts, asked), len(frame.ts) - 1)
    found = frame.ts[place] == asked
    moved = frame.columns(place[found])
    return replace(moved, ts=buckets[found])
