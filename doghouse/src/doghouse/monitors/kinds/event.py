"""Event monitors: the events that match a search (monitors/types/event), and those of the API before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from doghouse.monitors.kinds.registry import kind
from doghouse.monitors.model import Body, MonitorError, Thresholds
from doghouse.monitors.records import reading
from doghouse.monitors.records.alert import RecordAlert
from doghouse.monitors.records.event_search import modern
from doghouse.monitors.records.model import FormulaQuery


@kind("event-v2 alert")
class EventAlert(RecordAlert, frozen=True, dict=True):
    """`events("source:deploy status:error").rollup("count").by("host").last("10m") >= 1`."""

    example: ClassVar[str] = 'events("status:error").rollup("count").by("host").last("10m") >= 1'
    heads: ClassVar[Mapping[str, str]] = {"events": "events"}

    def check_query(self) -> None:
        """As for other records; event monitors have no recovery thresholds (terraform-provider-datadog issue 1401)."""
        super().check_query()
        thresholds = self.options.thresholds or Thresholds()
        wrong = [name for name in ("critical_recovery", "warning_recovery") if getattr(thresholds, name) is not None]
        if wrong:
            text = f"Invalid threshold statuses found: {', '.join(wrong)}."
            raise MonitorError(f"options.thresholds.{wrong[0]}", text)


@kind("event alert")
class RetiredEventAlert(EventAlert, frozen=True, dict=True):
    """`events('sources:nagios status:error,warning priority:all').by('host').rollup('count').last('1h') > 10`: the form that `event-v2 alert` replaced."""

    example: ClassVar[str] = (
        "events('sources:nagios status:error priority:all').by('host').rollup('count').last('1h') > 10"
    )
    event_suffix: ClassVar[str] = ""

    @classmethod
    def read(cls, body: Body) -> FormulaQuery:
        """The query's parts, its search in today's language. Its quotes may be single ones."""
        return reading.parse(body.query, cls.heads, modern, single_quotes=True)
