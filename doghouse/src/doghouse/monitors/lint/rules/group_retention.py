"""A `group_retention_duration` that is no length of time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, rule

RULE = rule("group-retention", "group_retention_duration is no length of time", order=310)


@RULE
def group_retention(monitor: Definition, _: Context) -> Iterator[Problem]:
    """Anything but a whole number with m, h or d."""
    lasts = monitor.options.group_retention_duration
    if lasts is not None and not re.fullmatch(r"[1-9][0-9]*[mhd]", lasts):
        text = f"'{lasts}' is no duration: it is 60m, 1h or 2d"
        yield RULE.problem("options.group_retention_duration", text)
