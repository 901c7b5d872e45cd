"""A `group_retention_duration` that is no length of time."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, rule
from doghouse.monitors.validation import RETENTION_UNITS
from doghouse.time import lengths

RULE = rule("group-retention", "group_retention_duration is no length of time", order=310)


@RULE
def group_retention(monitor: Definition, _: Context) -> Iterator[Problem]:
    """Anything but a whole number with m, h or d. What is one and too short or too long is refused as the API refuses it."""
    lasts = monitor.options.group_retention_duration
    if lasts is not None and lengths.seconds(lasts, RETENTION_UNITS) is None:
        text = f"'{lasts}' is no duration: it is 60m, 1h or 2d"
        yield RULE.problem("options.group_retention_duration", text)
