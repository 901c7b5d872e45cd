"""What a log is (docs.datadoghq.com/api/latest/logs/send-logs)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec


class Log(msgspec.Struct, frozen=True):
    """A log. `timestamp` is s UTC; `attributes` is all that was sent but message, source and tags: what `service` and such came from stays there."""

    timestamp: float
    message: str
    source: str | None = None
    service: str | None = None
    host: str | None = None
    status: str = "info"
    tags: tuple[str, ...] = ()
    attributes: dict[str, Any] = {}


def with_host_tags(own: Sequence[str], host: Sequence[str]) -> tuple[str, ...]:
    """A log's tags with its host's behind them, none that it has already (docs: attributes_naming_convention)."""
    return (*own, *(tag for tag in host if tag not in own))
