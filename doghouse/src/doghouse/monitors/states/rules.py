"""What a monitor asks of its state machine, with Datadog's defaults applied."""

from __future__ import annotations

from msgspec.structs import replace

from doghouse.monitors.model import MonitorError, Options, Thresholds
from doghouse.monitors.query import fills_missing, is_count_query
from doghouse.monitors.states.machine import Missing, Rules, Status
from doghouse.monitors.windows.anomalies import reading
from doghouse.queries import MonitorQuery, group_keys
from doghouse.time import lengths
from doghouse.time.lengths import DAY, HOUR, MINUTE

NEW_GROUP_DELAY_S = 60
NEW_HOST_DELAY_S = 300
RETENTION_S = DAY  # monitors/configuration, group retention of metric monitors
RETENTION_UNITS = {unit: lengths.UNITS[unit] for unit in "mhd"}
RENOTIFY_STATUSES = {"alert": Status.ALERT, "warn": Status.WARN, "no data": Status.NO_DATA}


def metric_rules(options: Options, thresholds: Thresholds, query: MonitorQuery) -> Rules:
    """The rules of a metric monitor with these thresholds. Raises MonitorError where there is no critical one."""
    keys, counts = group_keys(query.expression), is_count_query(query)
    options = filling(options) if fills_missing(query.expression) else options
    rules = point_rules(options, thresholds, query.comparator, keys=keys, counts=counts, window=query.window.seconds)
    scheduled = (options.scheduling_options or {}).get("custom_schedule")  # which leaves a full window out of account
    full, recovers = bool(options.require_full_window and not scheduled), reading(query, None) is not None
    return replace(rules, require_full_window=full, recovers_at=recovers)


def filling(options: Options) -> Options:
    """The options where default_zero() fills what is missing: nothing but 0 comes of it, whatever they say (monitors/configuration, since August 2026)."""
    return replace(options, on_missing_data="default", notify_no_data=False)


def point_rules(
    options: Options, thresholds: Thresholds, comparator: str, *, keys: tuple[str, ...], counts: bool, window: int
) -> Rules:
    """The rules of a monitor over points that groups by `keys`. `counts`: missing data is 0 by default. `window` is its length (s). Raises MonitorError."""
    missing, after = _missing(options, counts, window)
    rules = _compared(options, thresholds, comparator, multi=bool(keys))
    return replace(rules, missing=missing, missing_after=after, new_group_delay=_new_group_delay(options, keys))


def record_rules(
    options: Options, thresholds: Thresholds, comparator: str, *, keys: tuple[str, ...], counts: bool, window: int
) -> Rules:
    """The rules of a monitor over records (monitors/types/log). `counts`: missing data is 0 by default. `window` is its length (s).

    Raises MonitorError where there is no critical threshold. GUESS: `notify_no_data` with a timeframe works as it does for metrics, and where it is off,
    what is not said of missing data is `default`; `new_host_delay` delays no group.
    """
    if options.on_missing_data is None and not options.notify_no_data:
        options = replace(options, on_missing_data="default")
    missing, after = _missing(options, counts, window)
    delay = NEW_GROUP_DELAY_S if options.new_group_delay is None else options.new_group_delay
    rules = _compared(options, thresholds, comparator, multi=bool(keys))
    return replace(rules, missing=missing, missing_after=after, new_group_delay=delay, zero_waits=bool(keys))


def _compared(options: Options, thresholds: Thresholds, comparator: str, *, multi: bool) -> Rules:
    """What all rules have in common that compare a value with thresholds."""
    if thresholds.critical is None:
        raise MonitorError("options.thresholds.critical", "Alert status is required.")
    return replace(
        followed_rules(options, multi=multi),
        comparator=comparator,
        critical=thresholds.critical,
        warning=thresholds.warning,
        critical_recovery=thresholds.critical_recovery,
        warning_recovery=thresholds.warning_recovery,
        delay=options.evaluation_delay or 0,
        timeout=(options.timeout_h or 0) * HOUR or None,
        retention=_retention(options.group_retention_duration),
    )


def followed_rules(options: Options, *, multi: bool) -> Rules:
    """The rules of a monitor whose status is worked out elsewhere (`states.follow`): what it notifies, and how often."""
    return Rules(
        ">",
        0.0,
        multi=multi,
        notify_no_data=notifies_no_data(options),
        renotify_interval=(options.renotify_interval or 0) * MINUTE or None,
        renotify_occurrences=options.renotify_occurrences,
        renotify_statuses=_renotify_statuses(options),
    )


def _missing(options: Options, counts: bool, window: int) -> tuple[Missing, int]:
    """What a lack of data does, and after how long (s). `counts`: by default it is 0. `window` is the window's length (s).

    `on_missing_data` looks at the window itself; the older `notify_no_data` at a timeframe, twice the window where none is given
    (the API's schema; another page says once). Where both are given, `notify_no_data` wins (kennel pull request 355).
    """
    if options.notify_no_data:
        timeframe = options.no_data_timeframe
        return Missing.NO_DATA, 2 * window if timeframe is None else timeframe * MINUTE
    match options.on_missing_data:
        case "show_no_data" | "show_and_notify_no_data":
            return Missing.NO_DATA, 0
        case "resolve":
            return Missing.RESOLVE, 0
        case "default":
            return (Missing.ZERO if counts else Missing.KEEP), 0
    return Missing.KEEP, 0


def notifies_no_data(options: Options) -> bool:
    """Whether a lack of data is notified."""
    return bool(options.notify_no_data) or options.on_missing_data == "show_and_notify_no_data"


def _new_group_delay(options: Options, keys: tuple[str, ...]) -> int:
    """GUESS: where `new_group_delay` is not given, groups that contain a host wait for the older `new_host_delay`."""
    if options.new_group_delay is not None:
        return options.new_group_delay
    if "host" in keys:
        return NEW_HOST_DELAY_S if options.new_host_delay is None else options.new_host_delay
    return NEW_GROUP_DELAY_S


def _retention(text: str | None) -> int:
    """`group_retention_duration`: `60m`, `24h`, `2d` in seconds."""
    return lengths.seconds(text or "", RETENTION_UNITS) or RETENTION_S


def _renotify_statuses(options: Options) -> frozenset[Status]:
    """Alert and No Data where none are given (the API's schema)."""
    if options.renotify_statuses is None:
        return frozenset({Status.ALERT, Status.NO_DATA})
    return frozenset(RENOTIFY_STATUSES[status] for status in options.renotify_statuses)
