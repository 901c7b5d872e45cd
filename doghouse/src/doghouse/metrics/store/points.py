"""The points on disk: a DuckDB file.

`arrived` holds points as they came, `row` saying in which order. `points` holds them sorted by (series, ts), each second of a series once,
and `hours` a row for each hour of them: compaction moves them there.
`late` names the series and UTC days in which a second can have two values; the one with the higher row is the one that counts.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace

from doghouse.metrics.distributions.sketches import Sketches, places
from doghouse.metrics.model import Columns, Floats, Ints, Rollup, no_columns
from doghouse.metrics.store import compaction
from doghouse.metrics.store.combining import combined
from doghouse.metrics.store.lateness import DAY_S, Tips, days, late
from doghouse.metrics.store.selection import HOUR_S, Extent, Selection, points_query, row_queries
from doghouse.storage.duckfile import DuckFile, execute
from doghouse.storage.manifest import Manifest

LATEST = 2**32 - 1
BLOCK_BYTES = 32_768  # of a new file: of a million points each takes 2.1 bytes (131,072: 2.4), of eight million 1.8; both are read in the same time
TABLES = """
CREATE TABLE IF NOT EXISTS points (series INTEGER, ts UINTEGER, value DOUBLE);
CREATE TABLE IF NOT EXISTS arrived (series INTEGER, ts UINTEGER, value DOUBLE, row BIGINT);
CREATE TABLE IF NOT EXISTS hours (series INTEGER, hour UINTEGER, n UINTEGER, sum DOUBLE, min DOUBLE, max DOUBLE, last DOUBLE);
CREATE TABLE IF NOT EXISTS late (series INTEGER, day INTEGER, row BIGINT);
CREATE TABLE IF NOT EXISTS tips (series INTEGER, ts UINTEGER);
CREATE TABLE IF NOT EXISTS sketches (series INTEGER, ts UINTEGER, count DOUBLE, sum DOUBLE, min DOUBLE, max DOUBLE);
CREATE TABLE IF NOT EXISTS bins (series INTEGER, ts UINTEGER, key SMALLINT, n DOUBLE);
CREATE TABLE IF NOT EXISTS moved AS SELECT 0::BIGINT AS row;
"""


class Points:
    """The file `points.duckdb`: one writer, and readers with a cursor a thread."""

    def __init__(self, path: Path, owner: Manifest | None = None) -> None:
        self._file = DuckFile(path, owner, BLOCK_BYTES)
        try:
            with self._file.transaction() as cursor:
                cursor.execute(TABLES)
                cursor.execute("CREATE OR REPLACE TABLE tips AS SELECT series, max(ts) AS ts FROM tips GROUP BY series")
        except BaseException:
            self._file.close()
            raise
        # Taken in this order, and before the file: who waits to be alone with it has the first, so that nobody inside waits for it.
        self._rewriting = threading.Lock()
        self._writing = threading.Lock()
        self._forgotten = 0
        self.tips = Tips()
        for table in ("tips", "arrived", "sketches"):
            self.tips.advance(*self._newest(table))
        self._extent = self._measured()

    def _newest(self, table: str) -> tuple[Ints, Ints]:
        with self._file.cursor() as cursor:
            rows = cursor.execute(f"SELECT series, max(ts) AS ts FROM {table} GROUP BY series").fetchnumpy()
        return rows["series"].astype(np.int64), rows["ts"].astype(np.int64)

    def _measured(self) -> Extent:
        """Where points are now."""
        query = "SELECT (SELECT min(ts) FROM arrived), (SELECT max(ts) + 1 FROM tips), EXISTS (FROM late)"
        with self._file.cursor() as cursor:
            [(arrived_from, points_until, any_late)] = cursor.execute(query).fetchall()
        return Extent(LATEST if arrived_from is None else arrived_from, points_until or 0, any_late)

    def moved(self) -> int:
        """The number of the last row that is here (0: none)."""
        with self._file.cursor() as cursor:
            [(row,)] = cursor.execute("SELECT row FROM moved").fetchall()
        return int(row)

    def counts(self) -> dict[str, int]:
        """How many points are in order and not, and how many sketches there are."""
        query = "SELECT (SELECT count(*) FROM points), (SELECT count(*) FROM arrived), (SELECT count(*) FROM sketches)"
        with self._file.cursor() as cursor:
            [counted] = cursor.execute(query).fetchall()
        return dict(zip(("ordered", "arrived", "sketches"), counted, strict=True))

    def insert(self, columns: Columns, last_row: int) -> None:
        """Take points in, in their order, the last one as row `last_row`: all or none; nothing where they are here already."""
        mask = late(columns, self.tips.of(columns.series))
        late_series, late_day = days(columns, mask)
        rows = np.arange(last_row - len(columns) + 1, last_row + 1)
        batch = {"series": columns.series, "ts": columns.ts, "value": columns.value, "row": rows}
        with self._writing:
            if len(columns):
                extent, first = self._extent, int(np.min(columns.ts))
                any_late = extent.any_late or bool(len(late_day))
                self._widen(Extent(min(extent.arrived_from, first), extent.points_until, any_late))
            with self._file.transaction() as cursor:
                [(moved,)] = cursor.execute("SELECT row FROM moved").fetchall()
                if moved < last_row:  # else it is a commit that failed only afterwards, when DuckDB made a checkpoint
                    execute(cursor, "INSERT INTO arrived SELECT series, ts, value, row FROM batch", batch)
                    if len(late_series):
                        late_days = {"series": late_series, "day": late_day}
                        execute(cursor, "INSERT INTO late SELECT series, day, ? FROM batch", late_days, [last_row])
                    cursor.execute("UPDATE moved SET row = ?", [last_row])
        self.tips.advance(columns.series, columns.ts)

    def _widen(self, extent: Extent) -> None:
        """Say where points may be from now on, before they are: a query that meets them then knows, or finds that it has to look again."""
        if extent != self._extent:
            self._extent = extent

    def read(self, ids: Ints, start: int, end: int, rollup: Rollup | None) -> Columns:
        """See `metrics.model.Source.read`."""
        start, end = max(start, 0), min(end, LATEST)
        if not len(ids) or start >= end:
            return no_columns()
        batch = {"series": np.unique(ids)}
        lowest, highest = int(batch["series"][0]), int(batch["series"][-1])
        count = len(batch["series"])
        of = Selection(lowest, highest, highest - lowest + 1 == count, start, end, count)
        while True:
            extent = self._extent
            queries = row_queries(of, rollup, extent) if rollup else []
            if rollup and queries:
                columns = combined(self._rows(queries, batch), rollup)
            else:
                rows = self._selected(of, rollup, extent, batch)
                columns = Columns(rows["series"].astype(np.int64), rows["ts"].astype(np.int64), rows["value"])
            if extent is self._extent:
                return columns

    def _rows(self, queries: list[str], batch: dict[str, Ints]) -> list[Any]:
        """What these queries find, all at one moment. `batch` is the table of that name in them."""
        with self._file.cursor() if len(queries) == 1 else self._file.transaction() as cursor:
            return [execute(cursor, query, batch).fetchnumpy() for query in queries]

    def _selected(self, of: Selection, rollup: Rollup | None, extent: Extent, batch: dict[str, Ints]) -> Any:
        """The rows that are selected. `batch` is the table of that name in the query."""
        if not extent.any_late:
            with self._file.cursor() as cursor:
                return execute(cursor, points_query(of, rollup, extent), batch).fetchnumpy()
        with self._file.transaction() as cursor:
            any_late = bool(execute(cursor, f"{of.late_days()} LIMIT 1", batch).fetchall())
            return execute(cursor, points_query(of, rollup, replace(extent, any_late=any_late)), batch).fetchnumpy()

    def insert_sketches(self, sketches: Sketches) -> None:
        """Take sketches in, their groups being series: all or none."""
        sent = sketches.sketch
        heads: dict[str, Ints | Floats] = {"series": sketches.group, "ts": sketches.ts, "count": sketches.count}
        heads |= {"sum": sketches.sum, "min": sketches.min, "max": sketches.max}
        buckets: dict[str, Ints | Floats] = {"series": sketches.group[sent], "ts": sketches.ts[sent]}
        buckets |= {"key": sketches.key, "n": sketches.n}
        with self._writing, self._file.transaction() as cursor:
            execute(cursor, "INSERT INTO sketches SELECT series, ts, count, sum, min, max FROM batch", heads)
            execute(cursor, "INSERT INTO bins SELECT series, ts, key, n FROM batch", buckets)
        self.tips.advance(sketches.group, sketches.ts)

    def read_sketches(self, ids: Ints, groups: Ints, start: int, end: int, interval: int) -> Sketches:
        """See `metrics.model.SketchSource.read_sketches`."""
        batch = {"series": ids, "of": groups}
        bucket = f"(ts // {interval} * {interval})::BIGINT AS ts"
        clause = (
            f"JOIN batch USING (series) WHERE ts >= {max(start, 0)} AND ts < {max(end, 0)} GROUP BY ALL ORDER BY ALL"
        )
        with self._file.transaction() as cursor:
            sums = "sum(count) AS count, sum(sum) AS sum, min(min) AS min, max(max) AS max"
            heads = execute(cursor, f'SELECT "of", {bucket}, {sums} FROM sketches {clause}', batch).fetchnumpy()
            bins = execute(cursor, f'SELECT "of", {bucket}, key, sum(n) AS n FROM bins {clause}', batch).fetchnumpy()
        group, ts = heads["of"].astype(np.int64), heads["ts"].astype(np.int64)
        sketch = places(group, ts, bins["of"], bins["ts"])
        return Sketches(
            group,
            ts,
            heads["count"],
            heads["sum"],
            heads["min"],
            heads["max"],
            sketch,
            bins["key"].astype(np.int64),
            bins["n"],
        )

    def compact(self, now: float) -> bool:
        """Put a week's points in order, if one is due; whether one was. See `compaction`."""
        with self._rewriting:
            with self._file.transaction() as cursor:
                week = compaction.due(cursor, now)
                if week is None:
                    return False
                compaction.put_in_order(cursor, week)
                with self._writing:
                    extent = self._extent
                    until = max(extent.points_until, week + compaction.WEEK_S)
                    self._widen(Extent(extent.arrived_from, until, extent.any_late))
            self._narrow()
            self._file.checkpoint()  # so that the next week can take the place of this one
        return True

    def forget(self, before: int) -> None:
        """Delete the points of every hour that ended before `before` (s UTC), and what else is kept of them."""
        before = max(before, 0) // HOUR_S * HOUR_S
        with self._rewriting:
            if before == self._forgotten:
                return
            with self._file.transaction() as cursor:
                for table in ("points", "arrived", "sketches", "bins"):
                    cursor.execute(f"DELETE FROM {table} WHERE ts < {before}")
                cursor.execute(f"DELETE FROM hours WHERE hour < {before}")
                cursor.execute(f"DELETE FROM late WHERE day < {before // DAY_S}")
            self._forgotten = before
            self._narrow()

    def _narrow(self) -> None:
        with self._writing:
            self._extent = self._measured()

    def shrink(self) -> None:
        """Give the disk back what deleted rows held, where it is much."""
        with self._rewriting:
            self._file.checkpoint()
            if self._file.unused():
                with self._writing:
                    self._file.rewrite()

    def copy(self, path: Path, owner: Manifest, meanwhile: Callable[[], None]) -> None:
        """Write what is here to a file of another data folder: as it is while `meanwhile` runs, during which nothing comes in."""

        @contextmanager
        def alone() -> Iterator[None]:
            with self._writing:
                yield
                meanwhile()

        with self._rewriting:
            self._file.copy(path, owner, alone)

    def close(self) -> None:
        """Write everything into the one file, and close it."""
        self._file.close()
