"""`doghouse backtest --suggest`: what each of a range of settings would have sent, so that one is chosen from evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from doghouse import downtimes as dt
from doghouse import monitors as mon
from doghouse.backtest.figures import Figures, figures
from doghouse.backtest.run import Backtest, replay
from doghouse.monitors import Status
from doghouse.monitors.notification_rules import Rules
from doghouse.monitors.validation import check

RECOVERY_STEPS = (0.05, 0.1, 0.2, 0.3)  # of the threshold, towards the quiet side
THRESHOLD_STEPS = (-0.1, 0.1)
WINDOW_FACTORS = (2, 3, 6)
RENOTIFY_MIN = (30, 60, 120)  # among the intervals that Datadog's page offers


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One setting, what it would have sent, and how much later (s) than as it is the first Alert would have come (None: one of both had none)."""

    setting: str
    figures: Figures
    alert_delay: int | None


@dataclass(frozen=True, slots=True)
class Setting:
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
    found: list[Suggestion] = []
    first: int | None = None
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
        found.append(Suggestion(setting.name, figures(result, timezone), delay))
    return found


def first_alert(result: Backtest) -> int | None:
    """When a group first went to Alert (s UTC)."""
    times = [
        int(one.history.at[index[0]])
        for one in result.timelines
        if len(index := np.flatnonzero(one.history.after == Status.ALERT))
    ]
    return min(times, default=None)


def _settings(monitor: mon.Definition) -> Iterator[Setting]:
    rules = monitor.rules
    quiet = -1 if rules.comparator.startswith(">") else 1
    if rules.comparator in ("==", "!="):
        return
    for name, threshold in (("critical_recovery", rules.critical), ("warning_recovery", rules.warning)):
        for step in RECOVERY_STEPS if threshold else ():
            value = _round(threshold + quiet * step * abs(threshold)) if threshold else 0.0
            yield Setting(f"{name} {value:g}", _with(monitor, {name: value}))
    if rules.warning:
        step = RECOVERY_STEPS[2]
        both = {
            name: _round(level + quiet * step * abs(level))
            for name, level in (("critical_recovery", rules.critical), ("warning_recovery", rules.warning))
        }
        yield Setting(" and ".join(f"{name} {value:g}" for name, value in both.items()), _with(monitor, both))
    for step in THRESHOLD_STEPS:
        value = _round(rules.critical * (1 + step))
        if value == rules.critical:
            continue  # 0 has no tenth
        yield Setting(f"critical {value:g}", _with(monitor, {"critical": value}))
    yield from _windows(monitor)
    for minutes in RENOTIFY_MIN:
        yield Setting(f"renotify_interval {minutes}", monitor.with_options(renotify_interval=minutes))


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
