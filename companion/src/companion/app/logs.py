"""The app's logs: one JSON object a line, with the ids that lead to the trace."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from typing_extensions import override

IDS = ("dd.service", "dd.env", "dd.version", "dd.trace_id", "dd.span_id")


class JsonLines(logging.Formatter):
    """ddtrace puts the ids on each record, under these very names; a formatter has to write them, or they are lost."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "thread": record.threadName,
            "message": record.getMessage(),
            **{name: value for name in IDS if (value := getattr(record, name, None)) is not None},
        }
        if record.exc_info:
            line["error.stack"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def configure(environ: Mapping[str, str]) -> None:
    """Send what the app logs to stdout, and to the intake of logs that the environment names (see `shipping`)."""
    from companion.app import shipping

    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stdout)]
    shipper = shipping.from_environment(environ)
    if shipper:
        handlers.append(shipper)
    for handler in handlers:
        handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.handlers = handlers
    logging.getLogger("ddtrace").setLevel(logging.WARNING)
