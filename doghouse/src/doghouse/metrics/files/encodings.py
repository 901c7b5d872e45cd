"""How values lie in a page of a Parquet file: plain, or as numbers of a dictionary (github.com/apache/parquet-format, Encodings.md)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from doghouse.metrics.files import thrift

INT32, INT64, FLOAT, DOUBLE, BYTE_ARRAY = 1, 2, 4, 5, 6
NUMBERS = {INT32: "<i4", INT64: "<i8", FLOAT: "<f4", DOUBLE: "<f8"}
WIDEST = 24  # bits of a dictionary's number
Codes = NDArray[Any]  # whole numbers, none negative


class Unusual(Exception):
    """The file holds something that this reader does not know; says what."""


def without_levels(values: memoryview, count: int) -> memoryview:
    """A page's values, behind the levels that say which are missing: none may be."""
    length = int.from_bytes(values[:4], "little")
    levels = values[4 : 4 + length]
    run, at = thrift.varint(levels, 0)
    one_run = run == count << 1 and levels[at] == 1  # as writers have it: there is no need to write it out
    if not one_run and not _hybrid(levels, 1, count).all():
        raise Unusual("missing values")
    return values[4 + length :]


def plain(values: memoryview, kind: int, count: int) -> Any:
    """Numbers, one after another."""
    return np.frombuffer(values, NUMBERS[kind], count)


def texts(values: memoryview, count: int) -> list[str]:
    """Texts, each behind its length."""
    words, at = [], 0
    for _ in range(count):
        length = int.from_bytes(values[at : at + 4], "little")
        if at + 4 + length > len(values):
            raise Unusual("a text that does not end")
        words.append(str(values[at + 4 : at + 4 + length], "utf-8"))
        at += 4 + length
    return words


def written(values: memoryview, kind: int, count: int) -> list[str]:
    """Numbers, one after another, as texts."""
    return [str(number) for number in plain(values, kind, count).tolist()]


def codes(values: memoryview, count: int) -> Codes:
    """Each value's number in the dictionary: a byte that says how many bits, then runs."""
    return _hybrid(values[1:], values[0], count)


def _hybrid(values: memoryview, width: int, count: int) -> Codes:
    """Whole numbers of `width` bits, in runs of one value and runs of packed ones (Encodings.md, RLE)."""
    if width > WIDEST:
        raise Unusual(f"numbers of {width} bits")
    numbers = np.empty(count, np.uint8 if width <= 8 else np.uint32)  # a byte where it does: less to write
    at = place = 0
    size = (width + 7) // 8
    while place < count:
        header, at = thrift.varint(values, at)
        if header & 1:
            groups = header >> 1
            some = _packed(values[at : at + groups * width], groups, width)[: count - place]
            numbers[place : place + len(some)] = some
            at += groups * width
            place += groups * 8
        else:
            numbers[place : place + (header >> 1)] = int.from_bytes(values[at : at + size], "little")
            at += size
            place += header >> 1
    return numbers


def _packed(values: memoryview, groups: int, width: int) -> Codes:
    """Numbers of `width` bits side by side, the lowest bit first: eight of them, a group, in `width` bytes."""
    padded = np.zeros((width + 4, groups), np.uint32)  # a row a byte's place in its group
    padded[:width] = np.frombuffer(values, np.uint8, groups * width).reshape(groups, width).T
    numbers = np.empty((groups, 8), np.uint32)
    for number in range(8):
        first, shift = divmod(number * width, 8)
        word = padded[first].copy()
        for more in range(1, (shift + width + 7) // 8):
            word |= padded[first + more] << np.uint32(8 * more)
        numbers[:, number] = (word >> np.uint32(shift)) & np.uint32((1 << width) - 1)
    return numbers.reshape(-1)
