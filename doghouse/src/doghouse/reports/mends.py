"""A mend as an edit of its file: where a text to put in takes the place of another that stands on the problem's line, once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from doghouse.files import FileError, text
from doghouse.monitors.lint import Mend


class Edit(Struct, frozen=True):
    """What stands in [column, end) of a line (both from 1, in characters) becomes `new`."""

    column: int
    end: int
    new: str


def edit(mend: Mend | None, file: str, line: int) -> Edit | None:
    """The edit that mends a problem on a line of a file (from 1); None where there is no text to replace, or it does not stand there exactly once."""
    if mend is None or not mend.old or not line or not file:
        return None
    lines = _lines(file)
    written = lines[line - 1] if line <= len(lines) else ""
    for old, new in _spellings(mend, Path(file).suffix):
        if written.count(old) == 1:
            column = written.index(old) + 1
            return Edit(column, column + len(old), new)
    return None


def _spellings(mend: Mend, suffix: str) -> Iterator[tuple[str, str]]:
    """Both texts as JSON and Terraform write them between quotes, and as they are, where that is possible in such a file."""
    quoted = json.dumps(mend.old, ensure_ascii=False)[1:-1], json.dumps(mend.new, ensure_ascii=False)[1:-1]
    yield quoted
    if suffix != ".json" and quoted != (mend.old, mend.new) and "'" not in mend.new:
        yield mend.old, mend.new


@lru_cache(maxsize=64)
def _lines(file: str) -> Sequence[str]:
    try:
        return text(Path(file)).split("\n")
    except FileError:
        return ()
