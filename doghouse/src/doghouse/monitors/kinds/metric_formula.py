"""Metric monitors whose query is a formula over `options.variables`: the form that the API takes besides `avg(last_5m):a / b > 1`."""

from __future__ import annotations

from typing import ClassVar

from doghouse.monitors.records.alert import RecordAlert, RulesOf
from doghouse.monitors.states.rules import point_rules


class MetricFormulaAlert(RecordAlert, frozen=True, dict=True):
    """`formula("errors / hits * 100").last("5m") > 40`. Each query is reduced over the window, then the formula is worked out (GUESS).

    `MetricAlert` makes it of such bodies; it is no type of its own.
    """

    in_slos: ClassVar[bool] = True
    replayed: ClassVar[bool] = True
    longest: ClassVar[str] = "1mo"
    rules_of: ClassVar[RulesOf] = staticmethod(point_rules)

    @property
    def stored_type(self) -> str:
        """Whichever of the two types was sent (recorded)."""
        return "metric alert"

    @property
    def classification(self) -> str:
        """As other metric monitors."""
        return "metric"
