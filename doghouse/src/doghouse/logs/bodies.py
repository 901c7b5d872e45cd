"""Bodies of the intake of logs: JSON, lines of text, or logplex (docs.datadoghq.com/api/latest/logs/send-logs)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import msgspec

# A logplex body: each message preceded by its length in bytes (RFC 6587, octet counting).
LOGPLEX = re.compile(rb"([0-9]{1,9}) ")


class LogError(ValueError):
    """Why a body is not logs."""


def read(body: bytes, content_type: str, most: int | None = None) -> list[Mapping[str, Any]]:
    """The logs of a body as they were sent: objects that have a `message` and more, and of texts the first `most` (None: all). Raises LogError."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/logplex-1":
        return [{"message": text} for text in islice(_logplex(body), most)]
    if kind.startswith("text/"):
        lines = (line for line in body.decode("utf-8", "replace").splitlines() if line)
        return [{"message": line} for line in islice(lines, most)]
    try:
        decoded = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise LogError(f"Invalid JSON: {error}") from None
    return [_object(value) for value in (decoded if isinstance(decoded, list) else [decoded])]


def _object(value: Any) -> Mapping[str, Any]:
    if isinstance(value, str):
        return {"message": value}
    if not isinstance(value, dict):
        raise LogError("Invalid JSON: a log must be an object or a text")
    return value


def _logplex(body: bytes) -> Iterable[str]:
    at = 0
    while (head := LOGPLEX.match(body, at)) is not None:
        end = head.end() + int(head[1])
        yield body[head.end() : end].decode("utf-8", "replace").rstrip("\n")
        at = end
    tail = body[at:].strip()
    if tail:
        yield tail.decode("utf-8", "replace")
