"""The graph in a mail: what the monitor looked at, around the time of the notification, with its thresholds."""

from __future__ import annotations

from doghouse.dashboards.snapshots.pictures import Marker, Picture, draw
from doghouse.metrics.model import Source
from doghouse.monitors.kinds.metric import metric_query
from doghouse.monitors.store import MonitorStore
from doghouse.notifications.model import Notification
from doghouse.queries import MONITOR, NotEvaluated, QuerySyntaxError, ResultSeries, Window, evaluate

BEFORE_WINDOWS = 3  # a window alone shows too little of what came before
LEAST_S = 1800


def graph(points: Source, monitors: MonitorStore, notification: Notification) -> bytes | None:
    """A PNG of the notification's group, or None where there is nothing to draw: no metric monitor, or one that is gone."""
    stored = monitors.get(notification.monitor_id) if notification.monitor_id is not None else None
    if stored is None:
        return None
    monitor = stored.definition
    start, end = _range(notification)
    try:
        query = metric_query(monitor)
        lines = evaluate(query.expression, points, Window(start, end, options=MONITOR))
    except (NotEvaluated, QuerySyntaxError):
        return None
    mine = [line for line in lines if _is_of(line, notification)]
    limits = monitor.thresholds
    levels = ((limits.critical, "alert"), (limits.warning, "warn"))
    banded = any(line.bounds is not None for line in mine)  # an anomaly monitor's threshold is a share, not a level
    markers = [] if banded else [Marker(value, tone=tone) for value, tone in levels if value is not None]
    return draw(Picture(notification.title, mine, start, end, markers))


def _range(notification: Notification) -> tuple[int, int]:
    """From some windows before the notification's own to its end (s UTC)."""
    span = notification.at - notification.since
    return int(notification.at - max(BEFORE_WINDOWS * span, LEAST_S)), int(notification.until)


def _is_of(line: ResultSeries, notification: Notification) -> bool:
    """Whether a line is of the notification's group, or of a group in its bundle."""
    return set(notification.group) <= set(line.group)
