"""What is wrong with a monitor before it goes anywhere, as values with a place: pure, the command prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from doghouse.monitors import reach, variables
from doghouse.monitors.anomalies import reading
from doghouse.monitors.definition import Definition
from doghouse.monitors.kinds.metric import metric_query
from doghouse.monitors.model import METRIC_TYPES, MonitorError
from doghouse.monitors.states import Missing, Status
from doghouse.monitors.template import Call, Node, TemplateError, parse, position
from doghouse.monitors.validation import check
from doghouse.queries import MonitorQuery, NotEvaluated, QuerySyntaxError, function_names, metric_queries
from doghouse.queries.names import nearest
from doghouse.queries.spans import length_seconds

# What Datadog's page offers for renotification (kennel's list); the API takes others too.
RENOTIFY_MINUTES = (10, 20, 30, 40, 50, 60, 90, 120, 180, 240, 300, 360, 720, 1440)
LEAST_POINTS = 5  # of an anomaly monitor's alert window: its interval is at most a fifth of it
ENOUGH_INTERVALS = 2  # a window without data that is shorter than so many of the metric's intervals is empty by chance
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
_TOLD = {Status.ALERT: "alerts", Status.WARN: "warns", Status.NO_DATA: "has no data", Status.OK: "recovers"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong (`error`), suspicious (`warning`) or worth knowing (`note`).

    `line` and `column` count from 1 in the text of `field`; 0: the field as a whole.
    """

    field: str
    text: str
    severity: str = "error"
    line: int = 0
    column: int = 0


def lint(monitor: Definition, intervals: Mapping[str, int] | None = None) -> list[Problem]:
    """All problems of one monitor: query, thresholds, no-data window, templates, mentions. `intervals` are metrics' submission intervals (s), where known."""
    found = list(_refusal(monitor))
    if monitor.type in METRIC_TYPES:
        found += _data(monitor, intervals or {})
    found += _options(monitor)
    found += _templates(monitor)
    return found


def _refusal(monitor: Definition) -> Iterator[Problem]:
    try:
        check(monitor)
    except MonitorError as error:
        yield Problem(error.field, error.text, "error", *(_place(monitor) if error.field == "query" else (0, 0)))


def _place(monitor: Definition) -> tuple[int, int]:
    """Where a metric monitor's query stops being one: line and column; 0, 0 where that is not known."""
    try:
        metric_query(monitor)
    except QuerySyntaxError as error:
        return position(error.text, error.position)
    except NotEvaluated:
        pass
    return 0, 0


def _data(monitor: Definition, intervals: Mapping[str, int]) -> Iterator[Problem]:
    """Windows that do not fit the data, and what the query counts."""
    try:
        query, rules = metric_query(monitor), monitor.rules
    except (QuerySyntaxError, NotEvaluated, MonitorError):
        return
    window = query.window.seconds
    interval = max((intervals.get(one.metric, 0) for one in metric_queries(query.expression)), default=0)
    if window < interval:
        yield Problem(
            "query",
            f"the window of {window} s is shorter than the metric's interval of {interval} s: it is often empty",
        )
    if rules.missing is Missing.NO_DATA:
        silence = max(window, rules.missing_after)
        if silence < ENOUGH_INTERVALS * interval:
            text = f"No Data after {silence} s without points, but the metric has one each {interval} s: it will come by chance"
            yield Problem("options", text)
    yield from _anomaly(monitor, query)
    timeframe = monitor.options.no_data_timeframe
    if monitor.options.notify_no_data and timeframe is not None and timeframe * 60 < 2 * window:
        text = f"no_data_timeframe is {timeframe} minutes; Datadog recommends at least twice the window, {2 * window // 60}"
        yield Problem("options.no_data_timeframe", text, "warning")
    if query.aggregator != "sum" and "as_count" in function_names(query.expression):
        yield Problem(
            "query", f"as_count() with {query.aggregator} over time; Datadog's page allows only sum", "warning"
        )


def _anomaly(monitor: Definition, query: MonitorQuery) -> Iterator[Problem]:
    """What an anomaly monitor's windows have to be (monitors/types/anomaly)."""
    given = monitor.options.threshold_windows
    reads = reading(query, given.recovery_window if given else None)
    if reads is None:
        return
    alert = reads.alert_window
    if given is not None and given.trigger_window and length_seconds(given.trigger_window) != alert:
        text = f"trigger_window {given.trigger_window} is not the query's alert_window of {alert} s"
        yield Problem("options.threshold_windows.trigger_window", text)
    if query.window.seconds < alert:
        yield Problem("query", f"the window of {query.window.seconds} s is shorter than the alert_window of {alert} s")
    if reads.interval and reads.interval * LEAST_POINTS > alert:
        text = f"interval {reads.interval} s gives the alert_window of {alert} s fewer than {LEAST_POINTS} points"
        yield Problem("query", text)
    if query.threshold is not None and not 0 < query.threshold <= 1:
        text = f"the threshold of an anomaly monitor is a share, more than 0 and at most 1, not {query.threshold:g}"
        yield Problem("query", text)


