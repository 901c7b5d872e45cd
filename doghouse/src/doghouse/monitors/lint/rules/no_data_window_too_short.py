"""A `no_data_timeframe` below what Datadog recommends (docs: monitors/configuration)."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Mend, Problem, rule

RULE = rule("no-data-window-too-short", "no_data_timeframe is shorter than twice the window", "warning", order=230)


@RULE
def no_data_window_too_short(monitor: Definition, context: Context) -> Iterator[Problem]:
    """Less than twice the window."""
    timeframe = monitor.options.no_data_timeframe
    if context.query is None or not monitor.options.notify_no_data or timeframe is None:
        return
    window = context.query.window.seconds
    if timeframe * 60 < 2 * window:
        text = f"no_data_timeframe is {timeframe} minutes; Datadog recommends at least twice the window, {2 * window // 60}"
        least = -(-2 * window // 60)
        yield RULE.problem("options.no_data_timeframe", text, mend=Mend("options.no_data_timeframe", str(least)))
