"""A monitor over a page's range, as its page draws it: the query, the state of each group, who was told, and which downtimes held."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from doghouse import downtimes as dt
from doghouse import monitors as mon
from doghouse.backtest import run
from doghouse.backtest.figures import figures
from doghouse.backtest.run import Backtest, Timeline
from doghouse.downtimes.store import DowntimeStore
from doghouse.monitors import Status
from doghouse.monitors.api.answers import group_name
from doghouse.monitors.notification_rules import Rules
from doghouse.notifications.model import Notification
from doghouse.queries import NotEvaluated, QuerySyntaxError
from doghouse.ui.frame import Frame
from doghouse.ui.widgets.graphs import number

THRESHOLDS = ("critical", "warning", "critical_recovery", "warning_recovery")
MOST_CHANGES = 200  # rows of history sent to a page
MOST_GROUPS = 100  # strips drawn
NAME_LENGTH = 60
LONGEST_S = 93 * 86400  # a longer range is not evaluated minute by minute while somebody waits


class Replayed(Struct, frozen=True):
    """What a monitor did over a range; or why it cannot be told."""

    test: Backtest | None
    problem: str = ""


def replay(
    monitor: mon.Definition,
    sources: mon.Sources,
    frame: Frame,
    downtimes: Sequence[dt.Downtime],
    hosts: Mapping[str, mon.Host],
    rules: Rules,
) -> Replayed:
    """The monitor's evaluations in the frame. Never raises for a monitor that is wrong or not evaluated."""
    if frame.span > LONGEST_S:
        return Replayed(
            None, f"a range of more than {LONGEST_S // 86400} days is not evaluated on this page; use doghouse backtest"
        )
    try:
        return Replayed(run.replay(monitor, sources, frame.start, frame.end, downtimes, hosts, rules))
    except (NotEvaluated, QuerySyntaxError, mon.MonitorError) as error:
        return Replayed(None, str(error))


def thresholds(monitor: mon.Definition) -> dict[str, float]:
    """The thresholds that a monitor has."""
    options = monitor.thresholds
    levels = {name: getattr(options, name) for name in THRESHOLDS}
    return {name: float(level) for name, level in levels.items() if level is not None}


def document(test: Backtest, timezone: str) -> dict[str, Any]:
    """A backtest as JSON for js/pages/monitor.mjs. Times in s UTC."""
    late = trimmed(test)
    return {
        "figures": figures(test, timezone).document(),
        "groups": [strip(timeline) for timeline in sorted(test.timelines, key=_worst)[:MOST_GROUPS]],
        "more_groups": max(0, len(test.timelines) - MOST_GROUPS),
        "changes": changes(late, late.notifications(), names(test)),
        "covers": covers(test),
    }


def trimmed(test: Backtest) -> Backtest:
    """The backtest with its last MOST_CHANGES entries alone: what came before is neither rendered nor sent."""
    times = np.sort(np.concatenate([timeline.history.at for timeline in test.timelines] or [np.empty(0, np.int64)]))
    if len(times) <= MOST_CHANGES:
        return test
    since = int(times[-MOST_CHANGES])
    bundles = None if test.bundles is None else [_since(bundle, since) for bundle in test.bundles]
    return replace(test, timelines=[_since(timeline, since) for timeline in test.timelines], bundles=bundles)


def _since(timeline: Timeline, since: int) -> Timeline:
    """A timeline whose entries begin at a time (s UTC)."""
    history = timeline.history
    first = int(np.searchsorted(history.at, since))
    names = ("at", "before", "after", "value", "notify", "renotified", "first_triggered", "last_triggered")
    recent = msgspec.structs.replace(history, **{name: getattr(history, name)[first:] for name in names})
    return replace(timeline, history=recent, covers=[cover for cover in timeline.covers if cover.stretch.end >= since])


def names(test: Backtest) -> dict[str, str]:
    """What a page calls each downtime, by its label."""
    every = {cover.downtime.label: cover.downtime for timeline in test.timelines for cover in timeline.covers}
    return {label: name(downtime) for label, downtime in every.items()}


def name(downtime: dt.Downtime) -> str:
    """What a page calls a downtime: the first line of its message, else its name in a file, else what it silences."""
    first = (downtime.message or "").strip().partition("\n")[0]
    named = "" if downtime.label == downtime.id else downtime.label
    silenced = "every group" if downtime.scope == "*" else downtime.scope
    return (first or named or f"downtime of {silenced}")[:NAME_LENGTH]


def called(downtimes: DowntimeStore, downtime_id: str) -> str:
    """What a page calls the downtime of this id; the id, where it is gone."""
    record = downtimes.get(downtime_id)
    return name(downtimes.downtime(record)) if record else downtime_id


def _worst(timeline: Timeline) -> tuple[int, str]:
    statuses = timeline.history.statuses
    return (-int(np.max(statuses)) if len(statuses) else 0, group_name(timeline.group))


def strip(timeline: Timeline) -> dict[str, Any]:
    """A group's states as stretches [from, to, state]."""
    ticks, statuses = timeline.history.ticks, timeline.history.statuses
    starts = np.flatnonzero(np.append(True, np.diff(statuses) != 0)) if len(statuses) else np.empty(0, np.int64)
    ends = np.append(ticks[starts[1:]], ticks[-1] + 60) if len(starts) else starts
    stretches = [
        [int(ticks[start]), int(end), Status(int(statuses[start])).label]
        for start, end in zip(starts, ends, strict=True)
        if statuses[start] != Status.NEW
    ]
    return {"name": group_name(timeline.group), "stretches": stretches}


def changes(test: Backtest, notifications: Sequence[Notification], called: Mapping[str, str]) -> list[dict[str, Any]]:
    """The transitions with what was sent for each, the newest first; what downtimes' ends sent stands among them."""
    messages = {(notification.at, notification.group): notification for notification in notifications}
    rows = []
    for group, transition in test.transitions():
        message = messages.pop((transition.at, group), None)
        before = transition.before.label if transition.before is not Status.NEW else "OK"
        at, after = transition.at, transition.after.label
        rows.append(_row(at, group, f"{before} → {after}", after, number(transition.value), message, called))
    rows += [
        _row(at, group, _again(message), message.transition.removeprefix("Re-"), None, message, called)
        for (at, group), message in messages.items()
    ]
    return sorted(rows, key=lambda row: -float(row["at"]))[:MOST_CHANGES]


def _again(message: Notification) -> str:
    return f"still {message.transition}" if message.released_by else message.transition


def _row(
    at: float,
    group: mon.Group,
    change: str,
    state: str,
    value: float | None,
    message: Notification | None,
    called: Mapping[str, str],
) -> dict[str, Any]:
    return {
        "at": int(at),
        "group": group_name(group, ""),
        "change": change,
        "state": {"Triggered": "Alert", "Recovered": "OK"}.get(state, state),
        "value": value if value is None or math.isfinite(value) else None,
        "recipients": list(message.recipients) if message else [],
        "silenced_by": called.get(message.silenced_by or "") if message else None,
        "released_by": called.get(message.released_by or "") if message else None,
    }


def covers(test: Backtest) -> list[dict[str, Any]]:
    """The downtimes' stretches over any group, each once."""
    stretches = {
        (cover.stretch.start, cover.stretch.end, name(cover.downtime))
        for timeline in test.timelines
        for cover in timeline.covers
    }
    return [
        {"from": start, "to": None if math.isinf(end) else end, "name": called}
        for start, end, called in sorted(stretches)
    ]
