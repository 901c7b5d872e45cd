"""A `renotify_interval` that Datadog's page does not offer."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, rule

# What Datadog's page offers for renotification (kennel's list); the API takes others too.
RENOTIFY_MINUTES = (10, 20, 30, 40, 50, 60, 90, 120, 180, 240, 300, 360, 720, 1440)


RULE = rule("renotify-interval", "renotify_interval is none that Datadog's page offers", "warning", order=340)


@RULE
def renotify_interval(monitor: Definition, _: Context) -> Iterator[Problem]:
    """An interval that the page shows as another once somebody edits the monitor there."""
    interval = monitor.options.renotify_interval
    if interval and interval not in RENOTIFY_MINUTES:
        offered = ", ".join(map(str, RENOTIFY_MINUTES))
        text = f"renotify_interval {interval} is none of those that Datadog's page offers ({offered})"
        yield RULE.problem("options.renotify_interval", text)
