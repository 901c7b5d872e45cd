"""Log monitors: the logs that match a search, counted or measured over a window (monitors/types/log)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from doghouse.monitors.kinds.registry import kind
from doghouse.monitors.records.alert import RecordAlert


@kind("log alert")
class LogAlert(RecordAlert, frozen=True, dict=True):
    """`logs("status:error").index("*").rollup("count").by("service").last("5m") > 2`."""

    example: ClassVar[str] = 'logs("status:error").index("*").rollup("count").by("service").last("5m") > 100'
    heads: ClassVar[Mapping[str, str]] = {"logs": "logs"}
