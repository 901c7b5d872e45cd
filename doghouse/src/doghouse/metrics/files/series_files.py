"""Series in files, as `doghouse import` and `doghouse backtest --series` take them: CSV or Parquet with a row a point.

Columns: `timestamp` (s since 1970 UTC), `metric`, `value`, and if wanted `type` (gauge, count, rate, distribution; default gauge), `interval` (s; default 0:
none), `tags` (comma-separated, `host:x` among them) and `host`. A file with another column is refused; in a folder (`partitions`) others are not read.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from doghouse.files import BrokenFileError, FileError, check_file, check_lines, readable
from doghouse.metrics.distributions.sketches import no_sketches
from doghouse.metrics.files import parquet, rowgroups
from doghouse.metrics.files.encodings import Unusual
from doghouse.metrics.files.rows import OPTIONAL, REQUIRED, check_columns, check_seconds, numbered, series_of
from doghouse.metrics.memory import MemorySource, Recorded
from doghouse.metrics.model import Columns, Floats, Ints, Series, Source, joined_columns, no_columns
from doghouse.numbers import decimal, whole_number

ROWS_AT_ONCE = 500  # few, so that Python's texts of them stay in the processor's cache
FARTHEST = 2**62  # that fits a column


class SeriesFileError(BrokenFileError):
    """What is wrong in a file of series."""


def read_series(path: Path) -> Recorded:
    """The series of a file and what it has of them, in the file's order; ids count from 0. Raises SeriesFileError."""
    content = _opened(path)
    return content if isinstance(content, Recorded) else _all(path, content)


def open_series(
    path: Path, host_tags: Mapping[str, Sequence[str]] | None = None, soon: tuple[int, int] | None = None
) -> Source:
    """A file's series as a source. Of a large Parquet file that is sorted by series, points are read when they are asked for, so that they are never all
    in memory: what is wrong with those is said then. `soon`: from when to when (s UTC) points will be asked for. Raises SeriesFileError.
    """
    content = _opened(path, soon)
    if isinstance(content, rowgroups.Opened) and content.worth_parts:
        return rowgroups.RowGroups(content, host_tags, lambda text: SeriesFileError(path, text))
    series, columns, sketches = content if isinstance(content, Recorded) else _all(path, content)
    return MemorySource(series, columns, host_tags, sketches)


def _opened(path: Path, soon: tuple[int, int] | None = None) -> rowgroups.Opened | Recorded:
    """A plain Parquet file, opened; any other file's series and points."""
    try:
        check_file(path)
        with readable(), path.open("rb") as file:
            magic = file.read(4)
        if magic != parquet.MAGIC:
            check_lines(path)
    except FileError as error:
        raise SeriesFileError(path, str(error), error.line) from None
    if magic != parquet.MAGIC:
        return _csv(path)
    try:
        return rowgroups.opened(path, soon)
    except Unusual:
        return _with_duckdb(path)
    except ValueError as error:
        raise SeriesFileError(path, str(error)) from None


def _all(path: Path, opened: rowgroups.Opened) -> Recorded:
    try:
        return rowgroups.read_all(opened)
    except Unusual:
        return _with_duckdb(path)
    except ValueError as error:
        raise SeriesFileError(path, str(error)) from None


def _csv(path: Path) -> Recorded:
    try:
        return _read_csv(path)
    except (ValueError, OverflowError, csv.Error) as error:
        raise _first_mistake(path) or SeriesFileError(path, str(error)) from None


def _read_csv(path: Path) -> Recorded:
    """A file's series and points, many rows at a time. Raises ValueError, OverflowError, csv.Error: `_first_mistake` knows where."""
    known: dict[tuple[str, ...], int] = {}
    distinct: dict[Series, int] = {}
    parts = [no_columns()]
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file, strict=True)
        header = _header(reader)
        while some := list(islice(reader, ROWS_AT_ONCE)):
            rows = [row for row in some if row]
            if not rows:
                continue
            texts = dict(zip(header, zip(*rows, strict=True), strict=True))
            count = len(texts["value"])
            keys = list(
                zip(texts["metric"], *(texts.get(name, (OPTIONAL[name],) * count) for name in OPTIONAL), strict=True)
            )
            for key in dict.fromkeys(keys):
                if key not in known:
                    known[key] = distinct.setdefault(series_of(0, *key), len(distinct))
            ids = np.fromiter(map(known.__getitem__, keys), np.int64, count)
            parts.append(Columns(ids, _seconds(texts["timestamp"]), _values(texts["value"])))
    return Recorded(numbered(distinct), joined_columns(parts), no_sketches())


def _seconds(texts: Sequence[str]) -> Ints:
    try:
        times = np.fromiter(map(int, texts), np.int64, len(texts))
    except ValueError:
        times = np.fromiter(map(_second, texts), np.int64, len(texts))
    check_seconds(times)
    return times


def _values(texts: Sequence[str]) -> Floats:
    values = np.fromiter(map(float, texts), np.float64, len(texts))
    if not np.isfinite(values).all():
        raise ValueError("a value is not a finite number")
    return values


def _first_mistake(path: Path) -> SeriesFileError | None:
    """What is wrong first, row by row."""
    try:
        text = path.read_bytes()
        text.decode()
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        return SeriesFileError(
            path, f"is neither Parquet nor text: the byte 0x{text[error.start]:02x} is no UTF-8", line
        )
    place = 1
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True)
            header = _header(reader)
            for fields in filter(None, reader):
                place = reader.line_num
                if len(fields) != len(header):
                    raise ValueError(f"the line has {len(fields)} fields, the header {len(header)}")
                row = {**OPTIONAL, **dict(zip(header, fields, strict=True))}
                series_of(0, *(row[name] for name in ("metric", *OPTIONAL)))
                check_seconds(np.array([_second(row["timestamp"])]))
                _value(row["value"])
    except csv.Error as error:
        return SeriesFileError(path, f"is no CSV here: {error}", max(place, reader.line_num))
    except ValueError as error:
        return SeriesFileError(path, str(error), place)
    return None


def _header(reader: Iterator[list[str]]) -> list[str]:
    header = [name.strip() for name in next(reader, [])]
    if twice := [name for name in (*REQUIRED, *OPTIONAL) if header.count(name) > 1]:
        raise ValueError(f"has the column {twice[0]} twice")
    if missing := [name for name in REQUIRED if name not in header]:
        raise ValueError(
            f"has no column {missing[0]}: expected {', '.join(REQUIRED)} and perhaps {', '.join(OPTIONAL)}"
        )
    check_columns(header)
    return header


def _second(text: str) -> int:
    try:
        second = whole_number(text)
        if second is None:
            second = math.floor(decimal(text))
        if abs(second) > FARTHEST:
            raise ValueError
        return second
    except (ValueError, OverflowError):
        raise ValueError(f"timestamp '{text}' is not a number of seconds since 1970") from None


def _value(text: str) -> float:
    try:
        value = decimal(text)
    except ValueError:
        raise ValueError(f"value '{text}' is not a number") from None
    if not math.isfinite(value):
        raise ValueError(f"value '{text}' is not a finite number")
    return value


def _with_duckdb(path: Path) -> Recorded:
    """Any Parquet file, whatever it holds."""
    try:
        from doghouse.metrics.files.queried import file
    except ModuleNotFoundError as error:
        if error.name != "duckdb":
            raise
        raise SeriesFileError(
            path, "reading this Parquet file needs the extra: pip install './doghouse[server]'"
        ) from None
    try:
        return file(path)
    except ValueError as error:
        raise SeriesFileError(path, str(error)) from None
