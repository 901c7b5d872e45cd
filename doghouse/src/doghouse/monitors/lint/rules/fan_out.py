"""A multi alert that tells of each combination of its tags by itself (docs: monitors/configuration, configure notifications)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Mend, Problem, rule
from doghouse.queries import NotEvaluated, QuerySyntaxError

RULE = rule(
    "fan-out", "A multi alert over several tags notifies each combination by itself", "warning", order=351, partly=True
)
# what fails as one, the widest first
WHOLE = ("cluster", "env", "region", "datacenter", "zone", "service", "namespace", "host")
# Tags that say how a thing is, and whose it is, and not which it is.
CONDITIONS = (
    "state", "status", "level", "severity", "reason", "condition", "phase", "type", "code", "version", "method",
)  # fmt: skip
OWNERS = ("org", "project", "account", "tenant", "customer", "subscription")


@RULE
def fan_out(monitor: Definition, _: Context) -> Iterator[Problem]:
    """Groups by two tags and more without `notify_by`: what makes one fail makes all fail, and each is a message."""
    try:
        keys = [key for key in monitor.keys or () if not key.endswith(CONDITIONS) and not key.startswith(OWNERS)]
    except (NotEvaluated, QuerySyntaxError):
        return
    if len(keys) < 2 or monitor.options.notify_by:
        return
    widest = min(keys, key=lambda key: next((n for n, word in enumerate(WHOLE) if word in key), len(WHOLE)))
    text = (
        f"each combination of {', '.join(keys)} is a message of its own, and what fails them all sends as many as there are: "
        f"notify_by tells once for each {widest}"
    )
    yield RULE.problem("options.notify_by", text, mend=Mend("options.notify_by", json.dumps([widest])))
