"""The body of a monitor as one typed value, with the document kept as it was given. What its query asks is in its `definition.Definition`.

Defaults of options are applied where they matter (`Definition.rules`), not to the stored document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

MissingData = Literal["default", "show_no_data", "show_and_notify_no_data", "resolve"]
RenotifyStatus = Literal["alert", "warn", "no data"]

# The API's schema (MonitorType): what doghouse stores, whether or not it evaluates it.
TYPES = (
    "metric alert", "query alert", "composite", "service check", "event alert", "event-v2 alert", "log alert",
    "process alert", "rum alert", "synthetics alert", "trace-analytics alert", "slo alert", "audit alert",
    "ci-pipelines alert", "ci-tests alert", "error-tracking alert", "database-monitoring alert",
    "network-performance alert", "network-path alert", "cost alert", "data-quality alert", "data-jobs alert",
    "llm-observability alert",
)  # fmt: skip
INVALID_QUERY = "The value provided for parameter 'query' is invalid"  # recorded
NO_OPERATOR = f"{INVALID_QUERY}: invalid operator specified: "  # recorded: create_a_monitor_…_bad_request_response
_COMPARES = re.compile(r"(?:>=|<=|==|!=|>|<)\s*(?:threshold|[-+]?[0-9.]+(?:e[-+]?[0-9]+)?)\s*$", re.IGNORECASE)


class MonitorError(ValueError):
    """Why a monitor is refused: `field` is the path of what is wrong (`options.thresholds.critical`), `text` Datadog's words where they are known.

    `detail` is what Datadog's words do not say, for people.
    """

    def __init__(self, field: str, text: str, detail: str = "") -> None:
        super().__init__(text + detail)
        self.field = field
        self.text = text
        self.detail = detail


class Thresholds(msgspec.Struct, frozen=True):
    """`options.thresholds`. `ok` and `unknown` are counts of a service check's runs."""

    critical: float | None = None
    warning: float | None = None
    critical_recovery: float | None = None
    warning_recovery: float | None = None
    ok: float | None = None
    unknown: float | None = None


class ThresholdWindows(msgspec.Struct, frozen=True):
    """`options.threshold_windows` of an anomaly monitor: `last_15m` each."""

    trigger_window: str | None = None
    recovery_window: str | None = None


class Options(msgspec.Struct, frozen=True):
    """`options`, as far as doghouse acts upon them; what was not given is None. Durations are in the unit that Datadog has: its name says which.

    `no_data_timeframe` and `renotify_interval` are minutes, `timeout_h` hours, `evaluation_delay`, `min_failure_duration`, `new_group_delay` and
    `new_host_delay` seconds.
    """

    thresholds: Thresholds | None = None
    threshold_windows: ThresholdWindows | None = None
    notify_no_data: bool | None = None
    no_data_timeframe: int | None = None
    on_missing_data: MissingData | None = None
    require_full_window: bool | None = None
    evaluation_delay: int | None = None
    new_group_delay: int | None = None
    new_host_delay: int | None = None
    group_retention_duration: str | None = None
    renotify_interval: int | None = None
    renotify_occurrences: int | None = None
    renotify_statuses: tuple[RenotifyStatus, ...] | None = None
    escalation_message: str | None = None
    timeout_h: int | None = None
    min_failure_duration: int | None = None
    include_tags: bool | None = None
    notify_by: tuple[str, ...] | None = None
    notification_preset_name: str | None = None
    notify_audit: bool | None = None
    scheduling_options: Mapping[str, Any] | None = None
    variables: tuple[Mapping[str, Any], ...] | None = None
    silenced: Mapping[str, int | None] | None = None
    enable_logs_sample: bool | None = None
    groupby_simple_monitor: bool | None = None


class Body(msgspec.Struct, frozen=True):
    """What a monitor's document says. `id` is 0 for one that is not stored. `document` is what it was read from, unknown fields and all."""

    type: str
    query: str
    name: str = ""
    message: str = ""
    tags: tuple[str, ...] = ()
    priority: int | None = None
    options: Options = Options()
    id: int = 0
    document: Mapping[str, Any] = {}

    def fields(self) -> dict[str, Any]:
        """Its values by their names, without what a kind adds."""
        return {name: getattr(self, name) for name in Body.__struct_fields__}

    @property
    def summary(self) -> str:
        """What it watches, as one text."""
        return self.query.rstrip()

    def check_comparison(self) -> None:
        """Raise MonitorError where an alert's query does not end in a comparison with a threshold."""
        if self.type.endswith(" alert") and self.type != "synthetics alert" and not _COMPARES.search(self.query):
            raise MonitorError("query", NO_OPERATOR)


def read_body(document: Mapping[str, Any]) -> Body:
    """A monitor's body, from an API request or from an integration's asset, which has it under `definition`. Raises MonitorError where its shape is wrong."""
    body = document.get("definition", document)
    if not isinstance(body, Mapping):
        raise MonitorError("definition", "'definition' must be an object")
    return msgspec.structs.replace(_converted(body), document=dict(body))


def read_options(document: Mapping[str, Any]) -> Options:
    """`options` of a body. Raises MonitorError where their shape is wrong."""
    return _converted({"type": "", "query": "", "options": document}).options


def _converted(body: Mapping[str, Any]) -> Body:
    filled = {key: value for key, value in body.items() if value is not None and key != "document"}
    if isinstance(options := filled.get("options"), Mapping):  # an empty text is none (go-datadog-api issue 135)
        filled["options"] = {key: value for key, value in options.items() if value != ""}
    try:
        return msgspec.convert(filled, Body, strict=False)  # some of Datadog's own assets have numbers in quotes
    except msgspec.ValidationError as error:
        raise shape_error(str(error)) from None


def shape_error(complaint: str) -> MonitorError:
    """msgspec's complaint, with its place as a field's path."""
    text, _, place = complaint.partition(" - at `$")
    field = place.strip("`.") or text.rpartition("`")[0].rpartition("`")[2]
    return MonitorError(field, f"{field}: {text}" if field else text)
