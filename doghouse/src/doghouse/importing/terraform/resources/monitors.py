"""What Terraform's provider makes of its monitors: API bodies. Options stand at the top of a resource, objects are blocks.

What becomes of a 0 is the provider's (datadog/resource_datadog_monitor.go, buildMonitorStruct, and fwprovider/resource_datadog_monitor.go):

- `evaluation_delay`, `new_group_delay`, `timeout_h`: a 0 that somebody wrote is a value. A state has 0 where the API has none (updateMonitorState).
- `renotify_interval`, `renotify_occurrences`, `no_data_timeframe`: 0 is none in every version; the older one does not send it (GetOk).
- `new_host_delay`: always sent, 0 too; 300 where it is not given.
- `hour_starts`: sent, 0 too, unless `day_starts` or `month_starts` is given; `month_starts` is sent unless it is 0.
- `monitor_thresholds`: texts, so that "0" is a value and "" none. `interval` and `limit` of variables: 0 is none. `priority`: 0 is none.
- `no_data_timeframe` is not sent beside `on_missing_data`.
"""

from __future__ import annotations

import json
from typing import Any

from doghouse.importing.terraform.resources.provider_values import (
    Values,
    blocks,
    decimal,
    filled,
    first,
    in_order,
    plain,
    whole,
)

_ZERO_IN_A_STATE = ("evaluation_delay", "new_group_delay", "timeout_h")
_NONE_AT_ZERO = ("no_data_timeframe", "renotify_interval", "renotify_occurrences")
_NUMBERS = (*_ZERO_IN_A_STATE, *_NONE_AT_ZERO, "new_host_delay")
OPTIONS = (
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
    "enable_logs_sample",
    "enable_samples",
    "groupby_simple_monitor",
    "locked",
)
# `thresholds` and `threshold_windows` are the names of the provider's second version.
_THRESHOLDS = (
    ("thresholds", "thresholds"),
    ("monitor_thresholds", "thresholds"),
    ("threshold_windows", "threshold_windows"),
    ("monitor_threshold_windows", "threshold_windows"),
)
_TOP = ("name", "type", "query", "message")
_WITHOUT_EFFECT = ("id", "force_delete", "validate", "effective_tags", "draft_status", "assets", "silenced")
_READ = {
    *_TOP,
    "tags",
    "priority",
    "restricted_roles",
    *OPTIONS,
    *(name for name, _ in _THRESHOLDS),
    "scheduling_options",
    "variables",
    *_WITHOUT_EFFECT,
}
_TRIMMED = ("message", "query", "escalation_message")  # StateFunc: strings.TrimSpace
# What the provider's schema fills in where a file says nothing; a plan has it already.
_DEFAULTS = {"new_host_delay": 300, "notify_no_data": False, "include_tags": True, "require_full_window": True}


def monitor(values: Values, state: bool = False) -> dict[str, Any]:
    """A `datadog_monitor` as an API body. In a `state` the provider has written 0 where the API had no number."""
    sent = {
        key: value.strip() if key in _TRIMMED and isinstance(value, str) else value for key, value in values.items()
    }
    top = {key: sent[key] for key in _TOP if sent.get(key) is not None}
    top["tags"] = in_order(sent.get("tags") or [])
    if number := whole(sent.get("priority")):
        top["priority"] = number
    if roles := in_order(sent.get("restricted_roles") or []):
        top["restricted_roles"] = roles
    options: dict[str, Any] = {}
    for block, name in _THRESHOLDS:
        for thresholds in blocks(sent, block):
            limits = {key: value for key, value in thresholds.items() if value not in (None, "")}
            if limits:
                options[name] = {
                    key: decimal(value) if name == "thresholds" else value for key, value in limits.items()
                }
    for key in OPTIONS:
        value = whole(sent.get(key)) if key in _NUMBERS else plain(sent.get(key))
        if value is not None and value not in ("", [], {}):
            options[key] = value
    _without_zeros(options, state)
    if scheduling := first(sent, "scheduling_options"):
        options["scheduling_options"] = _scheduling(scheduling)
    if variables := first(sent, "variables"):
        options["variables"] = [
            _variable(query) for queries in variables.values() if isinstance(queries, list) for query in queries
        ]
    return {**top, "options": options}


def _without_zeros(options: dict[str, Any], state: bool) -> None:
    for key in (*_NONE_AT_ZERO, *(_ZERO_IN_A_STATE if state else ())):
        if options.get(key) == 0:
            del options[key]
    if "on_missing_data" in options:
        options.pop("no_data_timeframe", None)


def unknown_names(values: Values) -> list[str]:
    """The attributes of a `datadog_monitor` that are not read, for doghouse does not know them."""
    return sorted(values.keys() - _READ)


def defaulted(values: Values) -> Values:
    """A `datadog_monitor` of a file with what the provider's schema fills in."""
    return {**_DEFAULTS, **values}


def monitor_json(values: Values, state: bool = False) -> dict[str, Any]:
    """A `datadog_monitor_json`: its body is JSON in a text. Raises ValueError where it is none."""
    try:
        body = json.loads(values.get("monitor") or "")
        json.dumps(body)  # goes through all of it, as what reads it does
    except RecursionError:
        raise ValueError("it is nested too deeply to be read") from None
    if not isinstance(body, dict):
        raise ValueError("is no JSON object")
    return body


def _scheduling(block: Values) -> dict[str, Any]:
    scheduling: dict[str, Any] = {}
    if window := first(block, "evaluation_window"):
        fields = filled(window)
        hour = whole(window.get("hour_starts"))
        if hour is not None and "day_starts" not in fields and "month_starts" not in fields:
            fields["hour_starts"] = hour
        elif "hour_starts" in fields:
            del fields["hour_starts"]
        scheduling["evaluation_window"] = {
            key: whole(value) if key.startswith(("hour", "month")) else value for key, value in fields.items()
        }
    if schedule := first(block, "custom_schedule"):
        scheduling["custom_schedule"] = {
            "recurrences": [filled(recurrence) for recurrence in blocks(schedule, "recurrence")]
        }
    return scheduling


def _variable(block: Values) -> dict[str, Any]:
    """A query of `options.variables`: blocks that stand once are objects, `group_by` is a list."""
    query = filled(block)
    for name in ("compute", "search"):
        if name in query:
            query[name] = filled(first(block, name))
    if groups := blocks(block, "group_by"):
        query["group_by"] = [
            filled(group) | ({"sort": filled(first(group, "sort"))} if group.get("sort") else {}) for group in groups
        ]
    return query
