"""What Datadog refuses to store as a monitor, in its words where they are known (recorded: the client's and datadogpy's traffic, public issues)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from doghouse.monitors.definition import Definition
from doghouse.monitors.kinds.registry import parse, types
from doghouse.monitors.model import MonitorError
from doghouse.queries import QuerySyntaxError
from doghouse.time import lengths
from doghouse.time.lengths import DAY, HOUR, MINUTE

OCCURRENCES = (  # a public change to the Terraform provider
    "The renotify_occurrences option can only be used if renotify_interval is set"
)
SIMPLE_DELAY = (  # terraform-provider-datadog issue 1221, datadog-operator pull request 842
    "The new_group_delay option can only be used for multi-alert monitors"
)
NO_SCHEDULE_ALONE = "on_missing_data is required when custom_schedule is set"  # that: terraform-provider-datadog pull request 3689. GUESS: the words
NO_ROLES = "The monitor's restricted roles is expected to be an array of UUID strings."  # terraform-provider-datadog issue 1539
MAX_TIMEOUT_H, MAX_DELAY_S, MAX_FAILURE_S, MAX_RETENTION_H = 24, 86_400, 7200, 72  # the API's schema
RETENTION_UNITS = {"m": MINUTE, "h": HOUR, "d": DAY}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def validate(document: Mapping[str, Any]) -> Definition:
    """The monitor, if Datadog would take it. Raises MonitorError with the field and the text of the 400.

    That data exists is never checked (recorded: POST /api/v1/monitor/validate).
    """
    monitor = parse(document)
    check(monitor)
    return monitor


def check_stored(monitor: Definition) -> None:
    """Raise MonitorError where Datadog would not store the monitor, before it is evaluated over history; a mistake in its query is shown with its place."""
    try:
        check(monitor)
    except MonitorError as error:
        text = f"Datadog refuses this monitor: {error.field}: {error.text}"
        raise MonitorError(error.field, text, _place(monitor, text) or error.detail) from None


def _place(monitor: Definition, text: str) -> str:
    """Where a mistake in the query is, with its sentence unless `text` says it already; empty where there is none."""
    if not isinstance(monitor.problem, QuerySyntaxError):
        return ""
    sentence, _, shown = str(monitor.problem).partition("\n")
    return f"\n{shown}" if text.endswith(sentence) else f"\n{sentence}\n{shown}"


def check(monitor: Definition) -> None:
    """Raise MonitorError where Datadog would refuse the monitor."""
    _type(monitor)
    monitor.check_query()
    for refuse in (_numbers, _retention, _renotification, _new_groups, _schedule, _roles, _assets):
        refuse(monitor)


def _type(monitor: Definition) -> None:
    if monitor.type not in types():
        raise MonitorError("type", f"The value provided for parameter 'type' is invalid: '{monitor.type}'")


def _numbers(monitor: Definition) -> None:
    options = monitor.options
    limits = (
        ("options.timeout_h", options.timeout_h, 0, MAX_TIMEOUT_H),
        ("options.evaluation_delay", options.evaluation_delay, 0, MAX_DELAY_S),
        ("options.min_failure_duration", options.min_failure_duration, 0, MAX_FAILURE_S),
        ("options.new_group_delay", options.new_group_delay, 0, None),
        ("options.new_host_delay", options.new_host_delay, 0, None),
        ("options.no_data_timeframe", options.no_data_timeframe, 0, None),
        ("options.renotify_interval", options.renotify_interval, 0, None),
        ("priority", monitor.priority, 0, 5),  # recorded: 0 is taken as none
    )
    for field, value, least, most in limits:
        if value is not None and (value < least or (most is not None and value > most)):
            bounds = f"from {least} to {most}" if most is not None else f"{least} or more"
            raise MonitorError(field, f"{field} must be {bounds}, not {value}")


def _retention(monitor: Definition) -> None:
    """The schema of MonitorOptions: 1 to 72 hours. What is no length of time at all is lint's."""
    lasts = lengths.seconds(monitor.options.group_retention_duration or "", RETENTION_UNITS)
    if lasts is not None and not HOUR <= lasts <= MAX_RETENTION_H * HOUR:
        text = f"options.group_retention_duration must be from 1h to {MAX_RETENTION_H}h, not {monitor.options.group_retention_duration}"
        raise MonitorError("options.group_retention_duration", text)


def _renotification(monitor: Definition) -> None:
    if monitor.options.renotify_occurrences and not monitor.options.renotify_interval:
        raise MonitorError("options.renotify_occurrences", OCCURRENCES)


def _new_groups(monitor: Definition) -> None:
    """A delay of groups where there are none; 0 is taken."""
    if monitor.options.new_group_delay and not monitor.multi:
        raise MonitorError("options.new_group_delay", SIMPLE_DELAY)


def _schedule(monitor: Definition) -> None:
    options = monitor.options
    if (options.scheduling_options or {}).get("custom_schedule") and options.on_missing_data is None:
        raise MonitorError("options.on_missing_data", NO_SCHEDULE_ALONE)


def _roles(monitor: Definition) -> None:
    roles = monitor.document.get("restricted_roles")
    if roles is not None and not (isinstance(roles, list) and all(map(_is_uuid, roles))):
        raise MonitorError("restricted_roles", NO_ROLES)


def _is_uuid(value: object) -> bool:
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def _assets(monitor: Definition) -> None:
    """Runbooks and the like; each is an object (MonitorAsset of the schema)."""
    assets = monitor.document.get("assets")
    if assets is not None and not (isinstance(assets, list) and all(isinstance(asset, dict) for asset in assets)):
        raise MonitorError("assets", "assets must be a list of objects")
