"""Series in files, as `doghouse import` and `doghouse backtest --series` take them: CSV or Parquet with a row a point.

Columns: `timestamp` (s since 1970 UTC), `metric`, `value`, and if wanted `type` (gauge, count, rate; default gauge), `interval` (s; default 0: none)
and `tags` (comma-separated, `host:x` among them).
"""

from __future__ import annotations

import csv
import math
from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from doghouse.metrics import parquet, rowgroups
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Ints, Series, Source
from doghouse.metrics.rows import OPTIONAL, REQUIRED, numbered, series_of


class SeriesFileError(Exception):
    """What is wrong in a file of series, with its place: `path:line: text`."""

    def __init__(self, path: Path, text: str, line: int | None = None) -> None:
        super().__init__(f"{path}:{line}: {text}" if line else f"{path}: {text}")


def read_series(path: Path) -> tuple[list[Series], Columns]:
    """The series of a file and their points, in the file's order; ids count from 0. Raises SeriesFileError."""
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise SeriesFileError(path, f"cannot be read: {error.strerror}") from None
    if magic != parquet.MAGIC:
        return _csv(path)
    try:
        return rowgroups.read_all(rowgroups.opened(path))
    except parquet.Unusual:
        return _with_duckdb(path)
    except ValueError as error:
        raise SeriesFileError(path, str(error)) from None


def open_series(path: Path, host_tags: Mapping[str, Sequence[str]] | None = None) -> Source:
    """A file's series as a source. Of a large Parquet file that is sorted by series, points are read when they are asked for, so that they are never all
    in memory: what is wrong with those is said then. Raises SeriesFileError.
    """
    try:
        if large := rowgroups.large(path):
            return rowgroups.RowGroups(large, host_tags, lambda text: SeriesFileError(path, text))
    except (OSError, ValueError, parquet.Unusual):
        pass  # read_series finds out what it is
    return MemorySource(*read_series(path), host_tags)


def _csv(path: Path) -> tuple[list[Series], Columns]:
    known: dict[tuple[str, ...], int] = {}
    distinct: dict[Series, int] = {}
    ids, times, values = array("q"), array("q"), array("d")
    place = 1
    try:
        for line, row in _rows(path):
            place = line
            key = (row["metric"], row["type"], row["interval"], row["tags"])
            if key not in known:
                known[key] = distinct.setdefault(series_of(0, *key), len(distinct))
            times.append(_second(row["timestamp"]))
            values.append(_value(row["value"]))
            ids.append(known[key])
    except (ValueError, csv.Error) as error:
        raise SeriesFileError(path, str(error), place) from None
    columns = Columns(np.array(ids, np.int64), np.array(times, np.int64), np.array(values, np.float64))
    return numbered(distinct), columns


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        header = [name.strip() for name in next(reader, [])]
        if missing := [name for name in REQUIRED if name not in header]:
            raise ValueError(
                f"has no column {missing[0]}: expected {', '.join(REQUIRED)} and perhaps {', '.join(OPTIONAL)}"
            )
        for row in reader:
            if not row:
                continue
            if len(row) != len(header):
                raise ValueError(f"line {reader.line_num} has {len(row)} fields, the header {len(header)}")
            yield reader.line_num, {**OPTIONAL, **dict(zip(header, row, strict=True))}


def _second(text: str) -> int:
    try:
        return int(text) if text.isdigit() else math.floor(float(text))
    except (ValueError, OverflowError):
        raise ValueError(f"timestamp '{text}' is not a number of seconds since 1970") from None


def _value(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"value '{text}' is not a number") from None
    if not math.isfinite(value):
        raise ValueError(f"value '{text}' is not a finite number")
    return value


def _with_duckdb(path: Path) -> tuple[list[Series], Columns]:
    """Any Parquet file, whatever it holds."""
    try:
        import duckdb
    except ImportError:
        raise SeriesFileError(
            path, "reading this Parquet file needs the extra: pip install 'doghouse[server]'"
        ) from None
    try:
        with duckdb.connect() as connection:
            return _queried(connection, path)
    except (duckdb.Error, ValueError) as error:
        raise SeriesFileError(path, str(error).splitlines()[0]) from None


def _queried(connection: Any, path: Path) -> tuple[list[Series], Columns]:
    def ask(columns: str, rest: str = "") -> Any:
        return connection.execute(f"SELECT {columns} FROM read_parquet(?, file_row_number = true) {rest}", [str(path)])

    kinds = {
        name: kind for name, kind, *_ in connection.execute("DESCRIBE FROM read_parquet(?)", [str(path)]).fetchall()
    }
    if missing := [name for name in REQUIRED if name not in kinds]:
        raise ValueError(f"has no column {missing[0]}")
    given = ["metric", *(name for name in OPTIONAL if name in kinds)]
    same = f"hash({', '.join(given)})"  # 64 bits: a number is compared faster than texts are
    place = "file_row_number"
    found = ask(
        f"{same}, {', '.join(given)}, min({place}), max({place}), count(*)", f"GROUP BY ALL ORDER BY min({place})"
    ).fetchall()
    distinct: dict[Series, int] = {}
    numbers = {}
    for key, *values, _, _, _ in found:
        row = {**OPTIONAL, **dict(zip(given, ("" if value is None else str(value) for value in values), strict=True))}
        series = series_of(0, row["metric"], row["type"], row["interval"], row["tags"])
        numbers[key] = distinct.setdefault(series, len(distinct))
    second = "timestamp" if kinds["timestamp"] == "BIGINT" else "CAST(floor(timestamp) AS BIGINT)"
    apart = all(
        last - first + 1 == count for *_, first, last, count in found
    )  # sorted by series: no row has to say whose it is
    columns = ask(
        f"{second} AS ts, CAST(value AS DOUBLE) AS value" + ("" if apart else f", {same} AS key")
    ).fetchnumpy()
    for name in ("ts", "value"):
        if np.ma.is_masked(columns[name]) or not np.isfinite(columns[name]).all():
            raise ValueError(f"a {'timestamp' if name == 'ts' else name} is not a finite number")
    if apart:
        ids = np.repeat(np.array(list(numbers.values()), np.int64), np.array([count for *_, count in found], np.int64))
    else:
        ids = _numbered_by_key(np.asarray(columns["key"], np.uint64), numbers)
    return numbered(distinct), Columns(
        ids, np.asarray(columns["ts"], np.int64), np.asarray(columns["value"], np.float64)
    )


def _numbered_by_key(keys: NDArray[np.uint64], numbers: Mapping[int, int]) -> Ints:
    known = np.array(sorted(numbers), np.uint64)
    return np.array([numbers[key] for key in known.tolist()], np.int64)[np.searchsorted(known, keys)]
