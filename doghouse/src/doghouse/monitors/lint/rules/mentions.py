"""Mentions that are none, or that no state reaches."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, finds, rule
from doghouse.monitors.message.template import position

BROKEN = rule("mention-broken", "A mention is no whole handle, and reaches nobody", order=500, partly=True)
UNREACHED = rule("mention-unreached", "A mention stands where no state of the monitor shows it", order=500)


@finds(BROKEN, UNREACHED)
def mentions(monitor: Definition, context: Context) -> Iterator[Problem]:
    """Each mention of the message that can notify nobody, with its place."""
    answer = context.reached
    if answer is None:
        return
    somebody = set().union(*answer.by_status.values())
    for mention in answer.everybody:
        place = position(monitor.message, mention.place)
        if mention.problem is not None:
            yield BROKEN.problem("message", mention.problem, *place)
        elif mention.place not in somebody:
            yield UNREACHED.problem("message", f"no state of this monitor reaches {mention.written}", *place)
