"""What Datadog refuses beyond its schema, from recorded answers and its documentation; and what it accepts that cannot work. Pure."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from companion import schedule
from companion.problem import did_you_mean
from companion.queries import queries
from companion.validation.schema import Fault

NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
MONITOR_QUERY = re.compile(
    rf"(?s)(?P<reduction>[a-z_]+)\s*\((?P<window>.*?)\)\s*:(?P<query>.*?)(?P<operator>>=|<=|==|!=|>|<)\s*(?P<number>{NUMBER})\s*"
)
REDUCTIONS = ("avg", "sum", "min", "max", "change", "pct_change", "percentile")
METRIC_TYPES = ("metric alert", "query alert")
WINDOW = re.compile(r"(last|current)_(\d+(?:m|h|d|w|mo))\b")
GROUPS = re.compile(r"\bby\s*\{([^}]*)\}")
VARIABLE = re.compile(r"\$([A-Za-z_][\w.\-]*)")
RULE_PARTS = (
    "FREQ",
    "INTERVAL",
    "BYDAY",
    "BYMONTHDAY",
    "BYMONTH",
    "BYSETPOS",
    "BYHOUR",
    "BYMINUTE",
    "BYSECOND",
    "COUNT",
    "UNTIL",
    "WKST",
)
RULE_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
MOST_RECURRENCES = 5


def dashboard(body: Mapping[str, Any]) -> Iterator[Fault]:
    """Recorded: v1 create_a_new_dashboard_with_…_returns_bad_request_response; layouts: the schema's DashboardReflowType."""
    for number, tag in enumerate(body.get("tags") or []):
        if not str(tag).startswith("team:"):
            yield Fault(f"tags[{number}]", f"is '{tag}': the only tag key that a dashboard takes is team")
    for number, variable in enumerate(body.get("template_variables") or []):
        place = f"template_variables[{number}]"
        if variable.get("default") is not None and variable.get("defaults") is not None:
            yield Fault(f"{place}.defaults", "stands beside default: only one of them is allowed")
        if any(value == "" for value in variable.get("defaults") or []):
            yield Fault(f"{place}.defaults", "holds an empty text")
    yield from _presets(body)
    yield from _layouts(body)
    yield from _variables(body)


def _presets(body: Mapping[str, Any]) -> Iterator[Fault]:
    declared = {variable.get("name") for variable in body.get("template_variables") or []}
    for number, preset in enumerate(body.get("template_variable_presets") or []):
        for index, variable in enumerate(preset.get("template_variables") or []):
            place = f"template_variable_presets[{number}].template_variables[{index}]"
            if variable.get("value") is not None and variable.get("values") is not None:
                yield Fault(f"{place}.values", "stands beside value: only one of them is allowed")
            if variable.get("values") == []:
                yield Fault(f"{place}.values", "is empty")
            if variable.get("name") not in declared:
                yield Fault(
                    f"{place}.name",
                    f"is '{variable.get('name')}', which template_variables does not declare",
                    warning=True,
                )


def _layouts(body: Mapping[str, Any]) -> Iterator[Fault]:
    ordered, reflow = body.get("layout_type") == "ordered", body.get("reflow_type")
    if reflow and not ordered:
        yield Fault("reflow_type", "is allowed with layout_type 'ordered' alone")
    need = reflow == "fixed" or body.get("layout_type") == "free"
    for number, widget in enumerate(body.get("widgets") or []):
        if need and not widget.get("layout"):
            yield Fault(
                f"widgets[{number}].layout", "is missing: with this layout_type and reflow_type each widget has one"
            )
        if ordered and reflow == "auto" and widget.get("layout"):
            yield Fault(f"widgets[{number}].layout", "is not allowed with reflow_type 'auto'")


def _variables(body: Mapping[str, Any]) -> Iterator[Fault]:
    declared = {str(variable.get("name")) for variable in body.get("template_variables") or []}
    for number, widget in enumerate(body.get("widgets") or []):
        for _title, text in queries({"widgets": [widget]}):
            if fault := unbalanced(text):
                yield Fault(f"widgets[{number}]", f"query '{text}': {fault}")
            for name in VARIABLE.findall(text):
                if name not in declared and name.removesuffix(".value") not in declared:
                    yield Fault(
                        f"widgets[{number}]",
                        f"query '{text}' uses ${name}, which template_variables does not declare",
                        warning=True,
                    )


def unbalanced(query: str) -> str | None:
    """What is open or closed without its other half in a query."""
    pairs = {")": "(", "}": "{", "]": "["}
    open_: list[str] = []
    for sign in re.sub(r"'[^']*'|\"[^\"]*\"", "", query):
        if sign in pairs.values():
            open_.append(sign)
        elif sign in pairs and (not open_ or open_.pop() != pairs[sign]):
            return f"'{sign}' closes nothing"
    return f"'{open_[-1]}' is not closed" if open_ else None


def monitor(body: Mapping[str, Any]) -> Iterator[Fault]:
    """Recorded: v1 create_a_monitor_returns_bad_request_response, datadogpy's monitor_validate; thresholds: docs monitors/configuration."""
    options, priority = body.get("options") or {}, body.get("priority")
    if isinstance(priority, int) and not 0 <= priority <= 5:
        yield Fault("priority", f"is {priority}, expected 1 to 5")
    if body.get("type") in METRIC_TYPES and isinstance(body.get("query"), str):
        yield from _metric_query(str(body["query"]).strip(), options)
    if options.get("renotify_occurrences") and not options.get("renotify_interval"):
        yield Fault("options.renotify_occurrences", "can only be used if renotify_interval is set")
    if options.get("on_missing_data") and (options.get("notify_no_data") or options.get("no_data_timeframe")):
        yield Fault(
            "options.on_missing_data", "stands beside notify_no_data or no_data_timeframe: only one way is allowed"
        )
    for name, most in (("timeout_h", 24), ("evaluation_delay", 86400)):
        if isinstance(options.get(name), int) and not 0 <= options[name] <= most:
            yield Fault(f"options.{name}", f"is {options[name]}, expected 0 to {most}")
    yield from _blocks(str(body.get("message") or ""))


