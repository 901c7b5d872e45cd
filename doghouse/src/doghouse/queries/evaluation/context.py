"""Where an expression is evaluated: the source, the window, the default bucket."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from doghouse.metrics.model import Ints, Source
from doghouse.queries.evaluation.calendars import CalendarBuckets
from doghouse.queries.language.rollups import default_interval
from doghouse.queries.model import Window
from doghouse.queries.options import Options


class Context(Struct, frozen=True):
    """A window, as the functions around a query have moved it.

    Buckets start in [start, end) (s); their points are read `shift` seconds later. `interval` is the default bucket and `span` the window's length
    as it was asked for, which no function changes. `known`: see `Window`. `nested`: the query stands inside arithmetic or a function.
    """

    source: Source
    start: int
    end: int
    interval: int
    span: int
    max_points: int | None
    options: Options
    known: int | None = None
    shift: int = 0
    nested: bool = False

    @classmethod
    def of(cls, source: Source, window: Window) -> Context:
        """The context of a window as it was asked for."""
        interval = window.interval or default_interval(window.span)
        return cls(
            source, window.start, window.end, interval, window.span, window.max_points, window.options, window.known
        )

    def inside(self) -> Context:
        """The same for what stands inside arithmetic or a function."""
        return self if self.nested else replace(self, nested=True)

    def shifted(self, seconds: int) -> Context:
        """The same for points `seconds` later (negative: earlier)."""
        return replace(self, shift=self.shift + seconds, nested=True)

    def between(self, start: int, end: int) -> Context:
        """The same with other buckets."""
        return replace(self, start=start, end=end, nested=True)

    def first_bucket(self, interval: int, calendar: CalendarBuckets | None) -> int:
        """The first bucket that starts in the window (s): one that began before it is dropped, as in the recorded answers."""
        if calendar is None:
            return -(-self.start // interval) * interval
        edges = calendar.edges(self.start, self.end)
        later = edges[edges >= self.start]
        return int(later[0]) if len(later) else self.end

    def last_point(self, interval: int, calendar: CalendarBuckets | None) -> int:
        """Before when the points lie that the buckets hold (s): the end of the last one, as far as points are known."""
        if self.known is None:
            return self.end
        whole = int(calendar.edges(self.start, self.end)[-1]) if calendar else -(-self.end // interval) * interval
        return max(self.end, min(whole, self.known - self.shift))

    def buckets(self, interval: int, calendar: CalendarBuckets | None) -> Ints:
        """The starts of every bucket of the window, empty ones too. GUESS: one that starts at the window's end is not in it."""
        if calendar is None:
            return np.arange(self.first_bucket(interval, None), self.end, interval, dtype=np.int64)
        edges = calendar.edges(self.start, self.end)
        return edges[(edges >= self.start) & (edges < self.end)]
