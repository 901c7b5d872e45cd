"""What Terraform's provider makes of its resources: API bodies. Options stand at the top of a resource, objects are blocks.

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
from collections.abc import Callable, Mapping
from typing import Any

from doghouse import downtimes as dt
from doghouse.importing.terraform.values import text
from doghouse.time import iso

Values = Mapping[str, Any]

_ZERO_IN_A_STATE = ("evaluation_delay", "new_group_delay", "timeout_h")
_NONE_AT_ZERO = ("no_data_timeframe", "renotify_interval", "renotify_occurrences")
_NUMBERS = (*_ZERO_IN_A_STATE, *_NONE_AT_ZERO, "new_host_delay")
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
    "enable_logs_sample",
    "enable_samples",
    "groupby_simple_monitor",
    "locked",
)
_TRIMMED = ("message", "query", "escalation_message")  # StateFunc: strings.TrimSpace
# What the provider's schema fills in where a file says nothing; a plan has it already.
_DEFAULTS = {"new_host_delay": 300, "notify_no_data": False, "include_tags": True, "require_full_window": True}
_DOWNTIME = ("scope", "display_timezone", "message", "mute_first_recovery_notification")
_V1_DOWNTIME = (
    "scope",
    "monitor_id",
    "monitor_tags",
    "start",
    "end",
    "timezone",
    "message",
    "mute_first_recovery_notification",
)
_SLO = (
    "name",
    "type",
    "description",
    "monitor_ids",
    "groups",
    "tags",
    "timeframe",
    "target_threshold",
    "warning_threshold",
)
# The API's names of what a resource calls otherwise, by the first part of the name.
FIELDS = {
    "monitor_thresholds": "options.thresholds",
    "monitor_threshold_windows": "options.threshold_windows",
    **{name: f"options.{name}" for name in (*_OPTIONS, "scheduling_options", "variables")},
}


def monitor(values: Values, state: bool = False) -> dict[str, Any]:
    """A `datadog_monitor` as an API body. In a `state` the provider has written 0 where the API had no number."""
    given = {
        key: value.strip() if key in _TRIMMED and isinstance(value, str) else value for key, value in values.items()
    }
    top = {key: given[key] for key in ("name", "type", "query", "message") if given.get(key) is not None}
    top["tags"] = _in_order(given.get("tags") or [])
    if number := _whole(given.get("priority")):
        top["priority"] = number
    if roles := _in_order(given.get("restricted_roles") or []):
        top["restricted_roles"] = roles
    options: dict[str, Any] = {}
    for block, name in (("monitor_thresholds", "thresholds"), ("monitor_threshold_windows", "threshold_windows")):
        for one in _blocks(given, block):
            kept = {key: value for key, value in one.items() if value not in (None, "")}
            if kept:
                options[name] = {key: _float(value) if name == "thresholds" else value for key, value in kept.items()}
    for key in _OPTIONS:
        value = _whole(given.get(key)) if key in _NUMBERS else _plain(given.get(key))
        if value is not None and value not in ("", [], {}):
            options[key] = value
    _without_zeros(options, state)
    if scheduling := _first(given, "scheduling_options"):
        options["scheduling_options"] = _scheduling(scheduling)
    if variables := _first(given, "variables"):
        options["variables"] = [
            _variable(one) for queries in variables.values() if isinstance(queries, list) for one in queries
        ]
    return {**top, "options": options}


def _without_zeros(options: dict[str, Any], state: bool) -> None:
    for key in (*_NONE_AT_ZERO, *(_ZERO_IN_A_STATE if state else ())):
        if options.get(key) == 0:
            del options[key]
    if "on_missing_data" in options:
        options.pop("no_data_timeframe", None)


def defaulted(values: Values) -> Values:
    """A `datadog_monitor` of a file with what the provider's schema fills in."""
    return {**_DEFAULTS, **values}


def monitor_json(values: Values, state: bool = False) -> dict[str, Any]:
    """A `datadog_monitor_json`: its body is JSON in a text. Raises ValueError where it is none."""
    made = json.loads(values.get("monitor") or "")
    if not isinstance(made, dict):
        raise ValueError("is no JSON object")
    return made


def downtime(values: Values, state: bool = False) -> dict[str, Any]:
    """The attributes of a `datadog_downtime_schedule` as those of an API body."""
    made: dict[str, Any] = {key: _plain(values[key]) for key in _DOWNTIME if values.get(key) is not None}
    for key in ("notify_end_states", "notify_end_types"):
        if values.get(key):
            made[key] = _plain(values[key])
    if identifier := _given(_first(values, "monitor_identifier")):
        made["monitor_identifier"] = {
            key: _whole(one) if key == "monitor_id" else _plain(one) for key, one in identifier.items()
        }
    if recurring := _first(values, "recurring_schedule"):
        recurrences = [_given(one) for one in _blocks(recurring, "recurrence")]
        made["schedule"] = {"timezone": recurring.get("timezone") or "UTC", "recurrences": recurrences}
    elif one_time := _given(_first(values, "one_time_schedule")):
        made["schedule"] = one_time
    return made


