"""`doghouse backtest --suggest`: what each of a range of settings would have sent, so that one is chosen from evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct

from doghouse import downtimes as dt
from doghouse import monitors as mon
from doghouse.backtest.figures import Figures, figures
from doghouse.backtest.run import Backtest, Timeline, replay
from doghouse.metrics.model import Ints
from doghouse.monitors import Status
from doghouse.monitors.notification_rules import Rules
from doghouse.monitors.validation import check
from doghouse.time.lengths import MINUTE as MINUTE_S

RECOVERY_STEPS = (0.05, 0.1, 0.2, 0.3)  # of the threshold, towards the quiet side
NEAR_S = 3600  # how long after an alert another setting's stands for it, as in reviews (`doghouse diff`)
THRESHOLD_STEPS = (-0.1, 0.1)
WINDOW_FACTORS = (2, 3, 6)
RENOTIFY_FACTORS = (2, 4)


class Suggestion(Struct, frozen=True):
    """One setting, what it would have sent, and how much later (s) than as it is the first Alert would have come (None: one of both had none).

    Of all alerts of all groups as it is, `missed` have none near them with this setting, `delayed` come later, the latest by `longest_delay` (s).
    """

    setting: str
    figures: Figures
    alert_delay: int | None
    missed: int = 0
    delayed: int = 0
    longest_delay: int = 0


class Setting(Struct, frozen=True):
    """The monitor with something changed, and what that is called."""

    name: str
    monitor: mon.Definition


def suggest(
    monitor: mon.Definition,
    sources: mon.Sources,
    start: int,
    end: int,
    downtimes: Sequence[dt.Downtime],
    hosts: Mapping[str, mon.Host],
    timezone: str,
    rules: Rules = (),
) -> list[Suggestion]:
    """The monitor as it is, then each setting that Datadog would accept; `sources` has what each reads, `rules` are the notification rules.

    Raises as `backtest` does.
    """
    settings = [Setting("as it is", monitor), *_settings(monitor)]
    suggestions: list[Suggestion] = []
    first: int | None = None
    as_it_is: Backtest | None = None
    for setting in settings:
        try:
            check(setting.monitor)
        except mon.MonitorError:
            if setting is settings[0]:
                raise
            continue
        result = replay(setting.monitor, sources, start, end, downtimes, hosts, rules)
        alert = first_alert(result)
        first = alert if setting is settings[0] else first
        delay = None if alert is None or first is None else alert - first
        as_it_is = as_it_is or result
        suggestions.append(Suggestion(setting.name, figures(result, timezone), delay, *late(as_it_is, result)))
    return suggestions


def late(before: Backtest, after: Backtest) -> tuple[int, int, int]:
    """Of the alerts of all groups before: how many have none near them after, how many come later, and by how much at most (s).

    An alert is a stretch in Alert. The one after stands for it that is there at its begin, or begins before it ends and an hour after that.
    """
    alerts = {timeline.group: _alerts(timeline) for timeline in after.timelines}
    missed = delayed = longest = 0
    for timeline in before.timelines:
        starts, ends = _alerts(timeline)
        others, others_end = alerts.get(timeline.group, (starts[:0], ends[:0]))
        next_one = np.searchsorted(others_end, starts, side="right")  # the first that ends after this begins
        there = next_one < len(others)
        begins = np.where(there, np.append(others, 0)[next_one], 0)
        there &= begins < ends + NEAR_S
        delays = np.maximum(begins - starts, 0)[there]
        missed += int(np.count_nonzero(~there))
        delayed += int(np.count_nonzero(delays))
        longest = max(longest, int(delays.max(initial=0)))
    return missed, delayed, longest


def _alerts(timeline: Timeline) -> tuple[Ints, Ints]:
    """The stretches in Alert of a group: when each begins, and when it ends (its last minute's end where it does not)."""
    ticks, alert = timeline.history.ticks, timeline.history.statuses == int(Status.ALERT)
    edges = np.diff(np.concatenate(([False], alert, [False])).astype(np.int8))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return ticks[starts], ticks[ends - 1] + MINUTE_S


def first_alert(result: Backtest) -> int | None:
    """When a group first went to Alert (s UTC)."""
    times = [
        int(timeline.history.at[index[0]])
        for timeline in result.timelines
        if len(index := np.flatnonzero(timeline.history.after == Status.ALERT))
    ]
    return min(times, default=None)


def _settings(monitor: mon.Definition) -> Iterator[Setting]:
    rules = monitor.rules
    quiet = -1 if rules.comparator.startswith(">") else 1
    if rules.comparator in ("==", "!="):
        return
    levels = {"critical": rules.critical, "warning": rules.warning}
    recoveries = {"critical": monitor.thresholds.critical_recovery, "warning": monitor.thresholds.warning_recovery}

    def quieter(name: str, step: float) -> float:
        """A recovery so much of the threshold further from it than what is set."""
        level, base = levels[name] or 0.0, recoveries[name]
        return _round((level if base is None else base) + quiet * step * abs(level))

    there = [name for name, level in levels.items() if level]
    for name in there:
        for step in RECOVERY_STEPS:
            value = quieter(name, step)
            yield Setting(f"{name}_recovery {value:g}", _with(monitor, {f"{name}_recovery": value}))
    if len(there) == 2:
        both = {f"{name}_recovery": quieter(name, RECOVERY_STEPS[2]) for name in there}
        yield Setting(" and ".join(f"{name} {value:g}" for name, value in both.items()), _with(monitor, both))
    for step in THRESHOLD_STEPS:
        value = _round(rules.critical * (1 + step))
        if value == rules.critical:
            continue  # 0 has no tenth
        yield Setting(f"critical {value:g}", _with(monitor, {"critical": value}))
    yield from _windows(monitor)
    if interval := monitor.options.renotify_interval:
        for minutes in (interval * factor for factor in RENOTIFY_FACTORS):
            yield Setting(f"renotify_interval {minutes}", monitor.with_options(renotify_interval=minutes))
        yield Setting("without renotify_interval", monitor.with_options(renotify_interval=None))


def _windows(monitor: mon.Definition) -> Iterator[Setting]:
    for factor in WINDOW_FACTORS:
        if (longer := monitor.longer(factor)) is not None:
            yield Setting(*longer)


def _with(monitor: mon.Definition, levels: Mapping[str, float]) -> mon.Definition:
    """The monitor with other thresholds; a critical one stands in the options then too."""
    return monitor.with_thresholds({"critical": monitor.rules.critical, **levels})


def _round(value: float) -> float:
    """Three digits: a threshold is chosen, not calculated."""
    return float(f"{value:.3g}")
