"""Logs whose message is JSON, as an application's own lines are: their fields become attributes (docs: logs/log_configuration/pipelines).

The names looked for are the documented defaults; a date that cannot be read leaves the log's time as it came (GUESS).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from doghouse.logs.model import Log
from doghouse.time import iso

MESSAGE = ("message", "msg", "log")
STATUS = ("status", "severity", "level", "syslog.severity")
SERVICE = ("service", "syslog.appname", "dd.service")
DATE = ("@timestamp", "timestamp", "_timestamp", "Timestamp", "eventTime", "date", "published_date", "syslog.timestamp")


def parsed(log: Log) -> Log:
    """The log with the fields of its message, or as it is where the message is no JSON object."""
    if not log.message.lstrip().startswith("{"):
        return log
    try:
        held = msgspec.json.decode(log.message)
    except msgspec.DecodeError:
        return log
    return msgspec.structs.replace(
        log,
        message=_text(held, MESSAGE) or log.message,
        status=(_text(held, STATUS) or log.status).lower(),
        service=log.service or _text(held, SERVICE),
        timestamp=_date(held, log.timestamp),
        attributes={**log.attributes, **held},
    )


def _text(held: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    return next((held[name] for name in names if isinstance(held.get(name), str)), None)


def _date(held: Mapping[str, Any], default: float) -> float:
    """ISO 8601 (UTC where no zone is named), or milliseconds since 1970, as s UTC."""
    value = next((held[name] for name in DATE if name in held), None)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value / 1000
    try:
        return iso.instant(str(value))
    except ValueError:
        return default
