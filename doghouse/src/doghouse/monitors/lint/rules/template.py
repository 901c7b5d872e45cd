"""Templates that cannot be read, and variables that are empty or that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors import variables
from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.rule import Context, Problem, rule
from doghouse.monitors.lint.texts import templates
from doghouse.monitors.template import TemplateError, parse, position


@rule("template", "A template cannot be read, or uses a variable that is empty", order=400)
def template(monitor: Definition, _: Context) -> Iterator[Problem]:
    """Faults of the name, the message and the escalation message, each with its place."""
    for field, text in templates(monitor).items():
        try:
            tree = parse(text)
        except TemplateError as error:
            yield Problem(field, error.text, "error", error.line, error.column)
            continue
        for fault in variables.faults(monitor, tree):
            yield Problem(field, fault.text, fault.severity, *position(text, fault.place))
