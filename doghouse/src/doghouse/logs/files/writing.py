"""Writes logs as a Parquet file that `open_logs` reads: a row a log, sorted by time."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import duckdb
import msgspec

from doghouse.logs.model import Log

SOURCE = "source:"
COLUMNS = ("timestamp", "message", "service", "status", "host", "source", "tags", "attributes")
# As COLUMNS; the time in ms UTC, the attributes as JSON.
Row = tuple[int, str, str | None, str, str | None, str | None, str, str]


def row(log: Log) -> Row:
    """What a file says of a log. Its source is a column, and no tag any more: reading the file makes it one again."""
    source = log.source or next((tag.removeprefix(SOURCE) for tag in log.tags if tag.startswith(SOURCE)), None)
    tags = ",".join(tag for tag in log.tags if tag != f"{SOURCE}{source}")
    attributes = msgspec.json.encode(log.attributes, order="sorted").decode()
    return round(log.timestamp * 1000), log.message, log.service, log.status, log.host, source, tags, attributes


def parquet(rows: Iterable[Row]) -> bytes:
    """The file's content."""
    with tempfile.TemporaryDirectory(prefix="doghouse-export-") as name, duckdb.connect() as connection:
        lines, path = Path(name) / "logs.json", Path(name) / "logs.parquet"
        with lines.open("wb") as file:
            for values in rows:
                file.write(msgspec.json.encode(dict(zip(COLUMNS, values, strict=True))) + b"\n")
        kinds = ", ".join(f"{column}: '{'BIGINT' if column == 'timestamp' else 'VARCHAR'}'" for column in COLUMNS)
        connection.execute(
            f"COPY (SELECT * FROM read_json(?, format = 'newline_delimited', columns = {{{kinds}}}, maximum_object_size = 33554432) ORDER BY timestamp) "
            f"TO '{path}' (FORMAT parquet, COMPRESSION zstd)",
            [str(lines)],
        )
        return path.read_bytes()


def rows(path: Path) -> list[Row]:
    """The rows of a file that `parquet` wrote. Raises duckdb.Error."""
    with duckdb.connect() as connection:
        return connection.execute(f"SELECT {', '.join(COLUMNS)} FROM read_parquet(?)", [str(path)]).fetchall()
