"""`on_missing_data` beside the older options for the same."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, rule

RULE = rule("missing-data-twice", "on_missing_data stands beside the options that it replaces", "warning", order=320)


@RULE
def missing_data_twice(monitor: Definition, _: Context) -> Iterator[Problem]:
    """`on_missing_data` with `notify_no_data` or `no_data_timeframe`."""
    options = monitor.options
    if options.on_missing_data is None:
        return
    if options.notify_no_data:
        text = "on_missing_data has no effect beside notify_no_data: true, which Datadog follows, and Terraform refuses both"
        yield RULE.problem("options.on_missing_data", text)
    elif options.no_data_timeframe is not None:
        text = "no_data_timeframe has no effect beside on_missing_data, whose time is the window, and Terraform refuses both"
        yield RULE.problem("options.no_data_timeframe", text)
