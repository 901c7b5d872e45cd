"""Both of the provider's downtimes as attributes of the API's second version."""

from __future__ import annotations

from typing import Any

from doghouse import downtimes as dt
from doghouse.importing.terraform.resources.provider_values import Values, blocks, filled, first, plain, whole
from doghouse.time import iso

_DOWNTIME = ("scope", "display_timezone", "message", "mute_first_recovery_notification")
_V1_DOWNTIME = (
    "scope", "monitor_id", "monitor_tags", "start", "end", "timezone", "message", "mute_first_recovery_notification",
)  # fmt: skip


def downtime(values: Values, state: bool = False) -> dict[str, Any]:
    """The attributes of a `datadog_downtime_schedule` as those of an API body."""
    attributes: dict[str, Any] = {key: plain(values[key]) for key in _DOWNTIME if values.get(key) is not None}
    for key in ("notify_end_states", "notify_end_types"):
        if values.get(key):
            attributes[key] = plain(values[key])
    if identifier := filled(first(values, "monitor_identifier")):
        attributes["monitor_identifier"] = {
            key: whole(value) if key == "monitor_id" else plain(value) for key, value in identifier.items()
        }
    if recurring := first(values, "recurring_schedule"):
        recurrences = [filled(block) for block in blocks(recurring, "recurrence")]
        attributes["schedule"] = {"timezone": recurring.get("timezone") or "UTC", "recurrences": recurrences}
    elif one_time := filled(first(values, "one_time_schedule")):
        attributes["schedule"] = one_time
    return attributes


def v1_downtime(values: Values, state: bool = False) -> dict[str, Any]:
    """A `datadog_downtime`, of the API's first version, as the attributes of the second. Raises DowntimeError for what the first version refuses."""
    from doghouse.downtimes import v1

    body = {key: values[key] for key in _V1_DOWNTIME if values.get(key) not in (None, "", 0, [])}
    if "monitor_id" in body:
        body["monitor_id"] = whole(body["monitor_id"])
    for key in ("start", "end"):
        if date := values.get(f"{key}_date"):
            body[key] = int(_instant(date, f"{key}_date"))
    if recurrence := filled(first(values, "recurrence")):
        body["recurrence"] = recurrence
    attributes, _ = v1.read(body, 0)
    if "start" not in body and "recurrence" not in body:
        attributes["schedule"]["start"] = None
    return attributes


def _instant(value: Any, name: str) -> float:
    try:
        return iso.instant(str(value))
    except ValueError:
        raise dt.DowntimeError(name, f"'{value}' is no RFC 3339 time") from None