def v1_downtime(values: Values, state: bool = False) -> dict[str, Any]:
    """A `datadog_downtime`, of the API's first version, as the attributes of the second. Raises DowntimeError for what the first version refuses."""
    from doghouse.downtimes import v1

    body = {key: values[key] for key in _V1_DOWNTIME if values.get(key) not in (None, "", 0, [])}
    for key in ("start", "end"):
        if date := values.get(f"{key}_date"):
            body[key] = int(_instant(date, f"{key}_date"))
    if recurrence := _given(_first(values, "recurrence")):
        body["recurrence"] = recurrence
    attributes, _ = v1.read(body, 0)
    if "start" not in body and "recurrence" not in body:
        attributes["schedule"]["start"] = None
    return attributes


def slo(values: Values, state: bool = False) -> dict[str, Any]:
    """A `datadog_service_level_objective` as an API body."""
    made: dict[str, Any] = {key: values[key] for key in _SLO if values.get(key) not in (None, "", [], 0)}
    for key in ("groups", "tags"):
        if key in made:
            made[key] = _plain(made[key])
    if "monitor_ids" in made:
        made["monitor_ids"] = _in_order(made["monitor_ids"], _whole)
    made["thresholds"] = [
        {key: value if key == "timeframe" else _float(value) for key, value in _given(one).items()}
        for one in _blocks(values, "thresholds")
    ]
    if query := _given(_first(values, "query")):
        made["query"] = query
    if specification := _unwrapped(_first(values, "sli_specification")):
        made["sli_specification"] = specification
    return made


# The resources that are read, each with what makes an API body of it.
MONITOR, MONITOR_JSON, DOWNTIME, SLO = (
    "datadog_monitor",
    "datadog_monitor_json",
    "datadog_downtime_schedule",
    "datadog_service_level_objective",
)
MONITORS: Mapping[str, Callable[..., dict[str, Any]]] = {MONITOR: monitor, MONITOR_JSON: monitor_json}
DOWNTIMES: Mapping[str, Callable[..., dict[str, Any]]] = {DOWNTIME: downtime, "datadog_downtime": v1_downtime}
SLOS: Mapping[str, Callable[..., dict[str, Any]]] = {SLO: slo}
NAMED = (*MONITORS, *SLOS)  # whose ids others name
READ: Mapping[str, Callable[..., dict[str, Any]]] = {**MONITORS, **DOWNTIMES, **SLOS}


def _scheduling(block: Values) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if window := _first(block, "evaluation_window"):
        kept = _given(window)
        hour = _whole(window.get("hour_starts"))
        if hour is not None and "day_starts" not in kept and "month_starts" not in kept:
            kept["hour_starts"] = hour
        elif "hour_starts" in kept:
            del kept["hour_starts"]
        made["evaluation_window"] = {
            key: _whole(value) if key.startswith(("hour", "month")) else value for key, value in kept.items()
        }
    if schedule := _first(block, "custom_schedule"):
        made["custom_schedule"] = {"recurrences": [_given(one) for one in _blocks(schedule, "recurrence")]}
    return made


def _variable(block: Values) -> dict[str, Any]:
    """A query of `options.variables`: blocks that stand once are objects, `group_by` is a list."""
    made = _given(block)
    for name in ("compute", "search"):
        if name in made:
            made[name] = _given(_first(block, name))
    if groups := _blocks(block, "group_by"):
        made["group_by"] = [
            _given(one) | ({"sort": _given(_first(one, "sort"))} if one.get("sort") else {}) for one in groups
        ]
    return made


def _unwrapped(block: Values) -> dict[str, Any]:
    """A block whose inner blocks stand once each, but for those of queries and formulas."""
    made = {}
    for key, value in _given(block).items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            several = [_unwrapped(one) for one in value]
            made[key] = several if key in ("queries", "formulas", "query_filters") else several[0]
        else:
            made[key] = _unwrapped(value) if isinstance(value, Mapping) else value
    return made


def _blocks(values: Values, name: str) -> list[Values]:
    """The blocks of a name: a list of objects, or one object."""
    given = values.get(name) or []
    return [one for one in (given if isinstance(given, list) else [given]) if isinstance(one, Mapping)]


def _first(values: Values, name: str) -> Values:
    """A block that stands once at most."""
    return next(iter(_blocks(values, name)), {})


def _given(block: Values) -> dict[str, Any]:
    return {key: value for key, value in block.items() if value not in (None, "", [], 0)}


def _whole(value: Any) -> Any:
    """A number that Terraform may have as text."""
    if isinstance(value, str):
        return int(value) if value.lstrip("-").isdecimal() else value or None
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _plain(value: Any) -> Any:
    """What Terraform may have as text, as it does to a boolean, and a set in order, as a plan has it."""
    if value in ("true", "false"):
        return value == "true"
    return sorted(value) if isinstance(value, list) and all(isinstance(one, str) for one in value) else value


def _text(value: Any) -> Any:
    """What stands in a set of texts, as Terraform converts it; a list or an object stays one, and is found wrong later."""
    return text(value) if isinstance(value, int | float) else value


def _in_order(values: Any, made: Callable[[Any], Any] = _text) -> Any:
    """A set in order, numbers first, without its nulls. What is no list stays as it is, and is found wrong later."""
    if not isinstance(values, list):
        return values
    elements = [made(one) for one in values if one is not None]
    return sorted(elements, key=lambda one: (0, one, "") if isinstance(one, int | float) else (1, 0, str(one)))


def _float(value: Any) -> Any:
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


def _instant(value: Any, name: str) -> float:
    try:
        return iso.instant(str(value))
    except ValueError:
        raise dt.DowntimeError(name, f"'{value}' is no RFC 3339 time") from None
