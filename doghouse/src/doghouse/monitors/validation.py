"""What Datadog refuses to store as a monitor, in its words where they are known (recorded: the client's and datadogpy's traffic, public issues)."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from doghouse.monitors import composites, service_checks
from doghouse.monitors.conditions import RECOVERIES
from doghouse.monitors.model import METRIC_TYPES, Monitor, MonitorError, Thresholds, parse
from doghouse.monitors.query import evaluation_window, is_formula
from doghouse.queries import MonitorQuery, QuerySyntaxError, group_keys, parse_monitor

INVALID_QUERY = "The value provided for parameter 'query' is invalid"  # recorded
NO_OPERATOR = (
    f"{INVALID_QUERY}: invalid operator specified: "  # recorded: create_a_monitor_returns_bad_request_response
)
CUMULATIVE = "Monitors with an evaluation_window scheduling_option must have a current query period and vice versa."  # a public issue of the Terraform provider
ALERT_REQUIRED = "Alert status is required."  # a public issue of the Datadog operator
BOTH_STATES = (  # a public issue of the TypeScript client
    "{0} and {0} recovery criteria are such that the monitor can be simultaneously in {0} and {0} recovery states"
)
OCCURRENCES = (  # a public change to the Terraform provider
    "The renotify_occurrences option can only be used if renotify_interval is set"
)
MAX_TIMEOUT_H, MAX_DELAY_S = 24, 86_400  # the API's schema
# The API's schema (MonitorType): what doghouse stores, whether or not it evaluates it.
TYPES = METRIC_TYPES | {
    "composite", "service check", "event alert", "event-v2 alert", "log alert", "process alert", "rum alert",
    "synthetics alert", "trace-analytics alert", "slo alert", "audit alert", "ci-pipelines alert", "ci-tests alert",
    "error-tracking alert", "database-monitoring alert", "network-performance alert", "network-path alert", "cost alert",
    "data-quality alert", "data-jobs alert", "llm-observability alert",
}  # fmt: skip
_OPERATOR = re.compile(r"[<>]|[=!]=")
_COMPARES = re.compile(r"(?:>=|<=|==|!=|>|<)\s*(?:threshold|[-+]?[\d.]+(?:e[-+]?\d+)?)\s*$", re.IGNORECASE)


def validate(document: Mapping[str, Any]) -> Monitor:
    """The monitor, if Datadog would take it. Raises MonitorError with the field and the text of the 400.

    That data exists is never checked (recorded: POST /api/v1/monitor/validate).
    """
    monitor = parse(document)
    check(monitor)
    return monitor


def check(monitor: Monitor) -> None:
    """Raise MonitorError where Datadog would refuse the monitor."""
    for refuse in (_type, _query, _numbers, _renotification, _assets):
        refuse(monitor)


def _type(monitor: Monitor) -> None:
    if monitor.type not in TYPES:
        raise MonitorError("type", f"The value provided for parameter 'type' is invalid: '{monitor.type}'")


def _query(monitor: Monitor) -> None:
    """The query by its kind. Of kinds that doghouse does not evaluate only the comparison at the end is looked at."""
    if monitor.type in METRIC_TYPES:
        _metric_query(monitor)
    elif monitor.type == "composite":
        _parses(composites.parse, monitor.query)
    elif monitor.type == "service check":
        _parses(service_checks.parse, monitor.query)
    elif monitor.type.endswith(" alert") and monitor.type != "synthetics alert" and not _compares(monitor.query):
        raise MonitorError("query", NO_OPERATOR)


def _compares(query: str) -> bool:
    return bool(_COMPARES.search(query))


def _parses(parser: Callable[[str], object], query: str) -> None:
    try:
        parser(query)
    except QuerySyntaxError as error:
        raise MonitorError("query", f"{INVALID_QUERY}: {error.problem}") from None


def _metric_query(monitor: Monitor) -> None:
    if not _OPERATOR.search(monitor.query):
        raise MonitorError("query", NO_OPERATOR)
    if is_formula(monitor):
        return
    try:
        query = parse_monitor(monitor.query)
    except QuerySyntaxError as error:
        raise MonitorError("query", f"{INVALID_QUERY}: {error.problem}") from None
    _window(monitor, query)
    _thresholds(monitor, query)
    _notify_by(monitor, query)


def _window(monitor: Monitor, query: MonitorQuery) -> None:
    asked = (monitor.options.scheduling_options or {}).get("evaluation_window")
    if bool(asked) != query.window.cumulative:
        raise MonitorError("options.scheduling_options.evaluation_window", CUMULATIVE)
    evaluation_window(asked or {})


def _thresholds(monitor: Monitor, query: MonitorQuery) -> None:
    given = monitor.options.thresholds or Thresholds()
    critical = query.threshold if given.critical is None else given.critical
    others = (given.warning, given.critical_recovery, given.warning_recovery)
    if critical is None or (given.critical is None and any(one is not None for one in others)):
        raise MonitorError("options.thresholds.critical", ALERT_REQUIRED)
    if query.threshold is not None and critical != query.threshold:
        text = f"Alert threshold ({float(critical)}) does not match that used in the query ({float(query.threshold)})."
        raise MonitorError("options.thresholds.critical", text)
    _sides(query.comparator, critical, given)


def _sides(comparator: str, critical: float, given: Thresholds) -> None:
    """Warnings come before alerts, and recoveries before either. GUESS: a recovery threshold may equal its threshold; the words for a warning."""
    if comparator not in RECOVERIES:
        return
    rising = comparator.startswith(">")
    below: Callable[[float, float], bool] = operator.lt if rising else operator.gt
    word = "less" if rising else "greater"
    if given.warning is not None and not below(given.warning, critical):
        text = (
            f"Warning threshold ({float(given.warning)}) must be {word} than the alert threshold ({float(critical)})."
        )
        raise MonitorError("options.thresholds.warning", text)
    if given.critical_recovery is not None and below(critical, given.critical_recovery):
        raise MonitorError("options.thresholds.critical_recovery", BOTH_STATES.format("alert"))
    if (
        given.warning_recovery is not None
        and given.warning is not None
        and below(given.warning, given.warning_recovery)
    ):
        raise MonitorError("options.thresholds.warning_recovery", BOTH_STATES.format("warning"))


def _notify_by(monitor: Monitor, query: MonitorQuery) -> None:
    wanted, keys = monitor.options.notify_by, group_keys(query.expression)
    if wanted in (None, ("*",)):
        return
    for key in wanted or ():
        if key not in keys:
            text = f"notify_by: '{key}' is none of the keys that the query groups by ({', '.join(keys) or 'none'})"
            raise MonitorError("options.notify_by", text)


def _numbers(monitor: Monitor) -> None:
    options = monitor.options
    limits = (
        ("options.timeout_h", options.timeout_h, 0, MAX_TIMEOUT_H),
        ("options.evaluation_delay", options.evaluation_delay, 0, MAX_DELAY_S),
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


def _renotification(monitor: Monitor) -> None:
    if monitor.options.renotify_occurrences and not monitor.options.renotify_interval:
        raise MonitorError("options.renotify_occurrences", OCCURRENCES)


def _assets(monitor: Monitor) -> None:
    """Runbooks and the like; each is an object (MonitorAsset of the schema)."""
    assets = monitor.document.get("assets")
    if assets is not None and not (isinstance(assets, list) and all(isinstance(one, dict) for one in assets)):
        raise MonitorError("assets", "assets must be a list of objects")
