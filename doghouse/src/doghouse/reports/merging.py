"""The JSON of the shards of one backtest, put together: what one machine prints for all of the monitors, to the byte."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import msgspec

from doghouse.reports.shapes import VERSION
from doghouse.reports.shapes.backtests import LeftOut, Shard


class MergeError(Exception):
    """What is wrong with the shards, in a sentence that names the file."""


class _Document(msgspec.Struct, frozen=True):
    """What `backtest --shard --json` printed; its monitors stay text."""

    version: int
    monitors: list[msgspec.Raw]
    left_out: list[LeftOut]
    shard: Shard


class _Stretch(msgspec.Struct, frozen=True, rename={"start": "from", "end": "to"}):
    start: str
    end: str


def merge(texts: Sequence[tuple[Path, bytes]], out: TextIO) -> None:
    """Write the document of all shards, which stand in any order. Raises MergeError before anything is written."""
    documents = sorted(((path, _document(path, text)) for path, text in texts), key=lambda pair: pair[1].shard.number)
    _check(documents)
    monitors = [raw for _, document in documents for raw in document.monitors]
    left_out = [skipped for _, document in documents for skipped in document.left_out]
    out.write(f'{{"version":{VERSION},"monitors":[')
    for number, raw in enumerate(monitors):
        out.write("," * bool(number) + bytes(raw).decode())
    out.write(f'],"left_out":{msgspec.json.encode(left_out).decode()}}}\n')
    out.flush()


def _document(path: Path, text: bytes) -> _Document:
    try:
        document = msgspec.json.decode(text, type=_Document)
    except msgspec.DecodeError as error:
        raise MergeError(f"{path}: expected what `doghouse backtest --shard I/N --json` printed: {error}") from None
    if document.version != VERSION:
        raise MergeError(f"{path}: its version is {document.version}, expected {VERSION}")
    return document


def _check(documents: Sequence[tuple[Path, _Document]]) -> None:
    """Each shard once, and all of one stretch of time."""
    parts = documents[0][1].shard.of
    stretches: dict[_Stretch, Path] = {}
    numbers: dict[int, Path] = {}
    for path, document in documents:
        if document.shard.of != parts:
            raise MergeError(f"{path}: a shard of {document.shard.of}, and {documents[0][0]} is one of {parts}")
        if document.shard.number in numbers:
            raise MergeError(f"{path}: shard {document.shard.number}, and so is {numbers[document.shard.number]}")
        numbers[document.shard.number] = path
        stretches |= {msgspec.json.decode(raw, type=_Stretch): path for raw in document.monitors}
    if len(stretches) > 1:
        first, second, *_ = ((path, f"from {stretch.start} to {stretch.end}") for stretch, path in stretches.items())
        raise MergeError(f"{second[0]}: monitors over history {second[1]}, those of {first[0]} {first[1]}")
    if missing := sorted({*range(1, parts + 1)} - numbers.keys()):
        raise MergeError(f"shards are missing: {', '.join(map(str, missing))} of {parts}")
