"""Corrections: stretches of time that an SLO does not count (service_level_objectives, SLO status corrections).

GUESS: a correction covers start <= t < end, and several that overlap cover their union.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doghouse import downtimes as dt
from doghouse.metrics.model import Ints
from doghouse.time import zones

CATEGORIES = ("Scheduled Maintenance", "Outside Business Hours", "Deployment", "Other")  # the schema
PARTS = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY")  # of an rrule: the schema


class Correction(Struct, frozen=True):
    """From `start` to `end` (s UTC); with an `rrule` it comes again, on the clocks of a time zone, for `duration` seconds each time."""

    start: int
    end: int | None
    rrule: str | None = None
    duration: int | None = None
    timezone: str = "UTC"

    def stretches(self, start: int, end: int) -> Iterator[tuple[float, float]]:
        """What it covers that touches [start, end) (s UTC)."""
        if self.rrule is None:
            stretches = [(float(self.start), float(self.start if self.end is None else self.end))]
        else:
            duration = self.duration or 0
            wall = zones.local(self.start, zones.zone(self.timezone))
            schedule = dt.Recurring(self.timezone, (dt.Recurrence(wall, duration, self.rrule),))
            stretches = [
                (occurrence.start, occurrence.end) for occurrence in dt.occurrences(schedule, start - duration, end)
            ]
        return (stretch for stretch in stretches if stretch[1] > start and stretch[0] < end)


def covered(corrections: Iterable[Correction], times: Ints) -> NDArray[np.bool_]:
    """Which of these times (s UTC, ascending) lie in a correction."""
    inside = np.zeros(len(times), np.bool_)
    if len(times):
        for correction in corrections:
            for start, end in correction.stretches(int(times[0]), int(times[-1]) + 1):
                inside |= (times >= start) & (times < end)
    return inside


def shown(corrections: Sequence[Correction], start: int, end: int) -> list[dict[str, str]]:
    """The stretches as an answer lists them (GUESS: the form; the recorded answer has none)."""
    pairs = sorted(pair for correction in corrections for pair in correction.stretches(start, end))
    return [{"start": _text(low), "end": _text(high)} for low, high in pairs]


def _text(when: float) -> str:
    return datetime.fromtimestamp(when, UTC).isoformat(timespec="seconds")
