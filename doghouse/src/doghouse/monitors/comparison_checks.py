"""What Datadog refuses of a monitor that compares a value: a window, thresholds or keys of `notify_by` that do not fit its query. In its words, where known."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from doghouse.monitors.model import MonitorError, Thresholds
from doghouse.monitors.query import evaluation_window
from doghouse.monitors.states.conditions import RECOVERIES
from doghouse.queries.language.spans import length_seconds
from doghouse.queries.language.tree import Comparator, TimeWindow

if TYPE_CHECKING:
    from doghouse.monitors.definition import Definition

CUMULATIVE = "Monitors with an evaluation_window scheduling_option must have a current query period and vice versa."  # a public issue of the Terraform provider
ALERT_REQUIRED = "Alert status is required."  # a public issue of the Datadog operator
ALL_KEYS = "The notify_by list may not include all of the query's group keys."  # terraform-provider-datadog issue 2102
ZERO_IS_DEFAULT = "Invalid on_missing_data value: {}; valid value is: default"  # terraform-provider-datadog issue 2815
# terraform-provider-datadog issue 2291; of which types: its documentation.
NO_MISSING_DATA = "Invalid monitor option: on_missing_data"
NO_WARNING = "Warning recovery threshold ({}) needs a warning threshold."  # that it is refused: datadog-sync-cli pull request 619. GUESS: the words
OTHER_WINDOW = "alert window query arg must match trigger window monitor option"  # datadog-operator pull request 408
BOTH_STATES = (  # a public issue of the TypeScript client
    "{0} and {0} recovery criteria are such that the monitor can be simultaneously in {0} and {0} recovery states"
)


class Comparison(Protocol):
    """A query of a window that is compared with a threshold (None: the text does not say which)."""

    @property
    def window(self) -> TimeWindow:
        """The window."""

    @property
    def comparator(self) -> Comparator:
        """How it is compared."""

    @property
    def threshold(self) -> float | None:
        """With what."""


def check(monitor: Definition, query: Comparison, keys: tuple[str, ...]) -> None:
    """Raise MonitorError where the monitor's settings do not fit its query, which groups by `keys`."""
    _check_window(monitor, query)
    check_thresholds(monitor, query.comparator, query.threshold)
    check_notify_by(monitor, keys)


def _check_window(monitor: Definition, query: Comparison) -> None:
    window = (monitor.options.scheduling_options or {}).get("evaluation_window")
    if bool(window) != query.window.cumulative:
        raise MonitorError("options.scheduling_options.evaluation_window", CUMULATIVE)
    evaluation_window(window or {})


def check_thresholds(monitor: Definition, comparator: str, threshold: float | None) -> None:
    """Raise MonitorError where the thresholds do not fit each other, or the query's comparison (`threshold`: None where it has no number of its own)."""
    levels, critical = monitor.options.thresholds or Thresholds(), monitor.thresholds.critical
    others = (levels.warning, levels.critical_recovery, levels.warning_recovery)
    if critical is None or (levels.critical is None and any(level is not None for level in others)):
        raise MonitorError("options.thresholds.critical", ALERT_REQUIRED)
    if threshold is not None and critical != threshold:
        text = f"Alert threshold ({float(critical)}) does not match that used in the query ({float(threshold)})."
        raise MonitorError("options.thresholds.critical", text)
    _check_sides(comparator, critical, levels)


def _check_sides(comparator: str, critical: float, levels: Thresholds) -> None:
    """Warnings come before alerts, and recoveries before either. GUESS: a recovery threshold may equal its threshold; the words for a warning."""
    if comparator not in RECOVERIES:
        return
    rising = comparator.startswith(">")
    below: Callable[[Any, Any], bool] = operator.lt if rising else operator.gt
    word = "less" if rising else "greater"
    warning = levels.warning
    if warning is not None and not below(warning, critical):
        text = f"Warning threshold ({float(warning)}) must be {word} than the alert threshold ({float(critical)})."
        raise MonitorError("options.thresholds.warning", text)
    if levels.critical_recovery is not None and below(critical, levels.critical_recovery):
        raise MonitorError("options.thresholds.critical_recovery", BOTH_STATES.format("alert"))
    if levels.warning_recovery is not None and warning is None:
        text = NO_WARNING.format(float(levels.warning_recovery))
        raise MonitorError("options.thresholds.warning_recovery", text)
    if warning is not None and levels.warning_recovery is not None and below(warning, levels.warning_recovery):
        raise MonitorError("options.thresholds.warning_recovery", BOTH_STATES.format("warning"))


def check_notify_by(monitor: Definition, keys: tuple[str, ...]) -> None:
    """Raise MonitorError where `notify_by` names what the query does not group by, or all that it groups by."""
    notify_by = monitor.options.notify_by
    if notify_by in (None, ("*",)):
        return
    for key in notify_by or ():
        if key not in keys:
            text = f"notify_by: '{key}' is none of the keys that the query groups by ({', '.join(keys) or 'none'})"
            raise MonitorError("options.notify_by", text)
    if notify_by and set(keys) <= set(notify_by):
        raise MonitorError("options.notify_by", ALL_KEYS)


def check_threshold_windows(monitor: Definition, alert_window: int, threshold: float | None) -> None:
    """Raise MonitorError where an anomaly monitor's windows are given, and do not fit the query's `alert_window` (s) and threshold.

    So much of the alert window may lie inside the band while it alerts; a recovery window has to be longer (monitors/types/anomaly).
    """
    windows = monitor.options.threshold_windows
    if windows is None:
        return
    if windows.trigger_window is None or length_seconds(windows.trigger_window) != alert_window:
        raise MonitorError("options.threshold_windows.trigger_window", OTHER_WINDOW)
    inside = round(alert_window * (1 - min(threshold or 1, 1)))
    if windows.recovery_window is not None and length_seconds(windows.recovery_window) <= inside:
        raise MonitorError("options.threshold_windows.recovery_window", BOTH_STATES.format("alert"))


def check_missing_data(monitor: Definition, fills: bool) -> None:
    """Raise MonitorError for another setting than the default where the query `fills` what is missing with 0 (monitors/configuration, since August 2026)."""
    setting = monitor.options.on_missing_data
    if fills and setting not in (None, "default"):
        raise MonitorError("options.on_missing_data", ZERO_IS_DEFAULT.format(setting))


def check_without_missing_data(monitor: Definition) -> None:
    """Raise MonitorError for a type of monitor that does not ask what is done about missing data, and whose options say it."""
    if monitor.options.on_missing_data is not None:
        raise MonitorError("options.on_missing_data", NO_MISSING_DATA)
