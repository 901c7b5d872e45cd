"""Templates that cannot be read, and variables that are empty or that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, rule
from doghouse.monitors.message import variables
from doghouse.monitors.message.template import TemplateError, position


@rule("template", "A template cannot be read, or uses a variable that is empty", order=400)
def template(monitor: Definition, context: Context) -> Iterator[Problem]:
    """Faults of the name, the message and the escalation message, each with its place."""
    for field, text in context.texts.items():
        tree = context.trees[field]
        if isinstance(tree, TemplateError):
            yield Problem(field, tree.text, "error", tree.line, tree.column)
            continue
        for fault in variables.faults(monitor, tree):
            yield Problem(field, fault.text, fault.severity, *position(text, fault.place))