def _options(monitor: Definition) -> Iterator[Problem]:
    options = monitor.options
    yield from _unknown(monitor)
    lasts = options.group_retention_duration
    if lasts is not None and not re.fullmatch(r"[1-9]\d*[mhd]", lasts):
        text = f"'{lasts}' is no duration: it is 60m, 1h or 2d"
        yield Problem("options.group_retention_duration", text)
    if options.on_missing_data is not None and (options.notify_no_data or options.no_data_timeframe is not None):
        text = "on_missing_data excludes notify_no_data and no_data_timeframe"
        yield Problem("options.on_missing_data", text)
    given = options.thresholds
    if given is not None and given.warning_recovery is not None and given.warning is None:
        text = "warning_recovery has no effect: there is no warning threshold"
        yield Problem("options.thresholds.warning_recovery", text, "warning")
    interval = options.renotify_interval
    if interval and interval not in RENOTIFY_MINUTES:
        text = f"renotify_interval {interval} is none of those that Datadog's page offers ({', '.join(map(str, RENOTIFY_MINUTES))})"
        yield Problem("options.renotify_interval", text, "warning")
    if options.escalation_message and not interval:
        text = "escalation_message is never sent: renotify_interval is not set"
        yield Problem("options.escalation_message", text, "warning")


def _unknown(monitor: Definition) -> Iterator[Problem]:
    """Options that Datadog's schema does not have: it takes them in silence, and a misspelt one has no effect."""
    given = monitor.document.get("options")
    for place, names, known in (
        ("options", given, OPTIONS),
        ("options.thresholds", (given or {}).get("thresholds"), THRESHOLDS),
    ):
        for name in names if isinstance(names, Mapping) else ():
            if name not in known:
                near = nearest(name, known)
                text = f"'{name}' is no option of monitors, and has no effect" + (
                    f"; did you mean {near}?" if near else ""
                )
                yield Problem(f"{place}.{name}", text, "warning")


def _templates(monitor: Definition) -> Iterator[Problem]:
    """Problems of the texts that are templates, then of who is mentioned in them."""
    texts = {"name": monitor.name, "message": monitor.message}
    if monitor.options.escalation_message:
        texts["options.escalation_message"] = monitor.options.escalation_message
    trees: dict[str, tuple[Node, ...]] = {}
    for field, text in texts.items():
        try:
            trees[field] = parse(text)
        except TemplateError as error:
            yield Problem(field, error.text, "error", error.line, error.column)
            continue
        for fault in variables.faults(monitor, trees[field]):
            yield Problem(field, fault.text, fault.severity, *position(text, fault.place))
    if "message" in trees:
        yield from _mentions(monitor, trees["message"], trees.get("options.escalation_message", ()))


def _mentions(monitor: Definition, message: Sequence[Node], escalation: Sequence[Node]) -> Iterator[Problem]:
    """Mentions that no state reaches, and states that reach nobody."""
    overrides = any(isinstance(one, Call) and one.function == "override_priority" for one in variables.walk(message))
    happening = reach.transitions(monitor)
    reached: dict[Status, set[int]] = {}
    escalates = reach.mentioned(escalation, reach.nothing_known)
    for transition in happening:
        known = reach.known_in(transition, monitor, overrides=overrides)
        places = {one.place for one in reach.mentioned(message, known) if one.problem is None}
        reached.setdefault(transition.after, set()).update(places)
    everybody = reach.mentioned(message, reach.nothing_known)
    if any(one.after is Status.ALERT for one in happening) and any(one.after is Status.WARN for one in happening):
        reached[Status.WARN] |= _told_of_recoveries(message)
    for one in everybody:
        line, column = position(monitor.message, one.place)
        if one.problem is not None:
            yield Problem("message", one.problem, "error", line, column)
        elif not any(one.place in places for places in reached.values()):
            yield Problem("message", f"no state of this monitor reaches @{one.handle}", "error", line, column)
    silent = [_TOLD[status] for status in _TOLD if status in reached and not reached[status]]
    if silent:
        when = " or ".join(silent) if len(silent) < 3 else f"{', '.join(silent[:-1])} or {silent[-1]}"
        kept = " (the escalation message does, later)" if escalates else ""
        text = f"nobody is mentioned when it {when}{kept}, unless notification rules route it"
        yield Problem("message", text, "warning")


def _told_of_recoveries(message: Sequence[Node]) -> set[int]:
    """Who stands in is_alert_recovery hears of the way from Alert to Warn too."""
    from doghouse.monitors.template import Block

    blocks = [one for one in variables.walk(message) if isinstance(one, Block)]
    mine = [one.body for one in blocks if one.condition.helper == "is_alert_recovery"]
    return {one.place for body in mine for one in reach.mentioned(body, reach.nothing_known)}
