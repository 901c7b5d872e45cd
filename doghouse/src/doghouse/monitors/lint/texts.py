"""The texts of a monitor that are templates, by field; what several rules read."""

from __future__ import annotations

from doghouse.monitors.definition import Definition
from doghouse.monitors.template import Node, TemplateError, parse

ESCALATION = "options.escalation_message"


def templates(monitor: Definition) -> dict[str, str]:
    """The texts by field: the name, the message, and the escalation message where there is one."""
    texts = {"name": monitor.name, "message": monitor.message}
    return texts | ({ESCALATION: monitor.options.escalation_message} if monitor.options.escalation_message else {})


def readable(text: str) -> tuple[Node, ...] | None:
    """A template's tree; None where it cannot be read, which the rule `template` says."""
    try:
        return parse(text)
    except TemplateError:
        return None
