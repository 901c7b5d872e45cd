"""What Datadog refuses of a monitor beyond its schema, and what it accepts that cannot work. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from companion.problem import did_you_mean
from companion.validation.query import monitor_faults
from companion.validation.schema import Fault

NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
MONITOR_QUERY = re.compile(
    rf"(?s)[a-z_]+\s*\((?:\w+\s*\()?\s*(?P<window>\w+).*?\)\s*:(?P<query>.*?)(?P<operator>>=|<=|==|!=|>|<)\s*(?P<number>{NUMBER}|threshold)\s*"
)
CHECK_QUERY = re.compile(r"\s*\"[^\"]+\"\s*\.\s*over\(")
COMPARISON = re.compile(rf"(>=|<=|==|!=|>|<)\s*{NUMBER}\s*$")
WITHOUT_COMPARISON = ("service check", "composite", "synthetics alert", "event alert", "network-path alert")
METRIC_TYPES = ("metric alert", "query alert")
GROUPS = re.compile(r"\bby\s*\{([^}]*)\}")
LIMITS = {
    "timeout_h": 24, "evaluation_delay": 86400, "no_data_timeframe": None, "renotify_interval": None,
    "new_group_delay": None, "new_host_delay": None,
}  # fmt: skip
BLOCKS = (
    "is_alert", "is_warning", "is_no_data", "is_recovery", "is_alert_recovery", "is_warning_recovery", "is_no_data_recovery",
    "is_alert_to_warning", "is_no_data_to_warning", "is_unknown", "is_match", "is_exact_match", "is_renotify", "is_priority", "if", "unless", "each", "with",
)  # fmt: skip  # docs monitors/notify/variables, and the template language's own


def monitor(body: Mapping[str, Any]) -> Iterator[Fault]:
    """Recorded: v1 create_a_monitor_returns_bad_request_response, datadogpy's monitor_validate; thresholds: docs monitors/configuration."""
    options, priority = body.get("options") or {}, body.get("priority")
    if isinstance(priority, int) and not 0 <= priority <= 5:
        yield Fault("priority", f"is {priority}, expected 1 to 5")
    if body.get("type") in METRIC_TYPES and isinstance(body.get("query"), str):
        if not str(body["query"]).lstrip().startswith("formula("):  # over options.variables, which the schema describes
            yield from _metric_query(str(body["query"]).strip(), options)
    elif body.get("type") not in WITHOUT_COMPARISON and not COMPARISON.search(str(body.get("query"))):
        yield Fault("query", "ends without a comparison such as > 10")  # recorded: invalid operator specified
    if body.get("type") == "service check" and not CHECK_QUERY.match(str(body.get("query"))):
        yield Fault(
            "query", 'is not of the form "http.can_connect".over("env:prod").by("host").last(2).count_by_status()'
        )
    if options.get("renotify_occurrences") and not options.get("renotify_interval"):
        yield Fault("options.renotify_occurrences", "can only be used if renotify_interval is set")
    if options.get("on_missing_data") and (options.get("notify_no_data") or options.get("no_data_timeframe")):
        yield Fault(
            "options.on_missing_data", "stands beside notify_no_data or no_data_timeframe: only one way is allowed"
        )
    for name, most in LIMITS.items():
        value = options.get(name)
        if isinstance(value, int) and not 0 <= value <= (most or value):
            yield Fault(f"options.{name}", f"is {value}, expected {f'0 to {most}' if most else '0 or more'}")
    yield from _blocks(str(body.get("message") or ""))


def _metric_query(query: str, options: Mapping[str, Any]) -> Iterator[Fault]:
    found = [Fault("query", fault) for fault in monitor_faults(query)]
    yield from found
    match = MONITOR_QUERY.fullmatch(query)
    if found or not match:
        return
    if match["window"].startswith("current") != bool(
        (options.get("scheduling_options") or {}).get("evaluation_window")
    ):
        yield Fault(
            "options.scheduling_options.evaluation_window",
            "goes with a current_… window in the query, and the other way round",
        )
    thresholds = options.get("thresholds") or {}
    if match["number"] != "threshold":
        yield from _thresholds(thresholds, match["operator"], float(match["number"]))
    elif thresholds.get("critical") is None:
        yield Fault("options.thresholds.critical", "is missing, and the query compares with threshold")
    else:
        yield from _thresholds(thresholds, match["operator"], float(thresholds["critical"]))
    groups = {name.strip() for names in GROUPS.findall(match["query"]) for name in names.split(",")}
    for number, name in enumerate(options.get("notify_by") or []):
        if name not in groups and name != "*":
            yield Fault(f"options.notify_by[{number}]", f"is '{name}', which the query does not group by")
    if "*" in (options.get("notify_by") or []) and len(options["notify_by"]) > 1:
        yield Fault("options.notify_by", "has '*' beside other groups: it stands alone")


def _thresholds(thresholds: Mapping[str, Any], operator: str, number: float) -> Iterator[Fault]:
    held = {name: float(value) for name, value in thresholds.items() if isinstance(value, int | float)}
    critical = held.get("critical", number)
    if thresholds and "critical" not in thresholds:
        yield Fault("options.thresholds.critical", "is missing beside the other thresholds")
    if critical != number:
        yield Fault("options.thresholds.critical", f"is {critical:g}, and the query compares with {number:g}")
    if operator not in (">", ">=", "<", "<="):
        return
    side = 1 if operator.startswith(">") else -1
    rules: dict[str, tuple[str, Callable[[float], bool]]] = {
        "warning": ("critical", lambda gap: gap > 0),
        "critical_recovery": ("critical", lambda gap: gap >= 0),
        "warning_recovery": ("warning", lambda gap: gap >= 0),
    }
    for name, (other, fine) in rules.items():
        limit = critical if other == "critical" else held.get("warning")
        if name in held and limit is not None and not fine((limit - held[name]) * side):
            yield Fault(
                f"options.thresholds.{name}",
                f"is {held[name]:g}, on the alerting side of {other} ({limit:g}, with '{operator}')",
            )


def _blocks(message: str) -> Iterator[Fault]:
    """A block that is not closed swallows the rest of the message; one that Datadog does not know is never shown."""
    open_: list[str] = []
    for sign, name in re.findall(r"\{\{([#^/])\s*([a-z_]+)", message):
        if name not in BLOCKS:
            yield Fault("message", f"{{{{{sign}{name}}}}} is no block{did_you_mean(name, BLOCKS)}", warning=True)
        if sign != "/":
            open_.append(name)
        elif not open_ or open_.pop() != name:
            yield Fault("message", f"{{{{/{name}}}}} closes nothing", warning=True)
            return
    if open_:
        yield Fault("message", f"{{{{#{open_[-1]}}}}} is not closed", warning=True)
