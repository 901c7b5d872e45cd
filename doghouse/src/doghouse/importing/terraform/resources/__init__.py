"""The resources of Terraform's provider that are read, each as an API body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from doghouse.importing.terraform.resources.corrections import correction
from doghouse.importing.terraform.resources.downtimes import downtime, v1_downtime
from doghouse.importing.terraform.resources.monitors import OPTIONS, defaulted, monitor, monitor_json, unknown_names
from doghouse.importing.terraform.resources.rules import notification_rule
from doghouse.importing.terraform.resources.slos import slo
from doghouse.importing.things import CorrectionInFile, DowntimeInFile, MonitorInFile, RuleInFile, SloInFile, Thing

__all__ = [
    "BLOCKS", "FIELDS", "MONITOR", "MONITOR_JSON", "NAMED", "READ", "defaulted", "downtime", "monitor",
    "monitor_json", "slo", "unknown_names",
]  # fmt: skip

MONITOR, MONITOR_JSON, DOWNTIME = "datadog_monitor", "datadog_monitor_json", "datadog_downtime_schedule"
# The resources that are read, each with what makes an API body of it, and as what it is read.
READ: Mapping[str, tuple[Callable[..., dict[str, Any]], Callable[..., Thing]]] = {
    MONITOR: (monitor, MonitorInFile),
    MONITOR_JSON: (monitor_json, MonitorInFile),
    DOWNTIME: (downtime, DowntimeInFile),
    "datadog_downtime": (v1_downtime, DowntimeInFile),
    "datadog_service_level_objective": (slo, SloInFile),
    "datadog_monitor_notification_rule": (notification_rule, RuleInFile),
    "datadog_slo_correction": (correction, CorrectionInFile),
}
NAMED = [kind for kind, (_, thing) in READ.items() if thing in (MonitorInFile, SloInFile)]  # whose ids others name
BLOCKS = ("monitor_thresholds", "monitor_threshold_windows", "scheduling_options", "variables")  # of a monitor
# The API's names of what a resource calls otherwise, by the first part of the name.
FIELDS: Mapping[str, str] = {
    "thresholds": "options.thresholds",
    "threshold_windows": "options.threshold_windows",
    "monitor_thresholds": "options.thresholds",
    "monitor_threshold_windows": "options.threshold_windows",
    **{name: f"options.{name}" for name in (*OPTIONS, "scheduling_options", "variables")},
}
