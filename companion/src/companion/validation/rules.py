"""What Datadog refuses of an object beyond its schema, and what it takes that does not work: doghouse's rules, asked through its public faces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from companion.validation.schema import Fault

# Datadog takes any text there, also one that shows nothing.
TEMPLATES = ("name", "message", "options.escalation_message")


def timeboard(body: Mapping[str, Any]) -> Iterator[Fault]:
    """What is wrong with a dashboard."""
    from doghouse.dashboards import lint

    yield from (Fault(one.field, one.text, one.severity != "error") for one in lint(body))


def monitor(body: Mapping[str, Any]) -> Iterator[Fault]:
    """What is wrong with a monitor. Of lint's advice only what is surely wrong is said."""
    from doghouse.monitors import MonitorError, parse
    from doghouse.monitors.lint import lint

    try:
        problems = lint(parse(body))
    except MonitorError as error:
        yield Fault(error.field, error.text)
        return
    for problem in (problem for problem in problems if problem.severity == "error"):
        place = f"column {problem.column}: " if problem.field == "query" and problem.column else ""
        yield Fault(problem.field, place + problem.text, problem.field in TEMPLATES)


def downtime(body: Mapping[str, Any]) -> Iterator[Fault]:
    """What is wrong with a downtime."""
    from doghouse.downtimes import lint

    yield from (Fault(one.field, one.text, one.severity != "error") for one in lint(body))
