"""`doghouse merge`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from doghouse.cli.terminal import fail

LARGEST = 4 << 30  # bytes of a shard's file


def merge(
    files: Annotated[
        list[Path], typer.Argument(help="What each shard printed, in any order.", metavar="SHARD.json...")
    ],
) -> None:
    """Put together what `doghouse backtest --shard I/N --json` printed: the document of all the monitors, as one machine prints it.

    Example: doghouse merge 1.json 2.json 3.json 4.json
    """
    from doghouse.files import FileError, contents
    from doghouse.reports.merging import MergeError
    from doghouse.reports.merging import merge as merged

    texts = []
    for path in files:
        try:
            texts.append((path, contents(path, LARGEST)))
        except FileError as error:
            raise fail(error.of(path)) from None
    try:
        merged(texts, sys.stdout)
    except MergeError as error:
        raise fail(str(error)) from None
