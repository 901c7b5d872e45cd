"""What is asked of a query beside its text, and what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from doghouse.queries.options import DASHBOARD, Options

if TYPE_CHECKING:
    from doghouse.metrics.model import Floats, Ints

LATEST_S = 50_000_000_000  # the year 3554; a time beyond, before 1970 too, is surely one in milliseconds
NOT_AVAILABLE = "N/A"  # dashboards/functions/exclusion: the value of a tag that a series does not have
MAX_POINTS = 1500  # Datadog raises a custom rollup's interval beyond this many points (functions/rollup)


class Window(Struct, frozen=True):
    """The range of time that is asked for: buckets that start in [start, end), made of points in [start, end) (s UTC).

    `known`: until when there are points at all (s UTC). The last bucket then holds those behind `end` too, as monitors have it (monitors/guide/
    monitor-arithmetic-and-sparse-metrics); None: it is cut at `end`, as in graphs.

    `interval` is the length of a bucket (s) where the query has no `.rollup` of its own; None takes Datadog's default for the span (`default_interval`).
    `max_points` raises the interval of a `.rollup` that would give more; None honours it always, as monitors do. `options` are the guesses.
    """

    start: int
    end: int
    interval: int | None = None
    max_points: int | None = MAX_POINTS
    options: Options = DASHBOARD
    known: int | None = None

    @property
    def span(self) -> int:
        """The window's length (s)."""
        return self.end - self.start


class ResultSeries(Struct, frozen=True, eq=False):
    """One line of an answer: `values[i]` belongs to the bucket that starts at `ts[i]` (s UTC, ascending), NaN where there is no value.

    Buckets without any data are absent, not NaN, unless a function or arithmetic made them.

    `group`: the (key, value) pairs of `by`, in the query's order; `N/A` for a tag that is missing. `tag_set`: the same as sorted tags.
    `scope`: the filter's and the group's tags, sorted (`*` where there are none). `expression`: the query's text with that scope.
    `aggregator`: the space aggregator as written, None where there is none. `bounds`: the lower and upper bound that anomalies() gives.
    `approximate`: names the function whose numbers are our own reading of an unpublished algorithm.
    `counts`: a bucket that is absent means 0 to arithmetic (as_count, as_rate).
    """

    metric: str
    expression: str
    scope: str
    group: tuple[tuple[str, str], ...]
    tag_set: tuple[str, ...]
    aggregator: str | None
    interval: int
    ts: Ints
    values: Floats
    bounds: tuple[Floats, Floats] | None = None
    approximate: str | None = None
    counts: bool = False
