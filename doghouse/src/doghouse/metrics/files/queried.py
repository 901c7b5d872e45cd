"""Series and points that DuckDB reads: of any Parquet file, or of many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doghouse.files.places import Entry, Folder, in_words
from doghouse.metrics.distributions.sketches import Sketches, no_sketches
from doghouse.metrics.files.rows import (
    OPTIONAL,
    REQUIRED,
    check_columns,
    check_rows,
    check_seconds,
    numbered,
    series_of,
)
from doghouse.metrics.files.writing import SKETCH
from doghouse.metrics.memory import Recorded
from doghouse.metrics.model import Columns, Ints, Series

NUMBERS = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "FLOAT",
    "DOUBLE",
    "DECIMAL",
)


class Rows(Struct, frozen=True):
    """A relation with a row a point, in SQL; `place` numbers its rows."""

    connection: Any
    relation: str
    parameters: Sequence[Any]
    place: str

    def ask(self, columns: str, clause: str = "") -> Any:
        """Some columns of it."""
        return self.connection.execute(f"SELECT {columns} FROM {self.relation} {clause}", self.parameters)


@contextmanager
def connected() -> Iterator[Any]:
    """A connection to DuckDB, whose errors are ValueErrors."""
    try:
        with duckdb.connect() as connection:
            yield connection
    except duckdb.Error as error:
        raise ValueError(in_words(error)) from None


def file(path: Path) -> Recorded:
    """The series of a Parquet file and their points. Raises ValueError."""
    with connected() as connection:
        rows = Rows(connection, "read_parquet(?, file_row_number = true)", [str(path)], "file_row_number")
        kinds = _kinds(connection, rows.relation, rows.parameters)
        of_folders = {
            part.partition("=")[0] for part in path.parts if "=" in part
        }  # partitions, which DuckDB makes columns of
        check_columns(kinds.keys() - {rows.place, *_sketch_columns(kinds), *of_folders})
        return _recorded(rows)


def of_metric(folder: Folder, files: Sequence[Entry], metric: str, start: int | None, end: int) -> Recorded:
    """One metric's series and points with start <= timestamp < end (s UTC; None: from the beginning) of files. Raises ValueError, FileError.

    Of each file only the columns of series are read, and of these the row groups that may hold such points.
    """
    source = "read_parquet(?, hive_partitioning = true, hive_types_autocast = false, union_by_name = true)"
    addresses = [folder.address(part.name) for part in files]
    since = "" if start is None else " AND timestamp >= ?"
    with folder.reading(), connected() as connection:
        folder.prepare(connection)
        kinds = _kinds(connection, source, [addresses])
        columns = ", ".join((*REQUIRED, *(name for name in OPTIONAL if name in kinds), *_sketch_columns(kinds)))
        connection.execute(
            f"CREATE TEMP TABLE picked AS SELECT {columns} FROM {source} WHERE metric = ? AND timestamp < ?{since}",
            [addresses, metric, end, *([] if start is None else [start])],
        )
        return _recorded(Rows(connection, "picked", [], "rowid"))


def _kinds(connection: Any, relation: str, parameters: Sequence[Any]) -> dict[str, str]:
    """The types of the columns. Raises ValueError where one is missing, or is of another type than it must be."""
    kinds = {name: kind for name, kind, *_ in connection.execute(f"DESCRIBE FROM {relation}", parameters).fetchall()}
    if missing := [name for name in REQUIRED if name not in kinds]:
        raise ValueError(f"has no column {missing[0]}")
    for name, expected, prefixes in (
        *((name, "a number", NUMBERS) for name in ("timestamp", "value")),
        *((name, "text", (*NUMBERS, "VARCHAR", "ENUM")) for name in ("metric", *OPTIONAL) if name in kinds),
    ):
        if not kinds[name].startswith(prefixes) or "[" in kinds[name]:
            raise ValueError(
                f"column {name} is {kinds[name]}, not {expected}"
                + (" of seconds since 1970" if name == "timestamp" else "")
            )
    return kinds


def _recorded(rows: Rows) -> Recorded:
    """What the rows are, their series in the order in which they appear. Raises ValueError."""
    kinds, place = _kinds(rows.connection, rows.relation, rows.parameters), rows.place
    check_rows(rows.ask("count(*)").fetchone()[0])
    names = ["metric", *(name for name in OPTIONAL if name in kinds)]
    same = f"hash({', '.join(names)})"  # 64 bits: a number is compared faster than texts are
    groups = rows.ask(
        f"{same}, {', '.join(names)}, min({place}), max({place}), count(*)", f"GROUP BY ALL ORDER BY min({place})"
    ).fetchall()
    distinct: dict[Series, int] = {}
    numbers = {}
    for key, *values, _, _, _ in groups:
        row = {**OPTIONAL, **dict(zip(names, ("" if value is None else str(value) for value in values), strict=True))}
        series = series_of(0, *(row[name] for name in ("metric", *OPTIONAL)))
        numbers[key] = distinct.setdefault(series, len(distinct))
    second = "timestamp" if kinds["timestamp"] == "BIGINT" else "CAST(floor(timestamp) AS BIGINT)"
    # Where rows are sorted by series, none has to say whose it is.
    has_sketches = bool(_sketch_columns(kinds))
    apart = not has_sketches and all(last - first + 1 == count for *_, first, last, count in groups)
    columns = rows.ask(
        f"{second} AS ts, CAST(value AS DOUBLE) AS value" + ("" if apart else f", {same} AS key"),
        "WHERE keys IS NULL" if has_sketches else "",
    ).fetchnumpy()
    for name in ("ts", "value"):
        if np.ma.is_masked(columns[name]) or not np.isfinite(columns[name]).all():
            raise ValueError(f"a {'timestamp' if name == 'ts' else name} is not a finite number")
    check_seconds(columns["ts"])
    if apart:
        ids = np.repeat(np.array(list(numbers.values()), np.int64), np.array([count for *_, count in groups], np.int64))
    else:
        ids = _numbered_by_key(np.asarray(columns["key"], np.uint64), numbers)
    points = Columns(ids, np.asarray(columns["ts"], np.int64), np.asarray(columns["value"], np.float64))
    sketches = _sketches(rows, f"{same} AS key, {second} AS ts", numbers) if has_sketches else no_sketches()
    return Recorded(numbered(distinct), points, sketches)


def _sketch_columns(kinds: Mapping[str, str]) -> tuple[str, ...]:
    """The columns of sketches (see `writing`), where all are there."""
    return SKETCH if all(name in kinds for name in SKETCH) else ()


def _sketches(rows: Rows, which: str, numbers: Mapping[int, int]) -> Sketches:
    """The rows that have sketches, as these. Raises ValueError."""
    there = "WHERE keys IS NOT NULL ORDER BY"
    heads = rows.ask(
        f"{which}, count, sum, min, max, len(keys) AS size, len(counts) AS sizes", f"{there} {rows.place}"
    ).fetchnumpy()
    buckets = rows.ask(
        f"{rows.place} AS row, unnest(keys) AS bucket, unnest(counts) AS n", f"{there} {rows.place}, bucket"
    ).fetchnumpy()
    count, total, least, most = (np.asarray(heads[name], np.float64) for name in SKETCH[:4])
    if any(np.ma.is_masked(column) for column in (*heads.values(), *buckets.values())) or not np.array_equal(
        heads["size"], heads["sizes"]
    ):
        raise ValueError("a distribution's sketch is not whole")
    groups = _numbered_by_key(np.asarray(heads["key"], np.uint64), numbers)
    sketches = Sketches(
        groups,
        np.asarray(heads["ts"], np.int64),
        count,
        total,
        least,
        most,
        np.repeat(np.arange(len(groups)), np.asarray(heads["size"], np.int64)),
        np.asarray(buckets["bucket"], np.int64),
        np.asarray(buckets["n"], np.float64),
    )
    return sketches.merged(sketches.group, sketches.ts)


def _numbered_by_key(keys: NDArray[np.uint64], numbers: Mapping[int, int]) -> Ints:
    known = np.array(sorted(numbers), np.uint64)
    return np.array([numbers[key] for key in known.tolist()], np.int64)[np.searchsorted(known, keys)]
