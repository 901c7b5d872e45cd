"""What a log is, and how bodies of the intake become logs (docs.datadoghq.com/api/latest/logs/send-logs)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

OWN_KEYS = {"message", "ddsource", "ddtags", "hostname", "host", "service", "status", "timestamp"}
# A logplex body: each message preceded by its length in bytes (RFC 6587, octet counting).
LOGPLEX = re.compile(rb"(\d{1,9}) ")


class LogError(ValueError):
    """Why a body is not logs."""


class Log(msgspec.Struct, frozen=True):
    """A log. `timestamp` is s UTC; `attributes` is what it holds beside the reserved ones."""

    timestamp: float
    message: str
    source: str | None = None
    service: str | None = None
    host: str | None = None
    status: str = "info"
    tags: tuple[str, ...] = ()
    attributes: dict[str, Any] = {}


def read(body: bytes, content_type: str, defaults: Mapping[str, str], now: float) -> list[Log]:
    """The logs of a body. `defaults` are `ddsource`, `ddtags`, `hostname` and `service` from the address. Raises LogError."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/logplex-1":
        return [_log({"message": text}, defaults, now) for text in _logplex(body)]
    if kind.startswith("text/"):
        return [_log({"message": line}, defaults, now) for line in body.decode("utf-8", "replace").splitlines() if line]
    try:
        decoded = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise LogError(f"Invalid JSON: {error}") from None
    return [_log(_object(one), defaults, now) for one in (decoded if isinstance(decoded, list) else [decoded])]


def _object(value: Any) -> Mapping[str, Any]:
    if isinstance(value, str):
        return {"message": value}
    if not isinstance(value, dict):
        raise LogError("Invalid JSON: a log must be an object or a text")
    return value


def _logplex(body: bytes) -> Iterable[str]:
    at = 0
    while (found := LOGPLEX.match(body, at)) is not None:
        end = found.end() + int(found[1])
        yield body[found.end() : end].decode("utf-8", "replace").rstrip("\n")
        at = end
    rest = body[at:].strip()
    if rest:
        yield rest.decode("utf-8", "replace")


def _log(sent: Mapping[str, Any], defaults: Mapping[str, str], now: float) -> Log:
    def said(*names: str) -> str | None:
        for name in names:
            if (value := sent.get(name, defaults.get(name))) is not None:
                return str(value)
        return None

    tags = [*(defaults.get("ddtags") or "").split(","), *_tags(sent.get("ddtags"))]
    return Log(
        timestamp=_timestamp(sent.get("timestamp"), now),
        message=said("message") or "",
        source=said("ddsource"),
        service=said("service"),
        host=said("hostname", "host"),
        status=(said("status") or "info").lower(),
        tags=tuple(dict.fromkeys(tag.strip() for tag in tags if tag.strip())),
        attributes={key: value for key, value in sent.items() if key not in OWN_KEYS},
    )


def _tags(value: Any) -> list[str]:
    return [str(tag) for tag in value] if isinstance(value, list) else str(value or "").split(",")


def _timestamp(value: Any, now: float) -> float:
    """Milliseconds since 1970, as Agents and libraries send; anything else is the time of arrival (GUESS: ISO texts are not read)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return now
    return value / 1000
