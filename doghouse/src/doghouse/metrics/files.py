"""Series in files, as `doghouse import` and `doghouse backtest --series` take them: CSV or Parquet with a row a point.

Columns: `timestamp` (s since 1970 UTC), `metric`, `value`, and if wanted `type` (gauge, count, rate; default gauge), `interval` (s; default 0: none)
and `tags` (comma-separated, `host:x` among them).
"""

from __future__ import annotations

import csv
import math
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np

from doghouse.metrics.model import Columns, MetricType, Series

REQUIRED = ("timestamp", "metric", "value")
OPTIONAL = {"type": "gauge", "interval": "0", "tags": ""}


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
    return _parquet(path) if magic == b"PAR1" else _csv(path)


def series_of(number: int, metric: str, kind: str, interval: str, tags: str) -> Series:
    """A series from a row's texts. Raises ValueError with what is wrong."""
    if not metric:
        raise ValueError("metric is empty")
    kind = kind or "gauge"
    if kind not in get_args(MetricType):
        raise ValueError(f"type '{kind}' is not gauge, count or rate")
    if interval and not interval.isdigit():
        raise ValueError(f"interval '{interval}' is not a whole number of seconds")
    each = [tag.strip() for tag in tags.split(",") if tag.strip()]
    hosts = [tag.removeprefix("host:") for tag in each if tag.startswith("host:")]
    own = tuple(sorted({tag for tag in each if tag != f"host:{hosts[0]}"} if hosts else set(each)))
    return Series(number, metric, cast(MetricType, kind), int(interval or 0), hosts[0] if hosts else "", own)


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


def numbered(distinct: Mapping[Series, int]) -> list[Series]:
    """Series with the ids that they were found under."""
    return [replace(series, id=number) for series, number in distinct.items()]


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


def _parquet(path: Path) -> tuple[list[Series], Columns]:
    try:
        import duckdb
    except ImportError:
        raise SeriesFileError(path, "reading Parquet needs the extra: pip install 'doghouse[server]'") from None
    try:
        with duckdb.connect() as connection:
            described = connection.execute("DESCRIBE FROM read_parquet(?)", [str(path)]).fetchall()
            kinds = {name: kind for name, kind, *_ in described}
            if missing := [name for name in REQUIRED if name not in kinds]:
                raise SeriesFileError(path, f"has no column {missing[0]}")
            given = ["metric", *(name for name in OPTIONAL if name in kinds)]
            same = f"hash({', '.join(given)})"  # 64 bits: a number is compared faster than texts are
            texts = {
                key: dict(zip(given, ("" if value is None else str(value) for value in values), strict=True))
                for key, *values in connection.execute(
                    f"SELECT DISTINCT {same}, {', '.join(given)} FROM read_parquet(?)", [str(path)]
                ).fetchall()
            }
            second = "timestamp" if kinds["timestamp"] == "BIGINT" else "CAST(floor(timestamp) AS BIGINT)"
            found: dict[str, Any] = connection.execute(
                f"SELECT {same} AS key, {second} AS ts, CAST(value AS DOUBLE) AS value FROM read_parquet(?)",
                [str(path)],
            ).fetchnumpy()
        return _columns_of_rows(found, texts)
    except (duckdb.Error, ValueError) as error:
        raise SeriesFileError(path, str(error).splitlines()[0]) from None


def _columns_of_rows(found: Mapping[str, Any], texts: Mapping[int, Mapping[str, str]]) -> tuple[list[Series], Columns]:
    """Rows with a key each as series, numbered as they appear (so that a file sorted by series stays so). Raises ValueError."""
    for name in ("ts", "value"):
        if np.ma.is_masked(found[name]) or not np.isfinite(found[name]).all():
            raise ValueError(f"a {'timestamp' if name == 'ts' else name} is not a finite number")
    keys = np.asarray(found["key"], np.uint64)
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else np.empty(0, np.int64)
    runs = keys[first].tolist()
    distinct: dict[Series, int] = {}
    numbers: dict[int, int] = {}
    for key in dict.fromkeys(runs):
        row = {**OPTIONAL, **texts[key]}
        numbers[key] = distinct.setdefault(
            series_of(0, row["metric"], row["type"], row["interval"], row["tags"]), len(distinct)
        )
    ids = np.repeat(np.array([numbers[key] for key in runs], np.int64), np.diff(np.append(first, len(keys))))
    return numbered(distinct), Columns(ids, np.asarray(found["ts"], np.int64), np.asarray(found["value"], np.float64))
