"""Event monitors: the events that match a search (monitors/types/event)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from doghouse.monitors.definition import kind
from doghouse.monitors.model import MonitorError, Thresholds
from doghouse.monitors.records.alert import RecordAlert


@kind("event-v2 alert")
class EventAlert(RecordAlert, frozen=True, dict=True):
    """`events("source:deploy status:error").rollup("count").by("host").last("10m") >= 1`."""

    heads: ClassVar[Mapping[str, str]] = {"events": "events"}

    def check_query(self) -> None:
        """As for other records; event monitors have no recovery thresholds (a guide of Datadog's documentation). GUESS: the words."""
        super().check_query()
        given = self.options.thresholds or Thresholds()
        for name in ("critical_recovery", "warning_recovery"):
            if getattr(given, name) is not None:
                raise MonitorError(f"options.thresholds.{name}", "Event monitors do not support recovery thresholds.")
