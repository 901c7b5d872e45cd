"""Options that Datadog's schema does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, rule
from doghouse.queries.language.names import nearest

# The schema's `MonitorOptions` and `MonitorThresholds` (datadog-api-client, v1).
OPTIONS = (
    "aggregation", "device_ids", "enable_logs_sample", "enable_samples", "escalation_message", "evaluation_delay", "group_retention_duration",
    "groupby_simple_monitor", "include_tags", "locked", "min_failure_duration", "min_location_failed", "new_group_delay", "new_host_delay",
    "no_data_timeframe", "notification_preset_name", "notify_audit", "notify_by", "notify_no_data", "on_missing_data", "renotify_interval",
    "renotify_occurrences", "renotify_statuses", "require_full_window", "scheduling_options", "silenced", "synthetics_check_id", "threshold_windows",
    "thresholds", "timeout_h", "variables",
)  # fmt: skip
THRESHOLDS = (
    "critical", "critical_query", "critical_recovery", "critical_recovery_query", "ok", "unknown", "warning", "warning_recovery",
)  # fmt: skip


# what Datadog's page writes into an export beside the thresholds (public assets)
EXPORTED = ("comparison", "period", "timeAggregator")
RULE = rule("unknown-option", "An option that monitors do not have", "warning", order=300)


@RULE
def unknown_option(monitor: Definition, _: Context) -> Iterator[Problem]:
    """Options that Datadog's schema does not have: it takes them in silence, and a misspelt one has no effect."""
    options = monitor.document.get("options")
    for place, names, known in (
        ("options", options, OPTIONS),
        ("options.thresholds", (options or {}).get("thresholds"), THRESHOLDS),
    ):
        for name, value in names.items() if isinstance(names, Mapping) else ():
            if name not in known and name not in EXPORTED and value is not None:
                near = nearest(name, known)
                hint = f"; did you mean {near}?" if near else ""
                text = f"'{name}' is no option of monitors, and has no effect{hint}"
                yield RULE.problem(f"{place}.{name}", text)
