"""Reads plain Parquet files into columns: flat, without missing values, whole numbers, floats and dictionaries of text; uncompressed, gzip or zstd.

That is what series look like as polars, pyarrow or Spark write them with zstd. Whatever else a file holds is `Unusual`, and read by DuckDB, which takes as
long to start as a quarter's backtest of one host. Layout: github.com/apache/parquet-format (README.md, Encodings.md, src/main/thrift/parquet.thrift).

Why not a library: a process that reads timestamps, values and texts of the two files of `make bench ONLY=backtest` (1 host and 100 hosts, 90 days), the
best of 8 interleaved runs on a busy machine of 2 cores, imports included (Python with numpy alone: 0.40 s, 0.14 s of processor, 25 MB):

    ================  =======================  =======================  ============
    reader            1 host: s, CPU s, MB     100 hosts: s, CPU s, MB  installs, MB
    ================  =======================  =======================  ============
    this one          0.41  0.17    33         4.95  1.90   485           0
    pyarrow 26        0.61  0.30   125         7.85  3.06   936         170
    polars 2.1        0.89  0.39   128         7.07  2.63  1829         180
    arro3-io          0.44  0.16    57         6.56  2.37   677          33
    DuckDB 2.0        1.00  0.32   110         4.29  1.64   695          69
    ================  =======================  =======================  ============

arro3-io is measured without the texts, which it gives row by row and not as a dictionary: to number them comes on top. A whole backtest takes 0.51 s of
processor and 60 MB for 1 host, 2.1 s and 295 MB for 100, since row groups are read when they are asked for: each library makes its time or memory worse by
more than a tenth.
"""

from __future__ import annotations

import mmap
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct

from doghouse.metrics.files import thrift
from doghouse.metrics.files.encodings import (
    BYTE_ARRAY,
    DOUBLE,
    FLOAT,
    INT32,
    INT64,
    NUMBERS,
    Codes,
    Unusual,
    codes,
    plain,
    texts,
    without_levels,
    written,
)

MAGIC = b"PAR1"
UTF8, SIGNED = 0, (None, 17, 18)  # converted types
TEXT_LOGICAL, WHOLE_LOGICAL = 1, 10  # logical types
NO_CODEC, GZIP, ZSTD = 0, 2, 6
LARGEST_PAGE = 1 << 30  # bytes unpacked; writers make pages of a megabyte
MOST_ROWS = 100_000_000  # of a row group; writers make groups of about a million
DATA, DICTIONARY, DATA_V2 = 0, 2, 3  # pages
PLAIN, PLAIN_DICTIONARY, RLE_DICTIONARY = 0, 2, 8
_own = threading.local()


class Chunk(Struct, frozen=True):
    """One column of one row group: where it lies in the file, and how it is packed."""

    start: int
    length: int
    values: int
    kind: int
    codec: int
    optional: bool
    least: bytes
    most: bytes


class PlainFile:
    """A Parquet file of which every wanted column is plain. `sizes` are the rows of each row group, `columns` the names of all columns."""

    def __init__(self, path: Path, numbers: tuple[str, ...], texts: tuple[str, ...]) -> None:
        """`numbers` must be there, of `texts` those that are. Raises Unusual, OSError."""
        with path.open("rb") as file:
            try:
                self._bytes = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            except ValueError:
                raise Unusual("an empty file") from None
        with _understood():
            meta = thrift.struct(self._footer())
            kinds = _columns(meta)
            self.columns = tuple(kinds)
            self.texts = tuple(name for name in texts if name in kinds)
            columns = (*numbers, *self.texts)
            self._chunks = [_chunks(group, columns, kinds) for group in meta[4]]
            self.sizes = [int(group[3]) for group in meta[4]]
            if any(not 0 <= size <= MOST_ROWS for size in self.sizes):
                raise Unusual("a row group of an impossible size")
            if any(
                column.values != size
                for group, size in zip(self._chunks, self.sizes, strict=True)
                for column in group.values()
            ):
                raise Unusual("columns of different lengths")
            for name in columns:
                _check(name, kinds[name], text=name in texts)

    def _footer(self) -> memoryview:
        size = int.from_bytes(self._bytes[-8:-4], "little")
        if bytes(self._bytes[-4:]) != MAGIC or size + 8 > len(self._bytes):
            raise Unusual("no Parquet")
        return self._bytes[len(self._bytes) - 8 - size : -8]

    def extent(self, group: int, column: str) -> tuple[int, int] | None:
        """The least and the greatest of a row group's whole numbers, if it says so."""
        chunk = self._chunks[group][column]
        if chunk.kind != INT64 or len(chunk.least) != 8 or len(chunk.most) != 8:
            return None
        return int.from_bytes(chunk.least, "little", signed=True), int.from_bytes(chunk.most, "little", signed=True)

    def numbers(self, group: int, column: str) -> Any:
        """A row group's column of numbers, in the type that the file has. Raises Unusual."""
        with _understood():
            return self._numbers(self._chunks[group][column])

    def words(self, group: int, column: str) -> tuple[list[str], Codes | None]:
        """A row group's column of texts: its dictionary, and each row's number in it (None: it has but one). Raises Unusual."""
        with _understood():
            return self._words(self._chunks[group][column])

    def _numbers(self, chunk: Chunk) -> Any:
        column = np.empty(chunk.values, NUMBERS[chunk.kind])
        dictionary, at = None, 0
        for page, values, encoding, count in self._pages(chunk):
            if page == DICTIONARY:
                dictionary = plain(values, chunk.kind, count)
            elif encoding == PLAIN:
                column[at : at + count] = plain(values, chunk.kind, count)
            elif dictionary is not None:
                column[at : at + count] = dictionary[codes(values, count)]
            else:
                raise Unusual("a page without its dictionary")
            at += count if page != DICTIONARY else 0
        return column

    def _words(self, chunk: Chunk) -> tuple[list[str], Codes | None]:
        dictionary: list[str] = []
        parts = []
        for page, values, encoding, count in self._pages(chunk):
            if page == DICTIONARY:
                dictionary = texts(values, count) if chunk.kind == BYTE_ARRAY else written(values, chunk.kind, count)
            elif encoding == PLAIN or not dictionary:
                raise Unusual("texts without a dictionary")
            elif len(dictionary) > 1:
                parts.append(codes(values, count))
        rows = None if not parts else parts[0] if len(parts) == 1 else np.concatenate(parts)
        if not dictionary or (rows is not None and len(rows) and int(rows.max()) >= len(dictionary)):
            raise Unusual("a text that is not in the dictionary")
        return dictionary, rows

    def _pages(self, chunk: Chunk) -> Iterator[tuple[int, memoryview, int, int]]:
        """The pages: kind, values without levels, encoding, number of values."""
        at, end, seen = chunk.start, chunk.start + chunk.length, 0
        while at < end and seen < chunk.values:
            header, length = thrift.struct_and_length(self._bytes[at:end])
            at += length
            if header[3] < 0 or header[2] < 0:
                raise Unusual("a page of an impossible size")
            body = self._bytes[at : at + header[3]]
            at += header[3]
            kind = header[1]
            if kind == DICTIONARY:
                yield kind, _unpacked(body, chunk.codec, header[2]), PLAIN, header[7][1]
            elif kind == DATA:
                count, encoding = _within(header[5][1], chunk.values - seen), _encoding(header[5][2])
                values = _unpacked(body, chunk.codec, header[2])
                seen += count
                yield kind, without_levels(values, count) if chunk.optional else values, encoding, count
            elif kind == DATA_V2:
                about = header[8]
                if about[2]:
                    raise Unusual("missing values")
                levels = about[5] + about[6]
                packed = chunk.codec if about.get(7, True) else NO_CODEC
                seen += _within(about[1], chunk.values - seen)
                values = _unpacked(body[levels:], packed, header[2] - levels)
                yield kind, values, _encoding(about[4]), about[1]
        if seen != chunk.values:
            raise Unusual("another number of values than was promised")


