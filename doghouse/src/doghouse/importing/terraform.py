"""What `terraform show -json` prints of Datadog's resources, as API bodies (the provider's schema: options stand at the top, objects are blocks)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

MONITOR, DOWNTIME = "datadog_monitor", "datadog_downtime_schedule"
_NUMBERS = frozenset(
    {
        "new_group_delay",
        "new_host_delay",
        "evaluation_delay",
        "no_data_timeframe",
        "renotify_interval",
        "renotify_occurrences",
        "timeout_h",
    }
)
_OPTIONS = (
    *sorted(_NUMBERS),
    "notify_no_data",
    "on_missing_data",
    "require_full_window",
    "renotify_statuses",
    "escalation_message",
    "include_tags",
    "notify_audit",
    "notify_by",
    "group_retention_duration",
    "notification_preset_name",
)
_NONE_AT_ZERO = ("no_data_timeframe", "renotify_interval", "renotify_occurrences")  # 0 is how the provider says none
_DOWNTIME = ("scope", "display_timezone", "message", "mute_first_recovery_notification")


def resources(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The resources of a state or a plan: type, address and attributes. Modules hold resources and further modules."""
    values = document.get("values") or document.get("planned_values")
    modules = [values.get("root_module")] if isinstance(values, dict) else []
    while modules:
        module = modules.pop(0)
        if not isinstance(module, dict):
            continue
        modules += module.get("child_modules") or []
        for resource in module.get("resources") or []:
            if isinstance(resource, dict):
                address = str(resource.get("address", resource.get("name", "")))
                yield str(resource.get("type")), address, resource.get("values") or {}


def monitor(values: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a `datadog_monitor` as an API body."""
    top = {key: values[key] for key in ("name", "type", "query", "message") if values.get(key) is not None}
    top["tags"] = sorted(values.get("tags") or [])
    if values.get("priority"):
        top["priority"] = int(values["priority"])
    options: dict[str, Any] = {}
    for block, name in (("monitor_thresholds", "thresholds"), ("monitor_threshold_windows", "threshold_windows")):
        for one in values.get(block) or []:
            kept = {key: value for key, value in one.items() if value not in (None, "")}
            options[name] = {key: float(value) if name == "thresholds" else value for key, value in kept.items()}
    for key in _OPTIONS:
        value = values.get(key)
        if value not in (None, "", [], {}):
            options[key] = int(value) if key in _NUMBERS and isinstance(value, str) else value
    for key in _NONE_AT_ZERO:
        if options.get(key) == 0:
            del options[key]
    if scheduling := _first(values, "scheduling_options"):
        options["scheduling_options"] = _scheduling(scheduling)
    return {**top, "options": options}


def downtime(values: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a `datadog_downtime_schedule` as those of an API body."""
    found: dict[str, Any] = {key: values[key] for key in _DOWNTIME if values.get(key) is not None}
    for key in ("notify_end_states", "notify_end_types"):
        if values.get(key):
            found[key] = values[key]
    if identifier := _given(_first(values, "monitor_identifier")):
        found["monitor_identifier"] = identifier
    if recurring := _first(values, "recurring_schedule"):
        recurrences = [_given(one) for one in recurring.get("recurrence") or []]
        found["schedule"] = {"timezone": recurring.get("timezone") or "UTC", "recurrences": recurrences}
    elif one_time := _given(_first(values, "one_time_schedule")):
        found["schedule"] = one_time
    return found


def _scheduling(block: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if window := _given(_first(block, "evaluation_window")):
        found["evaluation_window"] = window
    if schedule := _first(block, "custom_schedule"):
        found["custom_schedule"] = {"recurrences": [_given(one) for one in schedule.get("recurrence") or []]}
    return found


def _first(values: Mapping[str, Any], block: str) -> Mapping[str, Any]:
    """A block that stands once at most: a list of one object, or an object."""
    said = values.get(block) or {}
    if isinstance(said, list):
        said = said[0]
    return said if isinstance(said, Mapping) else {}


def _given(block: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in block.items() if value not in (None, "", [], 0)}
