"""Logs as JSON lines, a log a line.

A line is a log as it is sent to the intake, or as a search answers it (docs: logs/search). It has a `timestamp` (ISO 8601 or ms since 1970), and as it has
them `message`, `service`, `status`, `host`, `source`, `tags` (a list, or text with commas) and `attributes` (an object, or JSON). Each becomes what the
intake makes of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from doghouse.files import BrokenFileError, FileError, check_lines
from doghouse.logs import preprocessing
from doghouse.logs.model import Log, with_host_tags
from doghouse.logs.search import record
from doghouse.search.record import Record

BOM = b"\xef\xbb\xbf"  # which editors of Windows write before UTF-8
LIST = "expected a log a line, not a list of them (jq -c '.[]' makes lines of one)"
OF_API = ("attributes", "content")  # where a log stands in answers of version 2 and 1


class LogFileError(BrokenFileError):
    """What is wrong in a file of logs."""


def read_lines(path: Path) -> Iterator[Log]:
    """The logs of a file in its order. Raises LogFileError."""
    try:
        check_lines(path)
        with path.open("rb") as file:
            now = path.stat().st_mtime  # a date without a year is of the last one before
            if file.read(len(BOM)) != BOM:
                file.seek(0)
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield log_of(_decoded(path, number, line), now, path, number)
    except FileError as error:
        raise LogFileError(path, str(error), error.line) from None
    except OSError as error:
        raise LogFileError(path, f"cannot be read: {error.strerror}") from None


def searched(logs: Iterable[Log], host_tags: Mapping[str, Sequence[str]]) -> Iterator[tuple[int, Record]]:
    """Logs as searches see them, with their hosts' tags, and their times (ms UTC)."""
    for log in logs:
        tags = with_host_tags(log.tags, host_tags.get(log.host or "", ()))
        yield round(log.timestamp * 1000), record(msgspec.structs.replace(log, tags=tags))


def log_of(line: Mapping[str, Any], now: float, path: object, number: int) -> Log:
    """The log that a line (or a row) is. Raises LogFileError."""
    log = preprocessing.stored(_body(line), {}, now, undated=math.nan)
    if math.isnan(log.timestamp):
        raise LogFileError(path, "has no timestamp that can be read: expected ISO 8601, or ms since 1970", number)
    return log


def _decoded(path: Path, number: int, line: bytes) -> Mapping[str, Any]:
    try:
        sent = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise LogFileError(path, LIST if line.startswith(b"[") else f"is not JSON: {error}", number) from None
    if not isinstance(sent, dict):
        raise LogFileError(path, LIST if isinstance(sent, list) else "expected a log, an object", number)
    return sent


def _body(line: Mapping[str, Any]) -> dict[str, Any]:
    """A line as an API body."""
    inner = line if "message" in line else next((line[key] for key in OF_API if isinstance(line.get(key), dict)), line)
    body = {**inner}
    attributes = body.get("attributes")
    if isinstance(attributes, str):
        attributes = _object(attributes)
    if isinstance(attributes, dict):
        del body["attributes"]
        body = {**attributes, **body}
    tags, source = body.pop("tags", None), body.pop("source", None)
    body |= {"ddtags": tags} if tags else {}
    return body | ({"ddsource": source} if source and "ddsource" not in body else {})


def _object(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text
