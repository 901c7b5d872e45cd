"""A folder of Parquet files of logs, here or in an object store, as records: of those that are partitioned by day (`date=`) the days that are asked for
are read, each once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from doghouse.files import FileError
from doghouse.files.places import Entry, Folder, on_days, parquet_files
from doghouse.logs.files.lines import LogFileError
from doghouse.search.record import Record
from doghouse.search.records import Lines, Records, Selected
from doghouse.search.tree import Node

LOGS = "logs"  # the folder of them in what `doghouse export` writes
NOTHING = Lines(())


class LogHistory:
    """The logs of a folder, as Records. What was opened stays open: monitors of a folder ask for the same days."""

    def __init__(self, folder: Folder, host_tags: Mapping[str, Sequence[str]]) -> None:
        self._folder, self._host_tags = folder, host_tags
        self._opened: dict[str, Entry] = {}
        self._records: Records = NOTHING

    def select(self, search: Node, start: int, end: int, fields: Sequence[str]) -> Selected:
        """See Records. Raises LogFileError."""
        return self._over(start, end).select(search, start, end, fields)

    def newest(self, search: Node, start: int, end: int, limit: int) -> Sequence[tuple[int, Record]]:
        """See Records. Raises LogFileError."""
        return self._over(start, end).newest(search, start, end, limit)

    def _over(self, start: int, end: int) -> Records:
        """Records that have all of [start, end) (ms UTC)."""
        files = {file.name: file for file in self._files if on_days(file.name, start // 1000, -(-end // 1000))}
        if not files.keys() <= self._opened.keys():
            self._opened |= files
            self._records = self._open(sorted(self._opened.values(), key=lambda file: file.name))
        return self._records

    def _open(self, files: Sequence[Entry]) -> Records:
        try:
            with self._folder.reading():
                from doghouse.logs.files.parquet import open_several

                return open_several(self._folder, files, self._host_tags)
        except FileError as error:
            raise LogFileError(self._folder, str(error)) from None

    @cached_property
    def _files(self) -> list[Entry]:
        try:
            return parquet_files(self._folder, LOGS if LOGS in self._folder.folders() else "")
        except FileError as error:
            raise LogFileError(self._folder, str(error)) from None