def _within(count: int, most: int) -> int:
    if not 0 <= count <= most:
        raise Unusual("another number of values than was promised")
    return count


@contextmanager
def _understood() -> Iterator[None]:
    """What goes wrong inside is Unusual: a damaged file may say anything."""
    try:
        yield
    except Unusual:
        raise
    except Exception as error:
        raise Unusual(f"no Parquet that can be understood: {error!r}") from None


def _columns(meta: Mapping[int, Any]) -> dict[str, Mapping[int, Any]]:
    """The schema's columns. Raises Unusual where one holds others, or where the file is encrypted."""
    root, *columns = meta[2]
    if root[5] != len(columns) or any(column.get(5) for column in columns) or 8 in meta:
        raise Unusual("columns within columns")
    return {bytes(column[4]).decode(): column for column in columns}


def _chunks(
    group: Mapping[int, Any], columns: tuple[str, ...], kinds: Mapping[str, Mapping[int, Any]]
) -> dict[str, Chunk]:
    chunks = {}
    for column in group[1]:
        about = column[3]
        name = bytes(about[3][0]).decode()
        if name not in columns:
            continue
        statistics = about.get(12, {})
        if statistics.get(3) != 0 and kinds[name][3]:
            raise Unusual("perhaps missing values")
        if about[4] not in (NO_CODEC, GZIP, ZSTD) or column.get(1):
            raise Unusual("another codec, or another file")
        start = min(about[9], about.get(11) or about[9])
        least, most = bytes(statistics.get(6, b"")), bytes(statistics.get(5, b""))
        chunks[name] = Chunk(start, about[7], about[5], about[1], about[4], kinds[name][3] == 1, least, most)
    if len(chunks) != len(columns):
        raise Unusual("a column is missing")
    return chunks


def _check(name: str, column: Mapping[int, Any], *, text: bool) -> None:
    kind, converted, logical = column[1], column.get(6), next(iter(column.get(10, {})), None)
    whole = kind in (INT32, INT64) and converted in SIGNED and logical in (None, WHOLE_LOGICAL)
    words = kind == BYTE_ARRAY and (converted == UTF8 or logical == TEXT_LOGICAL)
    fraction = kind in (FLOAT, DOUBLE) and logical is None
    known = whole or (words if text else fraction)
    if not known or column[3] not in (0, 1):
        raise Unusual(f"column {name} of another type")


def _encoding(number: int) -> int:
    if number not in (PLAIN, PLAIN_DICTIONARY, RLE_DICTIONARY):
        raise Unusual(f"encoding {number}")
    return number


def _unpacked(body: memoryview, codec: int, size: int) -> memoryview:
    if codec == NO_CODEC or not size:
        return body
    if size > LARGEST_PAGE:
        raise Unusual("a page of an impossible size")
    try:
        if codec == GZIP:
            return memoryview(zlib.decompressobj(31).decompress(body, size))  # no more, whatever it holds
        import zstandard

        if zstandard.frame_content_size(body) > size:
            raise Unusual("a page of another size than it says")
        return memoryview(_zstd().decompress(body, max_output_size=size))
    except ImportError:
        raise Unusual("zstd") from None
    except Exception as error:
        raise Unusual(f"a damaged page: {error}") from None


def _zstd() -> Any:
    """This thread's decompressor: making one takes longer than a small page."""
    if not hasattr(_own, "zstd"):
        import zstandard

        _own.zstd = zstandard.ZstdDecompressor()
    return _own.zstd
