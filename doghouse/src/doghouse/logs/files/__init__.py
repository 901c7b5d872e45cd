"""Files of logs, as `doghouse backtest --logs` takes them: JSON lines or Parquet, or a folder of Parquet files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from doghouse.files import FileError, check_file, readable
from doghouse.files.places import Place
from doghouse.logs.files.lines import LogFileError, read_lines, searched
from doghouse.search.records import Lines, Records

MAGIC = b"PAR1"


def open_logs(path: Place, host_tags: Mapping[str, Sequence[str]]) -> Records:
    """The logs of a file or a folder, each with the tags of its host too. Raises LogFileError."""
    if not isinstance(path, Path):
        from doghouse.logs.files.partitions import LogHistory

        return LogHistory(path, host_tags)
    try:
        check_file(path)
        with readable(), path.open("rb") as file:
            is_parquet = file.read(len(MAGIC)) == MAGIC
    except FileError as error:
        raise LogFileError(path, str(error)) from None
    if not is_parquet:
        return Lines(searched(read_lines(path), host_tags))
    try:
        from doghouse.logs.files.parquet import open_parquet
    except ModuleNotFoundError as error:
        if error.name != "duckdb":
            raise
        raise LogFileError(path, "reading Parquet needs an extra: pip install './doghouse[logs]'") from None
    return open_parquet(path, host_tags)


__all__ = ["LogFileError", "open_logs"]
