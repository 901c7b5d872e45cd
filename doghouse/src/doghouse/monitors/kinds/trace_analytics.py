"""Trace analytics monitors: the spans that match a search (monitors/types/apm)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from doghouse.monitors.kinds.registry import kind
from doghouse.monitors.records.alert import RecordAlert


@kind("trace-analytics alert")
class TraceAnalyticsAlert(RecordAlert, frozen=True, dict=True):
    """`trace-analytics("env:prod @duration:>1000").rollup("count").by("service").last("5m") > 100`."""

    example: ClassVar[str] = (
        'trace-analytics("env:prod @duration:>1000000000").index("trace-search").rollup("count").by("service").last("5m") > 100'
    )
    heads: ClassVar[Mapping[str, str]] = {"trace-analytics": "spans"}
