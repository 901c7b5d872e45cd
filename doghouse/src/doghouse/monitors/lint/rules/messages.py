"""Templates that cannot be read, and variables that are empty or that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Mend, Problem, finds, rule
from doghouse.monitors.message import variables
from doghouse.monitors.message.template import TemplateError, position

_RULES = {
    entry.id: entry
    for entry in (
        rule("message-unclosed-block", "A block of a message is never closed", order=400, partly=True),
        rule("message-stray-closing", "A message closes a block that is not open there", order=400, partly=True),
        rule("message-unclosed-braces", "Braces or a comment of a message are never closed", order=400, partly=True),
        rule("message-unknown-function", "A message calls a function that there is not", order=400, partly=True),
        rule("message-unreadable", "A message cannot be read", order=400, partly=True),
        rule("message-unknown-condition", "A message has a condition that there is not", order=400, partly=True),
        rule("message-condition-without-hash", "A condition stands in braces without its #", order=400, partly=True),
        rule("message-wrong-arguments", "A function or a condition of a message has wrong arguments", order=400, partly=True),
        rule("message-empty-variable", "A variable of a message is always empty", order=400, partly=True),
        rule("message-unknown-variable", "A message has a variable that there is not, and one with a similar name is", order=400, partly=True),
        rule("message-key-with-period", "A tag key with a period stands without brackets", order=400, partly=True),
        rule("message-undocumented-variable", "A message has a variable that is not documented", "warning", order=400, partly=True),
    )
}  # fmt: skip


@finds(*_RULES.values())
def messages(monitor: Definition, context: Context) -> Iterator[Problem]:
    """Faults of the name, the message and the escalation message, each with its place."""
    for field, text in context.texts.items():
        tree = context.trees[field]
        if isinstance(tree, TemplateError):
            yield _RULES[tree.rule].problem(field, tree.text, tree.line, tree.column)
            continue
        for fault in variables.faults(monitor, tree):
            mend = Mend(field, fault.mend, fault.mends)
            there = fault.mend and text.startswith(fault.mends, fault.place)
            yield _RULES[fault.rule].problem(
                field, fault.text, *position(text, fault.place), mend=mend if there else None
            )
