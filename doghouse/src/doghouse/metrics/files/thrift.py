"""Reads what Thrift's compact protocol wrote, as Parquet's footer and page headers are: a struct as a dict from field numbers to values.

Layout: github.com/apache/thrift, doc/specs/thrift-compact-protocol.md. Broken input raises IndexError, KeyError or ValueError.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TRUE, FALSE, BYTE, WHOLE, DOUBLE, BINARY, LISTS, MAP, STRUCT = 1, 2, 3, (4, 5, 6), 7, 8, (9, 10), 11, 12
DEEPEST = 32
MOST_BITS = 70  # ten bytes of seven bits hold 64
Buffer = bytes | memoryview


def struct(data: Buffer) -> Mapping[int, Any]:
    """The struct that the data begin with."""
    return struct_and_length(data)[0]


def struct_and_length(data: Buffer) -> tuple[dict[int, Any], int]:
    """The struct that the data begin with, and how many bytes it takes."""
    return _struct(data, 0, 0)


def varint(data: Buffer, at: int) -> tuple[int, int]:
    """The number that begins at `at`, seven bits a byte, and where it ends."""
    byte = data[at]
    at += 1
    if byte < 0x80:
        return byte, at
    number, shift = byte & 0x7F, 7
    while shift < MOST_BITS:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
        shift += 7
    raise ValueError("a number of more than 64 bits")


def _struct(data: Buffer, at: int, depth: int) -> tuple[dict[int, Any], int]:
    if depth > DEEPEST:
        raise ValueError("structs within structs")
    fields: dict[int, Any] = {}
    field = 0
    while True:
        head = data[at]
        at += 1
        if head == 0:
            return fields, at
        if head >> 4:
            field += head >> 4
        else:
            number, at = varint(data, at)
            field = (number >> 1) ^ -(number & 1)
        kind = head & 15
        if kind in (TRUE, FALSE):
            fields[field] = kind == TRUE
        else:
            fields[field], at = _value(data, at, kind, depth)


def _value(data: Buffer, at: int, kind: int, depth: int) -> tuple[Any, int]:
    if kind in WHOLE:
        number, at = varint(data, at)
        return (number >> 1) ^ -(number & 1), at
    if kind == BINARY:
        length, at = varint(data, at)
        return _part(data, at, length), at + length
    if kind == STRUCT:
        return _struct(data, at, depth + 1)
    if kind in LISTS:
        return _list(data, at, depth)
    if kind == MAP:
        return _map(data, at, depth)
    if kind == DOUBLE:
        _part(data, at, 8)
        return None, at + 8  # nothing here asks for one
    if kind in (TRUE, FALSE, BYTE):
        return data[at], at + 1
    raise ValueError(f"type {kind}")


def _list(data: Buffer, at: int, depth: int) -> tuple[list[Any], int]:
    count, kind = data[at] >> 4, data[at] & 15
    at += 1
    if count == 15:
        count, at = varint(data, at)
    values = []
    for _ in range(count):
        value, at = _value(data, at, kind, depth)
        values.append(value)
    return values, at


def _map(data: Buffer, at: int, depth: int) -> tuple[dict[Any, Any], int]:
    count, at = varint(data, at)
    if not count:
        return {}, at
    kinds = data[at]
    at += 1
    entries = {}
    for _ in range(count):
        key, at = _value(data, at, kinds >> 4, depth)
        value, at = _value(data, at, kinds & 15, depth)
        entries[bytes(key) if isinstance(key, memoryview) else key] = value
    return entries, at


def _part(data: Buffer, at: int, length: int) -> Buffer:
    """So many bytes, all of which must be there: a list says how long it is, and of what is no longer there it could be endless."""
    if at + length > len(data):
        raise IndexError("the data end before")
    return data[at : at + length]
