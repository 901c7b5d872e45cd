"""What DuckDB reads of a Parquet file of logs: times, a field as codes, where messages have words, rows as they stand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import accumulate
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doghouse.files.places import Entry, Folder, LocalFolder, in_words
from doghouse.logs.files.lines import LogFileError
from doghouse.logs.preprocessing import DATE
from doghouse.search import tokens

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Codes = NDArray[Any]  # whole numbers of any width
OWN = ("message", "tags", "source", "attributes", "ddsource", "ddtags")  # columns that are no attributes
EARLIER = DATE[: DATE.index("timestamp")]  # names of times that go before `timestamp`
TIMES = ("bigint", "integer", "double", "timestamp", "timestamp with time zone")
ROWS = 5000
ASCII = "regexp_full_match(message, '[\\x00-\\x7F]*')"
WORDS = f"CASE WHEN {ASCII} THEN regexp_replace(' ' || lower(message) || ' ', '[^a-z0-9_]+', ' ', 'g') END"


class Coded(Struct, frozen=True, eq=False):
    """A field's values: `codes[row]` is the place in `values`, which has each once (None: nothing there)."""

    codes: Codes
    values: Sequence[Any]


class ParquetFile:
    """One file, open as long as this is."""

    def __init__(self, path: Path) -> None:
        """Raises LogFileError."""
        self._open(path, f"read_parquet({quoted(str(path))})")

    def _open(self, path: object, relation: str, prepare: Callable[[Any], None] = lambda _: None) -> None:
        self._path, self._file = path, relation
        self._connection = duckdb.connect()
        self._connection.execute("SET TimeZone = 'UTC'")
        prepare(self._connection)
        try:
            shape = self._connection.sql(f"FROM {self._file}")
            self.types = dict(zip(shape.columns, shape.types, strict=True))
        except duckdb.Error as error:
            raise self.wrong(in_words(error)) from None
        except (RuntimeError, UnicodeDecodeError):  # DuckDB's binding, at the name of a column
            raise self.wrong("a column's name is not UTF-8: the file is damaged") from None
        self.coded = cache(self._coded)
        self._order: slice | Ints = slice(None)

    def wrong(self, text: str, row: int | None = None) -> LogFileError:
        """An error in this file."""
        return LogFileError(self._path, text, row)

    def ask(self, sql: str, *parameters: Any) -> Mapping[str, NDArray[Any]]:
        """Columns of all rows."""
        try:
            return self._connection.execute(sql, parameters).fetchnumpy()
        except duckdb.Error as error:
            raise self.wrong(in_words(error)) from None

    def tells_all(self) -> bool:
        """Whether columns tell all of these logs: that each has one time and a message that is no JSON. Else they are read one by one."""
        for name, kinds in (("timestamp", TIMES), ("message", ("varchar",))):
            if name not in self.types or self.types[name].id not in kinds:
                return False
        others = [f"({self.root(name)}) IS NOT NULL" for name in EARLIER if self.root(name)]
        odd = " OR ".join(["timestamp IS NULL", "regexp_matches(message, '^\\s*\\{')", *others])
        return not self.ask(f"SELECT count(*) AS odd FROM {self._file} WHERE {odd}")["odd"][0]

    def times(self) -> Ints:
        """The times (ms UTC) in the order of the file, by which all that is read from now on is sorted."""
        kind = self.types["timestamp"].id
        sql = "epoch_us(timestamp) / 1000" if kind.startswith("timestamp") else "timestamp"
        times = np.rint(np.asarray(self.ask(f"SELECT {sql} AS t FROM {self._file}")["t"])).astype(np.int64)
        if len(times) and (np.diff(times) < 0).any():
            self._order = np.argsort(times, kind="stable")
        return times[self._order]

    def root(self, name: str) -> str:
        """The SQL of an attribute by its own name, without the path within it; empty where there is none."""
        if name in self.types and name not in OWN:
            return _name(name)
        kind = self.types.get("attributes")
        if kind is None:
            return ""
        if kind.id == "struct":
            return f"attributes.{_name(name)}" if name in dict(kind.children) else ""
        if kind.id == "map":
            return f"attributes[{quoted(name)}]"
        return f"json_extract(attributes, {quoted(_json_path(name))})" if kind.id in ("varchar", "json") else ""

    def inside(self, name: str, path: Sequence[str]) -> tuple[str, Sequence[str]]:
        """The SQL of an attribute, followed along a path as far as columns go, and the rest of the path."""
        sql, kind, tail = self.root(name), self._kind(name), list(path)
        while tail and kind is not None and kind.id == "struct":
            children = dict(kind.children)
            if tail[0] not in children or any("." in child for child in children):
                break
            sql, kind = f"{sql}.{_name(tail[0])}", children[tail[0]]
            del tail[0]
        return sql, tail

    def _kind(self, name: str) -> Any:
        """The type of an attribute; None where it is in a map or in JSON."""
        if name in self.types and name not in OWN:
            return self.types[name]
        kind = self.types["attributes"]
        return dict(kind.children)[name] if kind.id == "struct" else None

    def _coded(self, sql: str) -> Coded:
        """The values of an expression, as JSON has them."""
        text = f"to_json({sql})::VARCHAR"
        self._connection.execute("DROP TYPE IF EXISTS occurring")
        try:
            self._connection.execute(
                f"CREATE TYPE occurring AS ENUM (SELECT DISTINCT {text} FROM {self._file} WHERE ({sql}) IS NOT NULL)"
            )
        except duckdb.Error as error:
            raise self.wrong(in_words(error)) from None
        texts = [text for (text,) in self._connection.execute("SELECT unnest(enum_range(NULL::occurring))").fetchall()]
        codes = self.ask(f"SELECT coalesce(enum_code({text}::occurring), {len(texts)}) AS code FROM {self._file}")[
            "code"
        ]
        return Coded(np.asarray(codes)[self._order], [*map(_decoded, texts), None])

    def has_words(self, function: str, words: str) -> Bools:
        """For each row whether `function` (`contains`, `regexp_matches`) finds words in its message; false where that has letters beyond ASCII."""
        self._make_words()
        return np.asarray(self.ask(f"SELECT coalesce({function}(words, ?), false) AS b FROM words", words)["b"])[
            self._order
        ]

    @cache  # noqa: B019  # as long as the file is open
    def beyond_ascii(self) -> tuple[Ints, Sequence[str]]:
        """The rows whose messages have other letters than ASCII's, and their words as `tokens.joined` makes them."""
        self._make_words()
        rows = self.ask(f"SELECT file_row_number AS r, message AS m FROM {self._numbered()} WHERE NOT {ASCII}")
        place = np.arange(self.count())
        if not isinstance(self._order, slice):
            place[self._order] = np.arange(self.count())
        return place[np.asarray(rows["r"], np.int64)], [tokens.joined(text) for text in rows["m"].tolist()]

    @cache  # noqa: B019
    def _make_words(self) -> None:
        self.ask(f"CREATE TABLE words AS SELECT {WORDS} AS words FROM {self._file}")

    @cache  # noqa: B019
    def count(self) -> int:
        """The number of rows."""
        return int(self.ask(f"SELECT count(*) AS n FROM {self._file}")["n"][0])

    def rows(self, numbers: Sequence[int] | None = None) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Rows as JSON has them, with their numbers in the file from 0 on: all, or those with these numbers in the order of times."""
        condition, parameters = "", []
        if numbers is not None:
            rows = np.arange(self.count())[self._order][list(numbers)]
            condition, parameters = "WHERE file_row_number IN (SELECT unnest(?))", [rows.tolist()]
        sql = f"SELECT file_row_number, to_json(row)::VARCHAR FROM (SELECT row, row.file_row_number FROM {self._numbered()} AS row) {condition}"
        cursor = self._connection.cursor().execute(sql, parameters)
        while some := cursor.fetchmany(ROWS):
            for number, text in some:
                row = json.loads(text)
                del row["file_row_number"]
                yield number, row

    def _numbered(self) -> str:
        return f"{self._file[:-1]}, file_row_number = true)"


class ParquetFiles(ParquetFile):
    """Several files of a folder as if they were one: their rows follow each other."""

    def __init__(self, folder: Folder, files: Sequence[Entry]) -> None:
        """Raises LogFileError, FileError."""
        self._addresses = [folder.address(file.name) for file in files]
        listed = ", ".join(map(quoted, self._addresses))
        # what the folders' names say is no attribute of a log
        relation = f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"
        self._open(folder, relation, partial(_prepare, folder))

    def _numbered(self) -> str:
        return (
            f"(SELECT * EXCLUDE (filename) REPLACE (file_row_number + {self._firsts()}[filename] AS file_row_number) "
            f"FROM {self._file[:-1]}, file_row_number = true, filename = true))"
        )

    @cache  # noqa: B019
    def _firsts(self) -> str:
        """The number of each file's first row, in SQL."""
        sizes = dict(
            self._connection.execute(
                "SELECT file_name, num_rows FROM parquet_file_metadata(?)", [self._addresses]
            ).fetchall()
        )
        firsts = accumulate((sizes[address] for address in self._addresses), initial=0)
        return f"MAP {{{', '.join(f'{quoted(address)}: {first}' for address, first in zip(self._addresses, firsts, strict=False))}}}"


def _prepare(folder: Folder, connection: Any) -> None:
    """Read what is remote once: the columns of logs are asked for again and again."""
    folder.prepare(connection)
    if not isinstance(folder, LocalFolder):
        connection.execute("SET enable_external_file_cache = true; SET validate_external_file_cache = 'NO_VALIDATION'")


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:  # infinite numbers, which JSON has not
        return None


def quoted(value: str) -> str:
    """A text in SQL."""
    return "'" + value.replace("'", "''") + "'"


def _name(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _json_path(name: str) -> str:
    return '$."' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
