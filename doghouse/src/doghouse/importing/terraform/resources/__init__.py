"""The resources of Terraform's provider that are read, each as an API body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from doghouse.importing.terraform.resources.corrections import correction
from doghouse.importing.terraform.resources.downtimes import downtime, v1_downtime
from doghouse.importing.terraform.resources.monitors import OPTIONS, defaulted, monitor, monitor_json, unknown_names
from doghouse.importing.terraform.resources.rules import notification_rule
from doghouse.importing.terraform.resources.slos import slo

__all__ = [
    "BLOCKS",
    "CORRECTIONS",
    "DOWNTIMES",
    "FIELDS",
    "MONITOR",
    "MONITORS",
    "MONITOR_JSON",
    "NAMED",
    "READ",
    "RULES",
    "SLOS",
    "defaulted",
    "downtime",
    "monitor",
    "monitor_json",
    "slo",
    "unknown_names",
]

Body = Callable[..., dict[str, Any]]
# The resources that are read, each with what makes an API body of it.
MONITOR, MONITOR_JSON, DOWNTIME = "datadog_monitor", "datadog_monitor_json", "datadog_downtime_schedule"
SLO, RULE = "datadog_service_level_objective", "datadog_monitor_notification_rule"
MONITORS: Mapping[str, Body] = {MONITOR: monitor, MONITOR_JSON: monitor_json}
DOWNTIMES: Mapping[str, Body] = {DOWNTIME: downtime, "datadog_downtime": v1_downtime}
SLOS: Mapping[str, Body] = {SLO: slo}
RULES: Mapping[str, Body] = {RULE: notification_rule}
CORRECTIONS: Mapping[str, Body] = {"datadog_slo_correction": correction}
BLOCKS = ("monitor_thresholds", "monitor_threshold_windows", "scheduling_options", "variables")  # of a monitor
NAMED = (*MONITORS, *SLOS)  # whose ids others name
READ: Mapping[str, Body] = {**MONITORS, **DOWNTIMES, **SLOS, **RULES, **CORRECTIONS}
# The API's names of what a resource calls otherwise, by the first part of the name.
FIELDS: Mapping[str, str] = {
    "thresholds": "options.thresholds",
    "threshold_windows": "options.threshold_windows",
    "monitor_thresholds": "options.thresholds",
    "monitor_threshold_windows": "options.threshold_windows",
    **{name: f"options.{name}" for name in (*OPTIONS, "scheduling_options", "variables")},
}