def _metric_query(query: str, options: Mapping[str, Any]) -> Iterator[Fault]:
    if fault := unbalanced(query):
        yield Fault("query", fault)
        return
    match = MONITOR_QUERY.fullmatch(query)
    if not match or match["reduction"] not in REDUCTIONS or not (window := WINDOW.search(match["window"])):
        yield Fault("query", "is not of the form avg(last_5m):QUERY > NUMBER")
        return
    if (window[1] == "current") != bool((options.get("scheduling_options") or {}).get("evaluation_window")):
        yield Fault(
            "options.scheduling_options.evaluation_window",
            "goes with a current_… window in the query, and the other way round",
        )
    yield from _thresholds(options.get("thresholds") or {}, match["operator"], float(match["number"]))
    groups = {name.strip() for names in GROUPS.findall(match["query"]) for name in names.split(",")}
    for number, name in enumerate(options.get("notify_by") or []):
        if name not in groups | {"*"}:
            yield Fault(f"options.notify_by[{number}]", f"is '{name}', which the query does not group by")


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
    """A block that is not closed swallows the rest of the message."""
    open_: list[str] = []
    for sign, name in re.findall(r"\{\{([#^/])\s*([a-z_]+)", message):
        if sign != "/":
            open_.append(name)
        elif not open_ or open_.pop() != name:
            yield Fault("message", f"{{{{/{name}}}}} closes nothing", warning=True)
            return
    if open_:
        yield Fault("message", f"{{{{#{open_[-1]}}}}} is not closed", warning=True)


def downtime(body: Mapping[str, Any]) -> Iterator[Fault]:
    """Docs monitors/downtimes; recorded: v2 schedule_a_downtime_returns_bad_request_response."""
    for problem in _scope(str(body.get("scope", ""))):
        yield Fault("scope", problem)
    held = body.get("schedule") or {}
    zone = held.get("timezone")
    if zone is not None and zone not in zoneinfo.available_timezones():
        yield Fault("schedule.timezone", f"'{zone}' is not known{did_you_mean(zone, zoneinfo.available_timezones())}")
    recurrences = held.get("recurrences")
    if recurrences is None:
        for name in ("start", "end"):
            if held.get(name) and not re.search(r"(Z|[+-]00:?00)$", str(held[name])):
                yield Fault(
                    f"schedule.{name}", f"is '{held[name]}', expected a time in UTC, such as 2026-03-02T19:00:00Z"
                )
        return
    if body.get("display_timezone") not in (None, zone):
        yield Fault(
            "display_timezone", f"is '{body['display_timezone']}', and must be the schedule's timezone ('{zone}')"
        )
    if not 1 <= len(recurrences) <= MOST_RECURRENCES:
        yield Fault("schedule.recurrences", f"has {len(recurrences)} items, expected 1 to {MOST_RECURRENCES}")
    for number, recurrence in enumerate(recurrences):
        yield from _recurrence(recurrence, f"schedule.recurrences[{number}]")


def _recurrence(recurrence: Mapping[str, Any], place: str) -> Iterator[Fault]:
    try:
        schedule.duration(str(recurrence.get("duration")))
    except ValueError as error:
        yield Fault(f"{place}.duration", str(error))
    start = recurrence.get("start")
    try:
        if start is not None and datetime.fromisoformat(str(start)).tzinfo is not None:
            yield Fault(
                f"{place}.start", f"is '{start}', expected a local time without an offset, such as 2026-03-02T19:00:00"
            )
    except ValueError:
        yield Fault(f"{place}.start", f"is '{start}', expected a time such as 2026-03-02T19:00:00")
    rule = str(recurrence.get("rrule", ""))
    parts = schedule.rule_parts(rule)
    for name in parts:
        if name not in RULE_PARTS:
            yield Fault(
                f"{place}.rrule", f"has {name or 'an empty part'}, which is not allowed{did_you_mean(name, RULE_PARTS)}"
            )
            return
    if not parts.get("FREQ", frozenset()) <= set(RULE_FREQUENCIES) or "FREQ" not in parts:
        yield Fault(f"{place}.rrule", f"needs FREQ with one of {', '.join(RULE_FREQUENCIES)}")
        return
    try:
        from dateutil.rrule import rrulestr

        rrulestr(rule)
    except (ValueError, TypeError, KeyError) as error:
        yield Fault(f"{place}.rrule", f"is '{rule}': {error}")


def _scope(scope: str) -> Iterator[str]:
    """Refused: a term without a key, `?`, OR between different keys (docs monitors/downtimes, section scope)."""
    if scope.strip() == "*":
        return
    if fault := unbalanced(scope):
        yield fault
        return
    if "?" in scope:
        yield "has the wildcard '?', which is not allowed"
    plain = re.sub(r":\s*\([^()]*\)", ":x", scope)
    terms = [
        term
        for term in re.split(r"\s+AND\s+|\s+OR\s+|\s+|,", re.sub(r"[()]", " ", plain).strip())
        if term and term != "NOT"
    ]
    if not terms:
        yield "is empty; '*' is everything"
    for term in terms:
        if ":" not in term.lstrip("-!"):
            yield f"'{term}' has no key: all values must have one, as in env:prod"
    keys = {term.lstrip("-!").partition(":")[0] for term in terms}
    if re.search(r"\sOR\s", plain) and len(keys) > 1:
        yield "has OR between different keys, which is not allowed"
