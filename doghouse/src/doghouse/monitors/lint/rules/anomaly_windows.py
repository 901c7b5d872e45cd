"""What the windows and the threshold of an anomaly monitor have to be (docs: monitors/types/anomaly)."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, finds, rule
from doghouse.queries import anomaly_settings

LEAST_POINTS = 5  # of an anomaly monitor's alert window: its interval is at most a fifth of it
UNNAMED = rule("anomaly-alert-window-missing", "An anomaly monitor's query names no alert_window", "warning", order=220)
DIFFERENT = rule("anomaly-windows", "An anomaly monitor's windows do not fit each other", order=220)
FEW = rule("anomaly-few-points", "An anomaly monitor's interval leaves its alert_window too few points", order=220)
SHARE = rule("anomaly-threshold", "An anomaly monitor's threshold is no share", order=220)


@finds(UNNAMED, DIFFERENT, FEW, SHARE)
def anomaly_windows(monitor: Definition, context: Context) -> Iterator[Problem]:
    """Windows that differ, that are too short, or that hold too few points; a threshold that is no share."""
    query = context.query
    if query is None:
        return
    settings = anomaly_settings(query.expression)
    if settings is None:
        return
    alert = settings.alert_window
    if "alert_window" not in settings.named:
        text = f"anomalies() has no alert_window, which an anomaly monitor's query names; doghouse takes {alert} s"
        yield UNNAMED.problem("query", text)
    if query.window.seconds < alert:
        text = f"the window of {query.window.seconds} s is shorter than the alert_window of {alert} s"
        yield DIFFERENT.problem("query", text)
    if settings.interval and settings.interval * LEAST_POINTS > alert:
        text = f"interval {settings.interval} s gives the alert_window of {alert} s fewer than {LEAST_POINTS} points"
        yield FEW.problem("query", text)
    if query.threshold is not None and not 0 < query.threshold <= 1:
        text = f"the threshold of an anomaly monitor is a share, more than 0 and at most 1, not {query.threshold:g}"
        yield SHARE.problem("query", text)
