"""The SQL that reads points: from where, which of two values of a second, in which shape. See `points` for the tables.

A rollup of whole hours reads a row an hour where compaction made one, and points elsewhere: at the range's ends, among what arrived since, and on late days.
"""

from __future__ import annotations

from msgspec import Struct

from doghouse.metrics.model import Rollup, TimeAggregator
from doghouse.metrics.store.lateness import DAY_S

HOUR_S = 3600
FEW_SECONDS = 20 * 86400  # of a series, or of several together: at a point each 15 s some 100,000 rows
FEW_HOURS = 1_000_000
# For each aggregator: the value to take of an hour's row, and how values and counts make one.
AGGREGATES: dict[TimeAggregator, tuple[str, str]] = {
    "avg": ("sum", "sum(value) / sum(n)"),
    "sum": ("sum", "sum(value)"),
    "min": ("min", "min(value)"),
    "max": ("max", "max(value)"),
    "count": ("n", "sum(n)::DOUBLE"),
    "last": ("last", "arg_max(value, ts)"),
}


class Extent(Struct, frozen=True):
    """Where points may be: every one in `arrived` has ts >= arrived_from, in `points` ts < points_until (s); `any_late`: some days may be late.

    It is wide enough for every state of the tables that a query can meet while it holds.
    """

    arrived_from: int
    points_until: int
    any_late: bool


class Selection(Struct, frozen=True):
    """Series from `lowest` to `highest`, or those of them in the table `batch`, with start <= ts < end (s)."""

    lowest: int
    highest: int
    every: bool
    start: int
    end: int
    count: int = 0  # of series

    def where(self, start: int | None = None, end: int | None = None, column: str = "ts") -> str:
        """The condition for a table's rows, perhaps with another range."""
        start, end = self.start if start is None else start, self.end if end is None else end
        return f"{column} >= {start} AND {column} < {end} AND {self.series()}"

    def series(self) -> str:
        """The condition for the series."""
        some = "" if self.every else " AND series IN (SELECT series FROM batch)"
        return f"series BETWEEN {self.lowest} AND {self.highest}{some}"

    def late_days(self) -> str:
        """The late days (series, day) that the selection touches."""
        days = f"day BETWEEN {self.start // DAY_S} AND {(self.end - 1) // DAY_S}"
        return f"SELECT DISTINCT series, day FROM late WHERE {days} AND {self.series()}"


def points_query(of: Selection, rollup: Rollup | None, extent: Extent) -> str:
    """The query for the selected points, or for one value a bucket and series."""
    if rollup is None:
        return f"SELECT series, ts, value FROM ({_points(of, extent)}) ORDER BY series, ts"
    value, combined = AGGREGATES[rollup.aggregator]
    bucket = f"(ts // {rollup.interval} * {rollup.interval})::BIGINT"
    first, last = -(-of.start // HOUR_S) * HOUR_S, of.end // HOUR_S * HOUR_S
    if rollup.interval % HOUR_S or first >= last or of.start >= extent.points_until:
        source = f"SELECT series, ts, value, 1 AS n FROM ({_points(of, extent)})"
    else:
        hours = (
            f"SELECT series, hour AS ts, {value}::DOUBLE AS value, n FROM hours WHERE {of.where(first, last, 'hour')}"
        )
        clause = (
            f"SELECT series, ts, value, 1 AS n FROM ({_points(of, extent, f' AND (ts < {first} OR ts >= {last})')})"
        )
        source = f"{_without_late(hours, of, extent)} UNION ALL {clause}"
    return f"SELECT series, {bucket} AS ts, {combined} AS value FROM ({source}) GROUP BY ALL ORDER BY ALL"


def row_queries(of: Selection, rollup: Rollup, extent: Extent) -> list[str]:
    """Queries for rows that together make the rollup, where those are few and no day is late; none where DuckDB had better make it.

    A row's `n` is how many points it stands for. The queries must see the same moment.
    """
    first, last = -(-of.start // HOUR_S) * HOUR_S, of.end // HOUR_S * HOUR_S
    if extent.any_late:
        return []
    if of.count * (of.end - of.start) <= FEW_SECONDS:
        return [f"SELECT series, ts, value, 1 AS n FROM ({_stored(of, extent)})"]
    if rollup.interval % HOUR_S or first >= last or of.end > extent.arrived_from:
        return []
    if of.count * (last - first) > FEW_HOURS * HOUR_S:
        return []
    value = AGGREGATES[rollup.aggregator][0]
    hours = f"SELECT series, hour AS ts, {value} AS value, n FROM hours WHERE {of.where(first, last, 'hour')}"
    ends = [(of.start, first)] * (of.start < first) + [(last, of.end)] * (last < of.end)
    return [hours, *(f"SELECT series, ts, value, 1 AS n FROM points WHERE {of.where(*end)}" for end in ends)]


def _points(of: Selection, extent: Extent, of_ordered: str = "") -> str:
    """The selected points, one a second and series. `of_ordered` leaves some out of those in order, but not of late days."""
    plain = _stored(of, extent, of_ordered)
    if not extent.any_late:
        return plain
    return f"{_without_late(plain, of, extent)} UNION ALL BY NAME {_resolved(_stored(of, extent), of)}"


def _stored(of: Selection, extent: Extent, of_ordered: str = "") -> str:
    """The selected rows of both tables, as far as they can hold any; of one second there may be several."""
    ordered = f"SELECT series, ts, value, 0 AS row FROM points WHERE {of.where()}{of_ordered}"
    arrived = f"SELECT series, ts, value, row FROM arrived WHERE {of.where()}"
    parts = [ordered] * (of.start < extent.points_until) + [arrived] * (of.end > extent.arrived_from)
    return " UNION ALL ".join(parts or [f"{ordered} AND false"])


def _without_late(source: str, of: Selection, extent: Extent) -> str:
    """The rows of a source that are not of late days."""
    if not extent.any_late:
        return source
    return (
        f"SELECT * EXCLUDE (day) FROM (SELECT *, ts // {DAY_S} AS day FROM ({source}))"
        f" ANTI JOIN ({of.late_days()}) AS late_days USING (series, day)"
    )


def _resolved(source: str, of: Selection) -> str:
    """The points of a source on late days, each second with the value that came last."""
    return (
        f"SELECT series, ts, arg_max(value, row) AS value FROM (SELECT *, ts // {DAY_S} AS day FROM ({source}))"
        f" SEMI JOIN ({of.late_days()}) AS late_days USING (series, day) GROUP BY series, ts"
    )
